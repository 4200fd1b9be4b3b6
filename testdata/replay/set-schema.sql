CREATE SCHEMA s;
CREATE TABLE s.t (id serial PRIMARY KEY, a int);
CREATE TABLE u (x int REFERENCES s.t);
CREATE INDEX t_a ON s.t (a);
CREATE INDEX t_a ON u (x);
ALTER TABLE s.t SET SCHEMA public; -- refused: duplicate_table
ALTER INDEX t_a RENAME TO u_a;
ALTER TABLE s.t SET SCHEMA public;
DROP SCHEMA s;
DROP SCHEMA nope; -- refused: invalid_schema_name
DROP SCHEMA IF EXISTS nope;
CREATE SCHEMA public; -- refused: duplicate_schema

-- leaves:
-- constraint t.t_pkey p
-- constraint u.u_x_fkey f -> t
-- index t_a on t
-- index t_pkey on t unique
-- index u_a on u
-- sequence t_id_seq of t.id
-- table t(id integer not null default, a integer)
-- table u(x integer)
