CREATE TABLE t (id int, a int);
ALTER TABLE t ADD CONSTRAINT pos CHECK (a > 0) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT pos;
ALTER TABLE t VALIDATE CONSTRAINT nope; -- refused: undefined_object
ALTER TABLE t DROP CONSTRAINT nope; -- refused: undefined_object
ALTER TABLE t DROP CONSTRAINT IF EXISTS nope;
ALTER TABLE t RENAME CONSTRAINT nope TO b; -- refused: undefined_object
ALTER TABLE t ADD CONSTRAINT pos CHECK (a > 0); -- refused: duplicate_object
ALTER TABLE t ADD UNIQUE (a, id), ADD UNIQUE (a), ADD PRIMARY KEY (id);
ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES t (id), ADD FOREIGN KEY (a) REFERENCES t (id);
ALTER TABLE t ADD CONSTRAINT t_pkey2 UNIQUE USING INDEX t_a_key; -- refused: invalid_table_definition
ALTER INDEX t_a_key RENAME TO t_pkey; -- refused: duplicate_table
DROP INDEX t_a_key; -- refused: dependent_objects_still_exist

-- leaves:
-- constraint t.pos c
-- constraint t.t_a_fkey f -> t
-- constraint t.t_a_fkey1 f -> t
-- constraint t.t_a_id_key u
-- constraint t.t_a_key u
-- constraint t.t_pkey p
-- index t_a_id_key on t unique
-- index t_a_key on t unique
-- index t_pkey on t unique
-- table t(id integer not null, a integer)
