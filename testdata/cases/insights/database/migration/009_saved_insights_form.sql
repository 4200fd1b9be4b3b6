ALTER TABLE "SavedInsights"
    ADD CONSTRAINT "SavedInsights_formId_fkey"
    FOREIGN KEY ("formId") REFERENCES "Forms"(id) ON DELETE SET NULL;
CREATE INDEX "idx_saved_insights_form" ON "SavedInsights" ("formId");
