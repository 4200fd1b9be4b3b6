CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE u (t_id int REFERENCES t);
DROP TABLE t, u;

-- leaves:
