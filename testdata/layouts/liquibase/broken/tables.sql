--liquibase formatted sql
--changeset ann:1
CREATE TABLE authors (id bigint PRIMARY KEY);
--rollback DROP TABLE authors;
--changeset ann:1
CREATE TABLE books (id bigint PRIMARY KEY, author_id bigint NOT NULL);
--changeset bob:2
CREATE TABLE loans (id bigint PRIMARY KEY);
