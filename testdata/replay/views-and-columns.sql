CREATE TABLE t (id int, a int, b int);
CREATE VIEW v AS SELECT id, a FROM t;
ALTER TABLE t DROP COLUMN b;
ALTER TABLE t DROP COLUMN a; -- refused: dependent_objects_still_exist
ALTER TABLE t ALTER a TYPE bigint; -- refused: invalid_table_definition
ALTER TABLE t RENAME a TO z;
ALTER TABLE t DROP COLUMN z; -- refused: dependent_objects_still_exist
CREATE OR REPLACE VIEW v AS SELECT id FROM t; -- refused: invalid_table_definition
CREATE OR REPLACE VIEW v AS SELECT id, z AS a, 1 AS extra FROM t;
CREATE VIEW v AS SELECT 1; -- refused: duplicate_table
CREATE MATERIALIZED VIEW mv AS SELECT id, z FROM t;
CREATE UNIQUE INDEX ON mv (id);
DROP VIEW mv; -- refused: wrong_object_type
DROP MATERIALIZED VIEW mv;

-- leaves:
-- table t(id integer, z integer)
-- view v(id, a, extra)
