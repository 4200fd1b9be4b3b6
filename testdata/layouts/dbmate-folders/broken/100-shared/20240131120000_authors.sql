-- migrate:up
CREATE TABLE authors (id bigint PRIMARY KEY);
-- migrate:down
DROP TABLE authors;
