ALTER TABLE conversations DROP COLUMN customer_id;

ALTER TABLE page_embeddings ALTER COLUMN organization_id SET NOT NULL;
ALTER TABLE conversations ALTER COLUMN organization_id SET NOT NULL;
ALTER TABLE messages ALTER COLUMN organization_id SET NOT NULL;
ALTER TABLE scraped_pages ALTER COLUMN organization_id SET NOT NULL;
ALTER TABLE website_content ALTER COLUMN organization_id SET NOT NULL;
ALTER TABLE structured_extractions ALTER COLUMN organization_id SET NOT NULL;

ALTER TABLE customer_configs RENAME TO domain_configs;
