-- depends: 0001.authors
CREATE TABLE books (id bigint PRIMARY KEY, author_id bigint NOT NULL);
