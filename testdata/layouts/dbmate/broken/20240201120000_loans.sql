-- migrate:up
CREATE TABLE loans (id bigint PRIMARY KEY);
