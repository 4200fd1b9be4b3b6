CREATE TABLE rollbacks (id bigint PRIMARY KEY);
