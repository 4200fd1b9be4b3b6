CREATE INDEX CONCURRENTLY authors_by_id ON authors (id);
