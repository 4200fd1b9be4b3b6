-- Really a configuration per domain, whatever its name says.
CREATE TABLE customer_configs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    domain_id uuid NOT NULL UNIQUE REFERENCES domains (id) ON DELETE CASCADE,
    settings jsonb NOT NULL DEFAULT '{}'
);
ALTER TABLE customer_configs ENABLE ROW LEVEL SECURITY;
CREATE POLICY customer_configs_members ON customer_configs
    USING (domain_id IN (
        SELECT d.id FROM domains d
        JOIN organization_members m ON m.organization_id = d.organization_id
        WHERE m.user_id = current_setting('request.user_id')::uuid
    ));

CREATE FUNCTION config_of(domain uuid) RETURNS jsonb AS $$
    SELECT settings FROM customer_configs WHERE domain_id = domain;
$$ LANGUAGE sql STABLE;
