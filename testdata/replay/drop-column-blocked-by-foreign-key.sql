CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES t);
CREATE TABLE u (t_id int REFERENCES t ON DELETE CASCADE);
ALTER TABLE t DROP COLUMN id; -- refused: dependent_objects_still_exist
ALTER TABLE t DROP CONSTRAINT t_pkey; -- refused: dependent_objects_still_exist
DROP TABLE t; -- refused: dependent_objects_still_exist
DROP INDEX t_pkey; -- refused: dependent_objects_still_exist
ALTER TABLE t DROP COLUMN id CASCADE;
DROP TABLE t;

-- leaves:
-- table u(t_id integer)
