CREATE TABLE carts (id bigint PRIMARY KEY);
CREATE TABLE cart_items (cart_id bigint REFERENCES carts, position int, PRIMARY KEY (cart_id, position));
