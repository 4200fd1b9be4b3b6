ALTER TABLE loans ADD COLUMN flagged boolean;
