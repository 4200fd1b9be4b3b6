-- +goose Up
CREATE TABLE books (id bigint PRIMARY KEY);
