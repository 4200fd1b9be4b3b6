CREATE VIEW "ActiveInsights" AS
SELECT id, name, scope, "formId" FROM "SavedInsights" WHERE "isActive";
