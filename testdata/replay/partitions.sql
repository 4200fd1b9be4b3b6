CREATE TABLE m (id int, at date NOT NULL, ref int) PARTITION BY RANGE (at);
CREATE TABLE o (id int PRIMARY KEY);
CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
ALTER TABLE m ADD PRIMARY KEY (id, at);
CREATE INDEX ON m (ref);
ALTER TABLE m ADD FOREIGN KEY (ref) REFERENCES o;
CREATE TABLE m2 PARTITION OF m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE m3 (id int NOT NULL, at date NOT NULL, ref int);
ALTER TABLE m ATTACH PARTITION m3 FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
ALTER TABLE m DETACH PARTITION m2;
DROP INDEX m1_ref_idx; -- refused: dependent_objects_still_exist
ALTER TABLE m1 DROP CONSTRAINT m1_pkey; -- refused: invalid_table_definition
DROP TABLE o; -- refused: dependent_objects_still_exist
ALTER TABLE m DROP COLUMN ref;
DROP TABLE m;

-- leaves:
-- constraint m2.m2_pkey p
-- constraint m2.m_ref_fkey f -> o
-- constraint o.o_pkey p
-- index m2_pkey on m2 unique
-- index m2_ref_idx on m2
-- index o_pkey on o unique
-- table m2(id integer not null, at date not null, ref integer)
-- table o(id integer not null)
