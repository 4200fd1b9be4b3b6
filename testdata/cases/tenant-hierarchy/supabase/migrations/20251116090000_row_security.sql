ALTER TABLE conversations ENABLE ROW LEVEL SECURITY;
CREATE POLICY conversations_members ON conversations
    USING (organization_id IN (
        SELECT organization_id FROM organization_members
        WHERE user_id = current_setting('request.user_id')::uuid
    ));
