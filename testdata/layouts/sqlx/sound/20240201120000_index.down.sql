DROP INDEX authors_by_id;
