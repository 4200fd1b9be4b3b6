ALTER TABLE "Forms" ADD COLUMN slug VARCHAR(120);
CREATE UNIQUE INDEX "idx_forms_slug" ON "Forms" (slug) WHERE slug IS NOT NULL;
