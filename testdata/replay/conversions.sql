CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE owners (id uuid PRIMARY KEY, mood varchar DEFAULT 'glad'::varchar);
CREATE TABLE things (owner varchar, number int);
ALTER TABLE things ADD FOREIGN KEY (owner) REFERENCES owners; -- refused: datatype_mismatch
CREATE VIEW owned AS SELECT o.id FROM owners o JOIN things t ON t.owner = o.id; -- refused: undefined_function
ALTER TABLE owners ALTER mood TYPE mood USING mood::mood; -- refused: datatype_mismatch
CREATE CAST (varchar AS uuid) WITH INOUT AS IMPLICIT;
ALTER TABLE things ADD FOREIGN KEY (owner) REFERENCES owners;
CREATE VIEW owned AS SELECT o.id FROM owners o JOIN things t ON t.owner = o.id;
CREATE CAST (varchar AS mood) WITH INOUT AS ASSIGNMENT;
ALTER TABLE owners ALTER mood TYPE mood USING mood::mood;
DROP VIEW owned;
ALTER TABLE things DROP CONSTRAINT things_owner_fkey;
ALTER TABLE owners DROP COLUMN mood;
CREATE FUNCTION same(uuid, int) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE OPERATOR = (LEFTARG = uuid, RIGHTARG = int, FUNCTION = same);
CREATE VIEW numbered AS SELECT o.id FROM owners o JOIN things t ON o.id = t.number;
DROP VIEW numbered;
DROP OPERATOR = (uuid, int);
DROP CAST (varchar AS uuid);
DROP CAST (varchar AS mood);

-- leaves:
-- table owners(id uuid not null)
-- index owners_pkey on owners unique
-- table things(owner character varying, number integer)
-- constraint owners.owners_pkey p
-- type mood (glad, sad)
-- function same
