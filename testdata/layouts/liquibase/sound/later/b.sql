--liquibase formatted sql
--changeset ann:fines
CREATE TABLE fines (id bigint PRIMARY KEY);
--rollback DROP TABLE fines;
