CREATE TABLE migration_log (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    migration text NOT NULL,
    processed integer NOT NULL DEFAULT 0,
    succeeded integer NOT NULL DEFAULT 0,
    failed integer NOT NULL DEFAULT 0,
    error_details jsonb,
    performed_by uuid REFERENCES profiles (id) ON DELETE SET NULL,
    performed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX migration_log_performed_by_idx ON migration_log (performed_by);
ALTER TABLE migration_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY migration_log_admins ON migration_log
    USING (EXISTS (SELECT FROM profiles WHERE id = current_setting('request.user_id')::uuid AND is_admin));
