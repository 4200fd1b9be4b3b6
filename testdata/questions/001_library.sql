CREATE TABLE shelves (id int PRIMARY KEY, room text NOT NULL);
CREATE TABLE books (
    id int PRIMARY KEY,
    shelf_id int REFERENCES shelves (id),
    title varchar(200),
    added timestamp,
    CONSTRAINT books_title_check CHECK (title <> '')
);
CREATE TABLE loans (book_id int NOT NULL REFERENCES books ON DELETE CASCADE, reader text, until timestamp, UNIQUE (book_id, reader));
CREATE TABLE old_loans (LIKE loans);
CREATE TYPE state AS ENUM ('new', 'worn');
CREATE VIEW titles AS SELECT title FROM books;
CREATE INDEX old_loans_reader ON old_loans (reader);
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER books_stamp BEFORE UPDATE ON books FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE POLICY reading ON books FOR SELECT USING (true);
