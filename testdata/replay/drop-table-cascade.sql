CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE u (t_id int REFERENCES t);
CREATE VIEW v AS SELECT id FROM t;
CREATE VIEW w AS SELECT id FROM v;
DROP TABLE t; -- refused: dependent_objects_still_exist
DROP VIEW v; -- refused: dependent_objects_still_exist
DROP TABLE t CASCADE;

-- leaves:
-- table u(t_id integer)
