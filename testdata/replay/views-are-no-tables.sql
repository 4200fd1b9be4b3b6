CREATE TABLE t (id int, a int);
CREATE VIEW v AS SELECT id, a FROM t;
CREATE MATERIALIZED VIEW m AS SELECT id, a FROM t;
ALTER TABLE v ADD COLUMN b int; -- refused: wrong_object_type
ALTER TABLE v DROP COLUMN a; -- refused: wrong_object_type
ALTER TABLE v ALTER a TYPE bigint; -- refused: wrong_object_type
ALTER TABLE v ALTER a SET NOT NULL; -- refused: wrong_object_type
ALTER TABLE v ADD CHECK (a > 0); -- refused: wrong_object_type
ALTER TABLE v ENABLE ROW LEVEL SECURITY; -- refused: wrong_object_type
ALTER TABLE v ALTER a SET DEFAULT 1;
ALTER TABLE v ALTER a DROP DEFAULT;
ALTER TABLE m ALTER a SET DEFAULT 1; -- refused: wrong_object_type
ALTER TABLE m ALTER a SET STATISTICS 100;
ALTER TABLE m ALTER a SET STATISTICS -1;
ALTER TABLE m ADD COLUMN b int; -- refused: wrong_object_type
CREATE POLICY p ON v USING (true); -- refused: wrong_object_type
ALTER TABLE v RENAME a TO b;
ALTER TABLE v RENAME TO vv;

-- leaves:
-- table t(id integer, a integer)
-- view vv(id, b)
-- view m(id, a)
