UPDATE campaigns SET data_sources = NULL WHERE id IN (SELECT id FROM [failed_ids]);
ALTER TABLE events DROP COLUMN canonical_event;
ALTER TABLE campaigns DROP COLUMN data_sources;
