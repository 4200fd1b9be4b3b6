# --- authors

# --- !Ups
CREATE TABLE authors (id bigint PRIMARY KEY);

# --- !Downs
DROP TABLE authors;
