BEGIN;

DROP INDEX "idx_saved_insights_customer";
ALTER TABLE "SavedInsights" DROP COLUMN "semanticContext";

ALTER TABLE "SavedInsights" DROP CONSTRAINT "SavedInsights_scope_check";
ALTER TABLE "SavedInsights" ADD CONSTRAINT "SavedInsights_scope_check"
    CHECK (scope IN ('form', 'schema'));

ALTER TABLE "SavedInsights" DROP COLUMN "customerId";

COMMIT;
