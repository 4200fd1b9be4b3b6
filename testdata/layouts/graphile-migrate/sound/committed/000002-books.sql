--! Previous: sha1:aaa
--! Hash: sha1:bbb

CREATE TABLE books (id bigint PRIMARY KEY, author_id bigint NOT NULL);
