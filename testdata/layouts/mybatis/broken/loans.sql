-- // loans
CREATE TABLE loans (id bigint PRIMARY KEY);
-- //@UNDO
DROP TABLE loans;
