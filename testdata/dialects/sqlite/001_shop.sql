PRAGMA foreign_keys = OFF;

CREATE TABLE customers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL UNIQUE,
    [display name] VARCHAR(80) DEFAULT 'nobody',
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE Orders (
    id INTEGER PRIMARY KEY,
    customer_id INT NOT NULL REFERENCES Customers (ID) ON DELETE CASCADE,
    number TEXT,
    total DECIMAL(10, 2) DEFAULT 0,
    CONSTRAINT one_number UNIQUE (customer_id, number)
);

CREATE INDEX orders_number ON orders (number) WHERE number IS NOT NULL;

-- The semicolons of a trigger end nothing.
CREATE TRIGGER orders_touch AFTER UPDATE ON orders BEGIN
    UPDATE orders SET number = CASE WHEN number = '' THEN ';' ELSE number END WHERE id = new.id;
    DELETE FROM settings WHERE scope = 'orders';
END;

CREATE TABLE settings (
    scope TEXT,
    name TEXT,
    value ANY,
    PRIMARY KEY (scope, name)
) WITHOUT ROWID;
