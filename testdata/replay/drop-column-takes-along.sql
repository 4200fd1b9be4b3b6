CREATE TABLE t (id int PRIMARY KEY, a int, b int, c int, CHECK (a > b), UNIQUE (a, c));
CREATE INDEX i1 ON t (b, a);
CREATE INDEX i2 ON t (c) WHERE a > 1;
CREATE INDEX i3 ON t (c) INCLUDE (a);
CREATE INDEX i4 ON t ((a + c));
CREATE INDEX i5 ON t (c);
ALTER TABLE t DROP COLUMN a;

-- leaves:
-- constraint t.t_pkey p
-- index i5 on t
-- index t_pkey on t unique
-- table t(id integer not null, b integer, c integer)
