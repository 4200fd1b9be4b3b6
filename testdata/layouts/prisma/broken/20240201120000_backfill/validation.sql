SELECT count(*) FROM authors;
