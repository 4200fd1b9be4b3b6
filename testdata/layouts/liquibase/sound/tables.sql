--liquibase formatted sql

--changeset ann:authors
CREATE TABLE authors (id bigint PRIMARY KEY);
--rollback DROP TABLE authors;

--changeset ann:engine dbms:mysql
ALTER TABLE authors ENGINE = InnoDB;

--changeset bob:books runInTransaction:false
CREATE TABLE books (id bigint PRIMARY KEY);
CREATE INDEX CONCURRENTLY books_id ON books (id);
/* liquibase rollback
DROP TABLE books;
*/
