CREATE SCHEMA app;
CREATE TABLE app.t (id serial PRIMARY KEY);
CREATE TABLE t (id int REFERENCES app.t);
SET search_path TO app, public;
CREATE TABLE u (id int REFERENCES t);
CREATE TYPE e AS ENUM ('x');
ALTER TABLE t ADD COLUMN e e;
CREATE INDEX ON t (e);

-- leaves:
-- constraint app.t.t_pkey p
-- constraint app.u.u_id_fkey f -> app.t
-- constraint t.t_id_fkey f -> app.t
-- index app.t_e_idx on t
-- index app.t_pkey on t unique
-- schema app
-- sequence app.t_id_seq of app.t.id
-- table app.t(id integer not null default, e app.e)
-- table app.u(id integer)
-- table t(id integer)
-- type app.e (x)
