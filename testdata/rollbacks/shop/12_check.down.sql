ALTER TABLE orders DROP CONSTRAINT orders_state_check;
ALTER TABLE orders ADD CONSTRAINT orders_state_check CHECK (state = ANY (ARRAY['open', 'paid']));
CREATE VIEW open_orders AS SELECT id, user_id FROM orders WHERE state = 'open';
