CREATE TABLE "Submissions" (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    "formId" UUID NOT NULL REFERENCES "Forms"(id) ON DELETE CASCADE,
    answers JSONB NOT NULL,
    "submittedAt" TIMESTAMPTZ NOT NULL DEFAULT now()
);
