CREATE TABLE members (user_id int, team_id int);
CREATE TABLE t (team_id int, a int);
CREATE POLICY p ON t USING (team_id IN (SELECT m.team_id FROM members m));
CREATE POLICY p ON t USING (true); -- refused: duplicate_object
CREATE POLICY q ON t USING (nope = 1); -- refused: undefined_column
DROP TABLE members; -- refused: dependent_objects_still_exist
ALTER TABLE t DROP COLUMN team_id; -- refused: dependent_objects_still_exist
ALTER TABLE t ALTER team_id TYPE bigint; -- refused: invalid_table_definition
ALTER TABLE members RENAME TO people;
DROP TABLE people CASCADE;
DROP POLICY p ON t; -- refused: undefined_object
DROP POLICY IF EXISTS p ON t;

-- leaves:
-- table t(team_id integer, a integer)
