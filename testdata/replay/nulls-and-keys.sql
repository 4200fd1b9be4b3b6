CREATE TABLE t (a int, b int);
ALTER TABLE t ADD PRIMARY KEY (a);
ALTER TABLE t ADD PRIMARY KEY (b); -- refused: invalid_table_definition
ALTER TABLE t ALTER a DROP NOT NULL; -- refused: invalid_table_definition
ALTER TABLE t DROP CONSTRAINT t_pkey;
ALTER TABLE t ALTER a DROP NOT NULL;
CREATE UNIQUE INDEX ti ON t (b);
ALTER TABLE t ADD CONSTRAINT tk PRIMARY KEY USING INDEX ti;
ALTER TABLE t RENAME CONSTRAINT tk TO tpk;
ALTER INDEX tpk RENAME TO tpk2;
ALTER TABLE t ADD CONSTRAINT tpk2 CHECK (a > 0); -- refused: duplicate_object
ALTER TABLE t ADD CONSTRAINT t UNIQUE (a); -- refused: duplicate_table

-- leaves:
-- constraint t.tpk2 p
-- index tpk2 on t unique
-- table t(a integer, b integer not null)
