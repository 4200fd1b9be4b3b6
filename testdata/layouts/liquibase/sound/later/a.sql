--liquibase formatted sql
--changeset ann:loans
CREATE TABLE loans (id bigint PRIMARY KEY);
--rollback DROP TABLE loans;
