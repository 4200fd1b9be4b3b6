--! Previous: -
--! Hash: sha1:aaa

CREATE TABLE authors (id bigint PRIMARY KEY);
