RENAME TABLE order_lines TO order_items;
ALTER TABLE order_items RENAME COLUMN position TO place, DROP COLUMN note;
CREATE TABLE archived_orders LIKE orders;
CREATE TABLE gone (id int);
DROP TABLE IF EXISTS gone, never_there;
TRUNCATE TABLE archived_orders;
INSERT IGNORE INTO customers (email, name, is_active) VALUES ('a@b.c', 'a;b', 1) ON DUPLICATE KEY UPDATE name = VALUES(name);
CREATE OR REPLACE VIEW buyers AS SELECT id, email FROM customers WHERE is_active;
