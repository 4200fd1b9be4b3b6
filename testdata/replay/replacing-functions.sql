CREATE FUNCTION a() RETURNS varchar(10) LANGUAGE sql AS 'SELECT ''x''::varchar';
CREATE OR REPLACE FUNCTION a() RETURNS varchar(20) LANGUAGE sql AS 'SELECT ''x''::varchar';
CREATE OR REPLACE FUNCTION a() RETURNS SETOF varchar LANGUAGE sql AS 'SELECT ''x''::varchar'; -- refused: invalid_table_definition
CREATE FUNCTION b(p int) RETURNS TABLE (x int, y text) LANGUAGE sql AS 'SELECT 1, ''x''::text';
CREATE OR REPLACE FUNCTION b(p int) RETURNS TABLE (x int, z text) LANGUAGE sql AS 'SELECT 1, ''x''::text'; -- refused: invalid_table_definition
CREATE OR REPLACE FUNCTION b(p int) RETURNS TABLE (x int, y varchar) LANGUAGE sql AS 'SELECT 1, ''x''::varchar'; -- refused: invalid_table_definition
CREATE OR REPLACE FUNCTION b(p int) RETURNS TABLE (x int, y text, z int) LANGUAGE sql AS 'SELECT 1, ''x''::text, 1'; -- refused: invalid_table_definition
CREATE OR REPLACE FUNCTION b(q int) RETURNS TABLE (x int, y text) LANGUAGE sql AS 'SELECT 1, ''x''::text'; -- refused: invalid_table_definition
CREATE OR REPLACE FUNCTION b(p int, OUT x int, OUT y text) RETURNS SETOF record LANGUAGE sql AS 'SELECT 1, ''x''::text';
CREATE OR REPLACE FUNCTION b(p int DEFAULT 1) RETURNS TABLE (x int, y text) LANGUAGE sql AS 'SELECT 1, ''x''::text';
CREATE OR REPLACE FUNCTION b(p int) RETURNS TABLE (x int, y text) LANGUAGE sql AS 'SELECT 1, ''x''::text'; -- refused: invalid_table_definition
CREATE FUNCTION c(int) RETURNS TABLE (x int) LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE FUNCTION c(n int) RETURNS TABLE (z int) LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE FUNCTION c(int) RETURNS SETOF int LANGUAGE sql AS 'SELECT 1'; -- refused: invalid_table_definition
CREATE OR REPLACE FUNCTION c(n int) RETURNS SETOF int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION d(OUT x int) LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE FUNCTION d(OUT y int) LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE FUNCTION d() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE FUNCTION d(OUT x int, OUT y int) LANGUAGE sql AS 'SELECT 1, 2'; -- refused: invalid_table_definition
CREATE FUNCTION e(VARIADIC v int[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE FUNCTION e(VARIADIC w int[]) RETURNS int LANGUAGE sql AS 'SELECT 1'; -- refused: invalid_table_definition
CREATE FUNCTION g(INOUT v int, OUT w int) LANGUAGE sql AS 'SELECT 1, 2';
CREATE OR REPLACE FUNCTION g(INOUT v int, OUT x int) LANGUAGE sql AS 'SELECT 1, 2'; -- refused: invalid_table_definition
CREATE PROCEDURE p(a int DEFAULT 1) LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE PROCEDURE p(b int DEFAULT 1) LANGUAGE sql AS 'SELECT 1'; -- refused: invalid_table_definition
CREATE OR REPLACE PROCEDURE p(a int) LANGUAGE sql AS 'SELECT 1'; -- refused: invalid_table_definition
CREATE TYPE mood AS ENUM ('glad');
CREATE TABLE users (id int);
CREATE FUNCTION h(u users) RETURNS mood LANGUAGE sql AS 'SELECT ''glad''::public.mood';
CREATE FUNCTION i() RETURNS SETOF users LANGUAGE sql AS 'SELECT 1';
ALTER TYPE mood RENAME TO feeling;
ALTER TABLE users RENAME TO people;
CREATE OR REPLACE FUNCTION h(u people) RETURNS feeling LANGUAGE sql AS 'SELECT ''glad''::public.feeling';
CREATE OR REPLACE FUNCTION i() RETURNS SETOF public.people LANGUAGE sql AS 'SELECT 1';

-- leaves:
-- table people(id integer)
-- type feeling (glad)
-- function a
-- function b
-- function c
-- function d
-- function e
-- function g
-- function h
-- function i
-- function p
