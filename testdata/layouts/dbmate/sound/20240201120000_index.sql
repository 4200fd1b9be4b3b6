-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY authors_by_id ON authors (id);
-- migrate:down
DROP INDEX authors_by_id;
