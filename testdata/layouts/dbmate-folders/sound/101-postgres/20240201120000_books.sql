-- migrate:up
CREATE TABLE books (id bigint PRIMARY KEY, author_id bigint NOT NULL);

-- migrate:down
DROP TABLE books;
