CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end'; -- refused: duplicate_function
CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return old; end';
CREATE TABLE t (a int, b int);
CREATE TRIGGER tr BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f(); -- refused: duplicate_object
CREATE TRIGGER tr2 BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION nope(); -- refused: undefined_function
DROP FUNCTION f(); -- refused: dependent_objects_still_exist
ALTER TABLE t DROP COLUMN a; -- refused: dependent_objects_still_exist
ALTER FUNCTION f() RENAME TO g;
CREATE FUNCTION h(x int) RETURNS int LANGUAGE sql AS 'select 1';
CREATE OR REPLACE FUNCTION h(x int) RETURNS text LANGUAGE sql AS 'select 1::text'; -- refused: invalid_table_definition
CREATE TABLE u (a int DEFAULT h(1), CHECK (h(a) > 0));
DROP FUNCTION h; -- refused: dependent_objects_still_exist
DROP FUNCTION h CASCADE;
DROP FUNCTION g CASCADE;
CREATE FUNCTION rowtype(x t) RETURNS int LANGUAGE sql AS 'select 1';
DROP TABLE t; -- refused: dependent_objects_still_exist

-- leaves:
-- function rowtype
-- table t(a integer, b integer)
-- table u(a integer)
