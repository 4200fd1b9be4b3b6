-- Proposal A: insights over the semantic layer.
ALTER TABLE "SavedInsights" ADD COLUMN "customerId" VARCHAR(50) NULL; -- the customer's code

ALTER TABLE "SavedInsights" DROP CONSTRAINT "SavedInsights_scope_check";
ALTER TABLE "SavedInsights" ADD CONSTRAINT "SavedInsights_scope_check"
    CHECK (scope IN ('form', 'schema', 'semantic'));

ALTER TABLE "SavedInsights" ADD COLUMN "semanticContext" JSONB NULL;
