BEGIN;
UPDATE "Job" SET customer_id = NULL;
UPDATE "Lead" SET customer_id = NULL
WHERE customer_id IN (SELECT id FROM "Customer" WHERE "createdBy" = 'backfill');
DELETE FROM "Customer" WHERE "createdBy" = 'backfill'; -- addresses go by cascade
DELETE FROM "AuditLog" WHERE action = 'backfill_customers';
COMMIT;
