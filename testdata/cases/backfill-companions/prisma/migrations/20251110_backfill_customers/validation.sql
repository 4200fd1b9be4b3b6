-- 1. Leads without a customer
SELECT count(*) FROM "Lead" WHERE customer_id IS NULL;
-- 2. Jobs without a customer
SELECT count(*) FROM "Job" WHERE customer_id IS NULL;
-- 3. Customers without a lead
SELECT count(*) FROM "Customer" c WHERE NOT EXISTS (SELECT FROM "Lead" l WHERE l.customer_id = c.id);
-- 4. Jobs whose customer is not their lead's
SELECT count(*) FROM "Job" j JOIN "Lead" l ON l.id = j."leadId" WHERE j.customer_id IS DISTINCT FROM l.customer_id;
-- 5. Customers per source
SELECT "createdBy", count(*) FROM "Customer" GROUP BY 1;
-- 6. One phone, several customers
SELECT phone FROM "Lead" WHERE phone IS NOT NULL GROUP BY 1 HAVING count(DISTINCT customer_id) > 1;
-- 7. One e-mail address, several customers
SELECT email FROM "Lead" WHERE email IS NOT NULL GROUP BY 1 HAVING count(DISTINCT customer_id) > 1;
-- 8. The audit row
SELECT * FROM "AuditLog" WHERE action = 'backfill_customers';
