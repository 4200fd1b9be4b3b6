ALTER TABLE campaigns ADD COLUMN data_sources jsonb;
ALTER TABLE events ADD COLUMN canonical_event text;
UPDATE events SET canonical_event = lower(name) WHERE canonical_event IS NULL;
