CREATE TABLE t (a int, b text);
CREATE TABLE u (id int, a int);
CREATE VIEW v AS WITH x AS (SELECT a, b FROM t), y AS (SELECT x.a FROM x) SELECT y.a, u.a AS ua FROM y JOIN u ON u.id = y.a;
CREATE VIEW w AS SELECT * FROM t;
CREATE VIEW r AS WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT n.i + 1 FROM n WHERE n.i < 3) SELECT n.i FROM n;
CREATE VIEW s AS SELECT q.a FROM (WITH x AS (SELECT a FROM t) SELECT x.a FROM x) q;
CREATE VIEW f AS WITH x AS (SELECT a FROM nowhere) SELECT a FROM x; -- refused: undefined_table
CREATE TABLE c AS WITH x AS (SELECT max(a) AS a FROM t), y AS (SELECT x.a, count(*) AS n FROM x GROUP BY x.a) SELECT a, n FROM y;
ALTER TABLE u RENAME TO z;
ALTER TABLE z RENAME id TO key;
ALTER TABLE t ADD COLUMN c int;

-- leaves:
-- table c(a integer, n bigint)
-- table t(a integer, b text, c integer)
-- table z(key integer, a integer)
-- view r(i)
-- view s(a)
-- view v(a, ua)
-- view w(a, b)
