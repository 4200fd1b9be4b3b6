CREATE TABLE fines (id bigint PRIMARY KEY);
---- create above / drop below ----
DROP TABLE fines;
