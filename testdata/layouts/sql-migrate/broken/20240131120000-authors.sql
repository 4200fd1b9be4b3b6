-- +migrate Up
CREATE TABLE authors (id bigint PRIMARY KEY);
-- +migrate Down
DROP TABLE authors;
