CREATE TABLE profiles (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    is_admin boolean NOT NULL DEFAULT false
);

CREATE TABLE campaigns (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL
);

CREATE TABLE events (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    campaign_id uuid NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    name text NOT NULL,
    happened_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX events_campaign_id_idx ON events (campaign_id);
