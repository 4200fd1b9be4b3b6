CREATE TYPE role AS ENUM ('buyer', 'seller');
CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email varchar(100) NOT NULL UNIQUE,
    role role NOT NULL DEFAULT 'buyer',
    created_at timestamptz NOT NULL DEFAULT now()
);
