-- Up Migration
CREATE TABLE books (id bigint PRIMARY KEY, author_id bigint NOT NULL);

---- down migration
DROP TABLE books;
