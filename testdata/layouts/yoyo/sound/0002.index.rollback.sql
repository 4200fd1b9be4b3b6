DROP INDEX books_author_id;
