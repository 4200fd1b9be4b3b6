CREATE TABLE books (id bigint PRIMARY KEY, author_id bigint NOT NULL);
