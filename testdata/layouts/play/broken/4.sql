# --- !Ups
CREATE TABLE fines (id bigint PRIMARY KEY);
# --- !Downs
DROP TABLE fines;
