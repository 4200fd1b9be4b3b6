CREATE TABLE t (id int, a int, b text, c text);
CREATE STATISTICS s ON a, b FROM t;
CREATE STATISTICS s ON b, a FROM t; -- refused: duplicate_object
CREATE STATISTICS IF NOT EXISTS s ON a, b FROM t;
CREATE STATISTICS one ON a FROM t; -- refused: invalid_table_definition
CREATE STATISTICS none ON a, zz FROM t; -- refused: undefined_column
CREATE STATISTICS low (ndistinct, mcv) ON b, id FROM t;
CREATE STATISTICS e ON (lower(c)) FROM t;
CREATE STATISTICS gone ON a, c FROM t;
CREATE VIEW v AS SELECT id, a FROM t;
CREATE STATISTICS on_view ON id, a FROM v; -- refused: wrong_object_type
COMMENT ON STATISTICS s IS 'together';
ALTER STATISTICS s RENAME TO low; -- refused: duplicate_object
ALTER STATISTICS s RENAME TO pair;
ALTER STATISTICS pair SET STATISTICS 500;
ALTER STATISTICS s SET STATISTICS 500; -- refused: undefined_object
ALTER STATISTICS IF EXISTS s SET STATISTICS 500;
ALTER TABLE t RENAME b TO bb;
ALTER TABLE t RENAME TO u;
CREATE TABLE l (LIKE u INCLUDING STATISTICS INCLUDING COMMENTS);
ALTER TABLE u DROP COLUMN c;
DROP STATISTICS gone; -- refused: undefined_object
DROP STATISTICS IF EXISTS gone;
DROP STATISTICS low;
CREATE TABLE w (x int, y int);
CREATE STATISTICS of_w ON x, y FROM w;
DROP TABLE w;

-- leaves:
-- table u(id integer, a integer, bb text)
-- view v(id, a)
-- table l(id integer, a integer, bb text, c text)
-- statistics pair on u
-- statistics l_a_bb_stat on l
-- statistics l_a_c_stat on l
-- statistics l_expr_stat on l
-- statistics l_id_bb_stat on l
