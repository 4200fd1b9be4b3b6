CREATE TABLE books (id bigint PRIMARY KEY);
---- create above / drop below ----
DROP TABLE books;
