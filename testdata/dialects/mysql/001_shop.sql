/*!40101 SET NAMES utf8mb4 */;

CREATE TABLE `customers` (
    `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
    `email` varchar(191) NOT NULL, # written; so
    `name` varchar(80) DEFAULT 'it\'s nobody;',
    `active` boolean NOT NULL DEFAULT TRUE,
    `created_at` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    PRIMARY KEY (`id`),
    UNIQUE KEY (`email`),
    KEY `by_name` (`name`(20)) USING BTREE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='those who buy; and those who do not';

CREATE TABLE orders (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id bigint unsigned NOT NULL,
    billed_to bigint unsigned,
    number varchar(20),
    total decimal(10, 2) DEFAULT 0,
    state enum('new', 'paid', 'it''s done') NOT NULL DEFAULT 'new',
    FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE,
    CONSTRAINT billed FOREIGN KEY (billed_to) REFERENCES customers (id) ON DELETE SET NULL,
    INDEX (number, state)
) ENGINE=InnoDB;

CREATE TABLE order_lines (
    order_id int NOT NULL,
    position smallint NOT NULL,
    note text,
    PRIMARY KEY (order_id, position),
    FOREIGN KEY (order_id) REFERENCES orders (id)
);

DELIMITER //
CREATE TRIGGER orders_number BEFORE INSERT ON orders FOR EACH ROW
BEGIN
    IF NEW.number IS NULL THEN
        SET NEW.number = 'none';
    END IF;
END//
DELIMITER ;
