-- // authors
CREATE TABLE authors (id bigint PRIMARY KEY);

-- //@UNDO
DROP TABLE authors;
