-- Dependencies: 014_semantic_foundation.sql (Customer table)
BEGIN;

ALTER TABLE "SavedInsights"
    ADD COLUMN "customerId" UUID NULL REFERENCES "Customer"(id) ON DELETE SET NULL;

ALTER TABLE "SavedInsights" DROP CONSTRAINT "SavedInsights_scope_check";
ALTER TABLE "SavedInsights" ADD CONSTRAINT "SavedInsights_scope_check"
    CHECK (scope IN ('form', 'schema', 'semantic'));

ALTER TABLE "SavedInsights" ADD COLUMN "semanticContext" JSONB NULL;

CREATE INDEX "idx_saved_insights_customer" ON "SavedInsights" ("customerId", "isActive");

COMMIT;
