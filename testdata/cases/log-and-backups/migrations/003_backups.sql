CREATE TABLE campaigns_backup_20251120 AS SELECT * FROM campaigns;
CREATE TABLE events_backup_20251120 AS
    SELECT * FROM events WHERE happened_at > now() - interval '30 days';
