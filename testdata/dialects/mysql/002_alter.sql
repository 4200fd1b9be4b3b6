ALTER TABLE customers
    ADD COLUMN country char(2) NOT NULL DEFAULT 'AT' AFTER email,
    MODIFY COLUMN name varchar(200) NOT NULL,
    CHANGE active is_active tinyint(1) NOT NULL,
    ADD INDEX by_country (country, NAME),
    DROP INDEX by_name,
    RENAME INDEX email TO one_email;

-- The index that the foreign key made for itself gives way.
CREATE INDEX by_customer ON orders (customer_id, state);
ALTER TABLE orders DROP FOREIGN KEY orders_ibfk_1;
ALTER TABLE orders ALTER COLUMN total SET DEFAULT 1, ALTER state DROP DEFAULT;
ALTER TABLE orders ADD CONSTRAINT whose FOREIGN KEY (CUSTOMER_ID) REFERENCES customers (ID), ENGINE = InnoDB;
ALTER TABLE order_lines DROP PRIMARY KEY, ADD COLUMN id bigint NOT NULL, ADD PRIMARY KEY (id);
