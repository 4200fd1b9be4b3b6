CREATE TABLE a (x int, CONSTRAINT b_x_check CHECK (x > 0));
CREATE TABLE b (x int CHECK (x > 1));
CREATE TABLE c (x int PRIMARY KEY, CONSTRAINT d_pkey CHECK (x > 0));
CREATE TABLE d (x int PRIMARY KEY);

-- leaves:
-- constraint a.b_x_check c
-- constraint b.b_x_check1 c
-- constraint c.c_pkey p
-- constraint c.d_pkey c
-- constraint d.d_pkey1 p
-- index c_pkey on c unique
-- index d_pkey1 on d unique
-- table a(x integer)
-- table b(x integer)
-- table c(x integer not null)
-- table d(x integer not null)
