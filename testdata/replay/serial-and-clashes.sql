CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE, b int CHECK (b > 0), c int REFERENCES t, UNIQUE (a, b), CHECK (a > b));
CREATE INDEX ON t (b);
CREATE INDEX ON t (b);
CREATE INDEX ON t (lower(a::text), b) INCLUDE (c);
CREATE INDEX ON t ((a + b));

-- leaves:
-- constraint t.t_a_b_key u
-- constraint t.t_a_key u
-- constraint t.t_b_check c
-- constraint t.t_c_fkey f -> t
-- constraint t.t_check c
-- constraint t.t_pkey p
-- index t_a_b_key on t unique
-- index t_a_key on t unique
-- index t_b_idx on t
-- index t_b_idx1 on t
-- index t_expr_idx on t
-- index t_lower_b_c_idx on t
-- index t_pkey on t unique
-- sequence t_id_seq of t.id
-- table t(id integer not null default, a integer, b integer, c integer)
