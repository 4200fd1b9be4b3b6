//! The schema the examples work on, and the examples themselves.

use super::Example;

/// The schema the examples work on.
pub const SETUP: &str = "
CREATE TABLE customers (id bigint PRIMARY KEY, email varchar(100) NOT NULL) DEFAULT CHARSET=utf8mb4;
CREATE TABLE orders (
    id integer PRIMARY KEY,
    customer_id bigint NOT NULL,
    total integer,
    price decimal(10, 2),
    seen datetime,
    code char(4),
    note varchar(20),
    remark varchar(40),
    address varchar(100),
    body text,
    state enum('new', 'paid') NOT NULL,
    flags set('a', 'b'),
    place point NOT NULL,
    KEY orders_total (total),
    UNIQUE KEY orders_code (code),
    CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE amounts (
    id bigint PRIMARY KEY,
    net integer,
    gross integer GENERATED ALWAYS AS (net * 2) STORED,
    half integer GENERATED ALWAYS AS (net / 2) VIRTUAL
);
CREATE TABLE articles (id bigint PRIMARY KEY, title text, body text, FULLTEXT KEY articles_title (title)) DEFAULT CHARSET=utf8mb4;
CREATE TABLE bare (id bigint NOT NULL, other bigint NOT NULL, body text) DEFAULT CHARSET=latin1;
CREATE TABLE events (id bigint NOT NULL, at date NOT NULL) PARTITION BY HASH (id) PARTITIONS 4;
INSERT INTO customers VALUES (1, 'a@example.com');
INSERT INTO orders (id, customer_id, total, note, state, place) VALUES (1, 1, 10, 'x', 'new', POINT(1, 1));
";

const fn example(group: &'static str, statement: &'static str) -> Example {
    Example { group, statement, comparable: true, unchecked: false }
}

const fn from_the_manual(group: &'static str, statement: &'static str) -> Example {
    Example { comparable: false, ..example(group, statement) }
}

/// All of them, by their headings.
pub const EXAMPLES: &[Example] = &[
    example("Columns", "ALTER TABLE orders ADD COLUMN label text"),
    example("Columns", "ALTER TABLE orders ADD COLUMN label varchar(20) NOT NULL DEFAULT 'x' AFTER id"),
    example("Columns", "ALTER TABLE bare ADD COLUMN number bigint NOT NULL AUTO_INCREMENT UNIQUE"),
    example("Columns", "ALTER TABLE orders ADD COLUMN twice integer GENERATED ALWAYS AS (total * 2) STORED"),
    example("Columns", "ALTER TABLE orders ADD COLUMN twice integer GENERATED ALWAYS AS (total * 2) VIRTUAL"),
    example("Columns", "ALTER TABLE orders ADD COLUMN number integer CHECK (number > 0)"),
    example("Columns", "ALTER TABLE orders DROP COLUMN body"),
    example("Columns", "ALTER TABLE amounts DROP COLUMN gross"),
    example("Columns", "ALTER TABLE amounts DROP COLUMN half"),
    example("Columns", "ALTER TABLE orders RENAME COLUMN note TO label"),
    example("Columns", "ALTER TABLE orders CHANGE note label varchar(20)"),
    example("Columns", "ALTER TABLE orders MODIFY note varchar(20) AFTER id"),
    example("Columns", "ALTER TABLE orders ALTER COLUMN note SET DEFAULT 'x'"),
    example("Columns", "ALTER TABLE orders ALTER COLUMN note DROP DEFAULT"),
    example("Columns", "ALTER TABLE orders MODIFY total integer NOT NULL"),
    example("Columns", "ALTER TABLE orders MODIFY customer_id bigint NULL"),
    example("Columns", "ALTER TABLE bare MODIFY id bigint NOT NULL AUTO_INCREMENT, ADD UNIQUE (id)"),
    example("Types", "ALTER TABLE orders MODIFY total bigint"),
    example("Types", "ALTER TABLE orders MODIFY total integer unsigned"),
    example("Types", "ALTER TABLE orders MODIFY total int(20)"),
    example("Types", "ALTER TABLE orders MODIFY price decimal(12, 2)"),
    example("Types", "ALTER TABLE orders MODIFY seen datetime(3)"),
    example("Types", "ALTER TABLE orders MODIFY code char(8)"),
    example("Types", "ALTER TABLE orders MODIFY note varchar(60)"),
    example("Types", "ALTER TABLE orders MODIFY note varchar(300)"),
    example("Types", "ALTER TABLE orders MODIFY remark varchar(300)"),
    example("Types", "ALTER TABLE orders MODIFY address varchar(300)"),
    example("Types", "ALTER TABLE orders MODIFY address varchar(50)"),
    example("Types", "ALTER TABLE orders MODIFY note text"),
    example("Types", "ALTER TABLE orders MODIFY body mediumtext"),
    example("Types", "ALTER TABLE orders MODIFY state enum('new', 'paid', 'sent') NOT NULL"),
    example("Types", "ALTER TABLE orders MODIFY state enum('new', 'sent', 'paid') NOT NULL"),
    example("Types", "ALTER TABLE orders MODIFY flags set('a', 'b', 'c')"),
    example("Types", "ALTER TABLE orders MODIFY flags set('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i')"),
    example("Types", "ALTER TABLE bare CONVERT TO CHARACTER SET utf8mb4"),
    example("Indexes and keys", "ALTER TABLE orders ADD INDEX (note)"),
    example("Indexes and keys", "ALTER TABLE orders ADD UNIQUE (note)"),
    example("Indexes and keys", "ALTER TABLE orders DROP INDEX orders_total"),
    example("Indexes and keys", "ALTER TABLE orders RENAME INDEX orders_total TO total"),
    example("Indexes and keys", "ALTER TABLE bare ADD FULLTEXT INDEX (body)"),
    example("Indexes and keys", "ALTER TABLE articles ADD FULLTEXT INDEX (body)"),
    example("Indexes and keys", "ALTER TABLE orders ADD SPATIAL INDEX (place)"),
    example("Indexes and keys", "ALTER TABLE bare ADD PRIMARY KEY (id)"),
    example("Indexes and keys", "ALTER TABLE orders DROP PRIMARY KEY"),
    example("Indexes and keys", "ALTER TABLE orders DROP PRIMARY KEY, ADD PRIMARY KEY (customer_id)"),
    example("Indexes and keys", "ALTER TABLE bare ADD FOREIGN KEY (other) REFERENCES customers (id)"),
    Example {
        unchecked: true,
        ..example("Indexes and keys", "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id)")
    },
    example("Indexes and keys", "ALTER TABLE orders DROP FOREIGN KEY orders_customer"),
    example("Indexes and keys", "ALTER TABLE orders ADD CHECK (total > 0)"),
    example("Whole tables", "ALTER TABLE bare RENAME TO plain"),
    example("Whole tables", "ALTER TABLE bare ENGINE = InnoDB"),
    example("Whole tables", "ALTER TABLE bare FORCE"),
    example("Whole tables", "ALTER TABLE bare ROW_FORMAT = COMPRESSED"),
    example("Whole tables", "ALTER TABLE articles FORCE"),
    from_the_manual("Whole tables", "OPTIMIZE TABLE bare"),
    example("Whole tables", "ALTER TABLE bare ENGINE = MyISAM"),
    from_the_manual("Whole tables", "ALTER TABLE bare PARTITION BY HASH (id) PARTITIONS 4"),
    from_the_manual("Whole tables", "ALTER TABLE events REMOVE PARTITIONING"),
    from_the_manual("Whole tables", "ALTER TABLE events ADD PARTITION PARTITIONS 2"),
    from_the_manual("Whole tables", "ALTER TABLE events COALESCE PARTITION 2"),
    from_the_manual("Whole tables", "ALTER TABLE events REBUILD PARTITION p1"),
    from_the_manual("Whole tables", "TRUNCATE TABLE orders"),
];
