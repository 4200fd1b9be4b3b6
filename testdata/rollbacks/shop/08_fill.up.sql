UPDATE cart_items SET amount = 1 WHERE amount < 1;
