ALTER TABLE carts RENAME TO baskets;
ALTER TABLE cart_items RENAME COLUMN cart_id TO basket_id;
ALTER TYPE role RENAME VALUE 'seller' TO 'vendor';
