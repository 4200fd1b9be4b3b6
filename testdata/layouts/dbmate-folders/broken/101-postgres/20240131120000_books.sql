-- migrate:up
CREATE TABLE books (id bigint PRIMARY KEY);
-- migrate:down
DROP TABLE books;
