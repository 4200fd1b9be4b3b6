# --- !Ups
CREATE TABLE loans (id bigint PRIMARY KEY);
# --- !Downs
DROP TABLE loans;
