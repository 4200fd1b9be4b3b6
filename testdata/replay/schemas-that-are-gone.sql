CREATE SCHEMA s;
CREATE TABLE s.t (id int);
DROP SCHEMA s CASCADE;
CREATE TABLE s.t (id int); -- refused: invalid_schema_name
CREATE VIEW s.v AS SELECT 1; -- refused: invalid_schema_name
CREATE TYPE s.e AS ENUM ('a'); -- refused: invalid_schema_name
CREATE SEQUENCE s.q; -- refused: invalid_schema_name
CREATE SCHEMA r;
ALTER SCHEMA r RENAME TO s;
CREATE TABLE r.t (id int); -- refused: invalid_schema_name
CREATE TABLE s.t (id int);

-- leaves:
-- schema s
-- table s.t(id integer)
