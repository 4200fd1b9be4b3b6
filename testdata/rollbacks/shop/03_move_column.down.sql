ALTER TABLE users ADD COLUMN role role NOT NULL DEFAULT 'buyer'::role;
