CREATE TABLE t (a int, b text, CHECK (a > 0 AND t.a < 10 OR b = 'a'), g int GENERATED ALWAYS AS (a + 1) STORED);
CREATE INDEX ix ON t (lower(b)) WHERE a > 1;
ALTER TABLE t RENAME a TO "Total Amount";
ALTER TABLE t RENAME b TO c;
ALTER TABLE t DROP COLUMN c;
ALTER TABLE t DROP COLUMN "Total Amount"; -- refused: dependent_objects_still_exist

-- leaves:
-- table t(Total Amount integer, g integer)
