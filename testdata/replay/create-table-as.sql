CREATE TABLE t (a int NOT NULL, b text);
CREATE TABLE u AS SELECT * FROM t;
CREATE TABLE v AS SELECT a AS x, b::varchar(10) AS y, now()::date AS z FROM t;
CREATE TABLE w (p, q) AS SELECT a, b FROM t WITH NO DATA;

-- leaves:
-- table t(a integer not null, b text)
-- table u(a integer, b text)
-- table v(x integer, y character varying(10), z date)
-- table w(p integer, q text)
