ALTER TABLE baskets RENAME TO trolleys;
ALTER TABLE trolleys ADD COLUMN note text;
