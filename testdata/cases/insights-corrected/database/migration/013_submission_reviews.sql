CREATE TABLE "SubmissionReviews" (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    "submissionId" UUID NOT NULL REFERENCES "Submissions"(id) ON DELETE CASCADE,
    "reviewerId" INTEGER REFERENCES "Users"(id) ON DELETE SET NULL,
    verdict TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX "idx_submission_reviews_submission" ON "SubmissionReviews" ("submissionId");
CREATE INDEX "idx_submission_reviews_reviewer" ON "SubmissionReviews" ("reviewerId");
