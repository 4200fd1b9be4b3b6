CREATE TABLE p (a int NOT NULL, CHECK (a > 0));
CREATE TABLE q (b int) INHERITS (p);
ALTER TABLE p ADD COLUMN c int;
ALTER TABLE p ADD CONSTRAINT small CHECK (a < 10);
ALTER TABLE q DROP COLUMN a; -- refused: invalid_table_definition
ALTER TABLE p RENAME COLUMN c TO d;
ALTER TABLE p DROP COLUMN d;
DROP TABLE p; -- refused: dependent_objects_still_exist
ALTER TABLE q NO INHERIT p;
DROP TABLE p;

-- leaves:
-- constraint q.p_a_check c
-- constraint q.small c
-- table q(a integer not null, b integer)
