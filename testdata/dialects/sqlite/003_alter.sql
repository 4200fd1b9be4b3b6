ALTER TABLE orders ADD COLUMN note TEXT;
ALTER TABLE ORDERS RENAME COLUMN Total TO amount;
ALTER TABLE orders RENAME note TO remark;
DROP INDEX IF EXISTS orders_number;
ALTER TABLE orders DROP COLUMN remark;
ALTER TABLE settings RENAME TO preferences;
CREATE TABLE IF NOT EXISTS customers (id INTEGER);
CREATE TABLE lines (
    order_id INTEGER REFERENCES orders (id),
    position INTEGER,
    preference_scope TEXT,
    preference_name TEXT,
    PRIMARY KEY (order_id, position)
    FOREIGN KEY (preference_scope, preference_name) REFERENCES preferences (scope, name) ON UPDATE CASCADE
);
CREATE VIEW spent AS SELECT customer_id, sum(amount) AS amount FROM orders GROUP BY customer_id;
