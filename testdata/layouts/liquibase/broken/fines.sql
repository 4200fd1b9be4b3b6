--liquibase formatted sql
--changeset ann:3
CREATE TABLE fines (id bigint PRIMARY KEY);
