CREATE FUNCTION f(varchar) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1::text';
CREATE TABLE t (a int, b int, s text, d timestamp, n int CHECK (n > 0), r int CHECK (r BETWEEN 1 AND 5), v numeric CHECK (v > 0));
CREATE INDEX common ON t (coalesce(a, b));
CREATE INDEX argument ON t (f(s));
CREATE INDEX day ON t (date(d));
ALTER TABLE t ALTER a TYPE bigint, ALTER s TYPE varchar(20), ALTER d TYPE date, ALTER n TYPE numeric, ALTER r TYPE numeric(10, 2), ALTER v TYPE int;
ALTER TABLE t ALTER a TYPE int, ALTER s TYPE text, ALTER d TYPE timestamp, ALTER n TYPE int, ALTER r TYPE int, ALTER v TYPE numeric;

-- leaves:
-- table t(a integer, b integer, s text, d timestamp without time zone, n integer, r integer, v numeric)
-- constraint t.t_n_check c
-- constraint t.t_r_check c
-- constraint t.t_v_check c
-- index common on t
-- index argument on t
-- index day on t
-- function f
