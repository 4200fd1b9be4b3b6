CREATE SEQUENCE s;
CREATE TABLE t (a int DEFAULT nextval('s'), b serial);
DROP SEQUENCE s; -- refused: dependent_objects_still_exist
DROP SEQUENCE t_b_seq; -- refused: dependent_objects_still_exist
DROP SEQUENCE s CASCADE;
CREATE SEQUENCE s2 OWNED BY t.a;
ALTER TABLE t DROP COLUMN a;
CREATE TABLE u (x int DEFAULT nextval('t_b_seq'));
DROP TABLE t; -- refused: dependent_objects_still_exist
DROP TABLE t CASCADE;

-- leaves:
-- table u(x integer)
