-- +goose Up
CREATE TABLE authors (id bigint PRIMARY KEY);
-- +goose Down
DROP TABLE authors;
