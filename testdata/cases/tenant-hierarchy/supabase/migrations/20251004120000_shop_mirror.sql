-- Mirrored from WooCommerce: customer_id is the shop's own number.
CREATE TABLE woocommerce_orders (
    id bigint PRIMARY KEY,
    domain_id uuid NOT NULL REFERENCES domains (id) ON DELETE CASCADE,
    customer_id bigint,
    total numeric(12, 2) NOT NULL,
    ordered_at timestamptz NOT NULL
);
CREATE INDEX woocommerce_orders_domain_id_idx ON woocommerce_orders (domain_id);

ALTER TABLE organizations ADD COLUMN stripe_customer_id text;
