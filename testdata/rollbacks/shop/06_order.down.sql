DROP TABLE carts;
DROP TABLE cart_items;
