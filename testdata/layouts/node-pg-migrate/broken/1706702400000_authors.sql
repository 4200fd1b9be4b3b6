-- Up Migration
CREATE TABLE authors (id bigint PRIMARY KEY);
-- Down Migration
DROP TABLE authors;
