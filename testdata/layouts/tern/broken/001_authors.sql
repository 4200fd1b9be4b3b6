CREATE TABLE authors (id bigint PRIMARY KEY);
---- create above / drop below ----
DROP TABLE authors;
