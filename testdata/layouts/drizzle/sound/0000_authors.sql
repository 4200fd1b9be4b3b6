CREATE TABLE authors (id bigint PRIMARY KEY)--> statement-breakpoint
CREATE TABLE loans (id bigint PRIMARY KEY);
