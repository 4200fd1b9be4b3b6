CREATE TABLE t (id serial PRIMARY KEY, a int CHECK (a > 0), b int REFERENCES t);
CREATE INDEX ON t (a);
ALTER TABLE t RENAME TO u;
ALTER TABLE u RENAME COLUMN a TO z;
ALTER TABLE u DROP COLUMN z;
ALTER SEQUENCE t_id_seq RENAME TO s;
DROP SEQUENCE s; -- refused: dependent_objects_still_exist
CREATE TABLE t (id serial PRIMARY KEY);
CREATE SCHEMA other;
ALTER TABLE u SET SCHEMA other;
ALTER SCHEMA other RENAME TO another;
DROP SCHEMA another; -- refused: dependent_objects_still_exist
DROP SCHEMA another CASCADE;

-- leaves:
-- constraint t.t_pkey1 p
-- index t_pkey1 on t unique
-- sequence t_id_seq of t.id
-- table t(id integer not null default)
