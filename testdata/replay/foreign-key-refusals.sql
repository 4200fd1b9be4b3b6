CREATE TABLE t (id int PRIMARY KEY, code text, u uuid UNIQUE, n numeric UNIQUE, k text UNIQUE);
CREATE UNIQUE INDEX ON t (code) WHERE id > 0;
CREATE TABLE a (x int REFERENCES nowhere); -- refused: undefined_table
CREATE TABLE a (x text REFERENCES t (code)); -- refused: invalid_table_definition
CREATE TABLE a (x varchar(36) REFERENCES t (u)); -- refused: datatype_mismatch
CREATE TABLE a (x bigint REFERENCES t (n), y varchar(10) REFERENCES t (k), z bigint REFERENCES t);
CREATE TABLE b (x numeric REFERENCES t); -- refused: datatype_mismatch
CREATE TABLE b (x int, y int, FOREIGN KEY (x, y) REFERENCES t); -- refused: invalid_table_definition
CREATE TABLE b (x int, FOREIGN KEY (nope) REFERENCES t); -- refused: undefined_column
CREATE TABLE b (x int REFERENCES t (nope)); -- refused: undefined_column
ALTER TABLE a ALTER z TYPE text; -- refused: datatype_mismatch
ALTER TABLE t ALTER id TYPE bigint;

-- leaves:
-- constraint a.a_x_fkey f -> t
-- constraint a.a_y_fkey f -> t
-- constraint a.a_z_fkey f -> t
-- constraint t.t_k_key u
-- constraint t.t_n_key u
-- constraint t.t_pkey p
-- constraint t.t_u_key u
-- index t_code_idx on t unique
-- index t_k_key on t unique
-- index t_n_key on t unique
-- index t_pkey on t unique
-- index t_u_key on t unique
-- table a(x bigint, y character varying(10), z bigint)
-- table t(id bigint not null, code text, u uuid, n numeric, k text)
