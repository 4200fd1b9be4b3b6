ALTER TYPE role RENAME VALUE 'vendor' TO 'seller';
ALTER TABLE cart_items RENAME COLUMN basket_id TO cart_id;
ALTER TABLE baskets RENAME TO carts;
