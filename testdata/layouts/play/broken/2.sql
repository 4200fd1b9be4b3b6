# --- !Ups
CREATE TABLE books (id bigint PRIMARY KEY, author_id bigint NOT NULL);
# --- !Downs
DROP TABLE books;
