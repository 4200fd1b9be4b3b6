CREATE TABLE t (a int, a int); -- refused: duplicate_column
CREATE TABLE t (a int);
CREATE VIEW t AS SELECT 1; -- refused: duplicate_table
CREATE INDEX t ON t (a); -- refused: duplicate_table
CREATE SEQUENCE t; -- refused: duplicate_table
CREATE TABLE IF NOT EXISTS t (b int);
ALTER TABLE t ADD COLUMN a int; -- refused: duplicate_column
ALTER TABLE t ADD COLUMN IF NOT EXISTS a text;
ALTER TABLE t DROP COLUMN nope; -- refused: undefined_column
ALTER TABLE t DROP COLUMN IF EXISTS nope;
ALTER TABLE IF EXISTS nope ADD COLUMN a int;
ALTER TABLE nope ADD COLUMN a int; -- refused: undefined_table
ALTER TABLE t ADD CONSTRAINT c CHECK (nope > 0); -- refused: undefined_column
ALTER TABLE t ADD CHECK (a > 0), ADD CHECK (a > 0);
CREATE INDEX ON t (nope); -- refused: undefined_column
DROP INDEX nope; -- refused: undefined_object
DROP TABLE nope; -- refused: undefined_table
DROP VIEW t; -- refused: wrong_object_type
ALTER TABLE t RENAME a TO a; -- refused: duplicate_column

-- leaves:
-- constraint t.t_a_check c
-- constraint t.t_a_check1 c
-- table t(a integer)
