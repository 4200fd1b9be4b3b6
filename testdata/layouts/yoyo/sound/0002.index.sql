-- depends: 0003.books
-- transactional: false

CREATE INDEX CONCURRENTLY books_author_id ON books (author_id);
