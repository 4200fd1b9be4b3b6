-- gen_random_uuid() for older servers.
CREATE EXTENSION IF NOT EXISTS pgcrypto;
