CREATE INDEX "idx_submissions_answers" ON "Submissions" USING gin (answers);
