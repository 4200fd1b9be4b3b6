--! Previous: sha1:aaa
--! Hash: sha1:ccc

CREATE TABLE loans (id bigint PRIMARY KEY);
