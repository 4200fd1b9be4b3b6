-- What SQLite cannot alter is made anew: orders keep their references, to a table of the old name.
CREATE TABLE customers_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL,
    name VARCHAR(80),
    country TEXT NOT NULL DEFAULT 'AT'
);
INSERT INTO customers_new (id, email, name) SELECT id, email, [display name] FROM customers;
DROP TABLE customers;
ALTER TABLE customers_new RENAME TO customers;
CREATE UNIQUE INDEX customers_email ON customers (email);
