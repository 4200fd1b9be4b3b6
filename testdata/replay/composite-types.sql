CREATE TYPE c AS (a int, b text);
CREATE TABLE c (x int); -- refused: duplicate_table
CREATE TABLE t (v c);
ALTER TYPE c RENAME ATTRIBUTE a TO z;
DROP TYPE c; -- refused: dependent_objects_still_exist
ALTER TYPE c ADD ATTRIBUTE d int;
DROP TYPE c CASCADE;

-- leaves:
-- table t()
