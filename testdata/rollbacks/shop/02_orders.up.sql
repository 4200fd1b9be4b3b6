CREATE TABLE orders (
    id serial PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    total numeric(10, 2) NOT NULL CHECK (total >= 0),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid'))
);
CREATE INDEX orders_user_idx ON orders (user_id) WHERE state = 'open';
CREATE VIEW open_orders AS SELECT id, user_id FROM orders WHERE state = 'open';
