CREATE INDEX "idx_submissions_form" ON "Submissions" ("formId", "submittedAt" DESC);
