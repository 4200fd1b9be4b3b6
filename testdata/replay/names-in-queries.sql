CREATE TABLE t (id int, a int);
CREATE TABLE u (id int, t_id int, b text);
CREATE VIEW v AS SELECT id, a AS c FROM t;
CREATE VIEW w AS SELECT zz FROM t; -- refused: undefined_column
CREATE VIEW w AS SELECT t.zz FROM t; -- refused: undefined_column
CREATE VIEW w AS SELECT x.a FROM t; -- refused: undefined_table
CREATE VIEW w AS SELECT a FROM v; -- refused: undefined_column
CREATE VIEW w AS SELECT b FROM t JOIN u ON u.t_id = t.id;
CREATE VIEW x AS SELECT q.n FROM (SELECT count(*) AS n FROM t) q;
CREATE VIEW y AS SELECT q.a FROM (SELECT count(*) AS n FROM t) q; -- refused: undefined_column
CREATE VIEW y AS WITH t AS (SELECT 1 AS only) SELECT a FROM t; -- refused: undefined_column
CREATE VIEW y AS SELECT id FROM t WHERE EXISTS (SELECT FROM u WHERE u.t_id = t.id AND a > 1);
CREATE VIEW z AS SELECT id FROM t WHERE EXISTS (SELECT FROM u WHERE u.t_id = t.id AND zz > 1); -- refused: undefined_column
CREATE VIEW z AS SELECT t AS whole, t.ctid AS place FROM t ORDER BY whole;
CREATE TABLE k AS SELECT zz FROM t; -- refused: undefined_column
CREATE TABLE k AS SELECT u.id FROM u, generate_series(1, 2) AS f (n) WHERE n > t_id;
UPDATE t SET zz = 1; -- refused: undefined_column
UPDATE t SET a = zz; -- refused: undefined_column
UPDATE t SET a = u.id FROM u WHERE u.t_id = t.id;
UPDATE nosuch SET a = 1; -- refused: undefined_table
INSERT INTO t (id, zz) VALUES (1, 2); -- refused: undefined_column
INSERT INTO t (id) SELECT zz FROM u; -- refused: undefined_column
INSERT INTO u (id, b) VALUES (1, 'x'), (2, 'y'), (3, 'z') RETURNING id, b;
INSERT INTO t (id) SELECT t_id FROM u RETURNING zz; -- refused: undefined_column
DELETE FROM t WHERE zz = 1; -- refused: undefined_column
DELETE FROM t USING u WHERE t.id = u.t_id AND b = 'x';
WITH gone AS (DELETE FROM u RETURNING id, b) INSERT INTO t (id) SELECT gone.id FROM gone;
SELECT x.* FROM t AS x WHERE t.a = 1; -- refused: undefined_table
SELECT a AS one FROM t GROUP BY one ORDER BY one;
SELECT count(*) FROM pg_class WHERE relname = 't';
CREATE TABLE flags (name varchar(9), is_on boolean);
UPDATE flags SET is_on = true WHERE name = "is_on"; -- refused: undefined_function
UPDATE flags SET is_on = true FROM u WHERE name = b;
SELECT f.name FROM flags f JOIN t ON f.is_on = t.id; -- refused: undefined_function
CREATE TABLE has_row (r t, u u);
SELECT (r).a, (has_row.u).b FROM has_row;
CREATE FUNCTION doubled(t) RETURNS int LANGUAGE sql AS 'SELECT 2';
SELECT t.doubled FROM t;

-- leaves:
-- table t(id integer, a integer)
-- table u(id integer, t_id integer, b text)
-- table k(id integer)
-- table flags(name character varying(9), is_on boolean)
-- table has_row(r t, u u)
-- view v(id, c)
-- view w(b)
-- view x(n)
-- view y(id)
-- view z(whole, place)
-- function doubled
