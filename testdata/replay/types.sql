CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE mood AS ENUM ('sad'); -- refused: duplicate_object
ALTER TYPE mood ADD VALUE 'happy' AFTER 'ok';
ALTER TYPE mood ADD VALUE 'meh' BEFORE 'ok';
ALTER TYPE mood ADD VALUE 'meh'; -- refused: duplicate_object
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'meh';
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';
CREATE TABLE t (m mood DEFAULT 'ok', n text);
DROP TYPE mood; -- refused: dependent_objects_still_exist
ALTER TYPE mood RENAME TO feeling;
CREATE TABLE u (m mood); -- refused: undefined_object
DROP TYPE feeling CASCADE;
CREATE TYPE t AS (a int); -- refused: duplicate_object
CREATE DOMAIN pos AS int CHECK (VALUE > 0) CHECK (VALUE < 10);
CREATE TABLE w (p pos);
DROP DOMAIN pos; -- refused: dependent_objects_still_exist
ALTER DOMAIN pos DROP CONSTRAINT pos_check1;
ALTER DOMAIN pos DROP CONSTRAINT pos_check1; -- refused: undefined_object

-- leaves:
-- table t(n text)
-- table w(p pos)
-- type pos
