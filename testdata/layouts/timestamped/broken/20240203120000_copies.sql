CREATE TABLE copies (id bigint PRIMARY KEY);
