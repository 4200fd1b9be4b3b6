CREATE TABLE "FormVersions" (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    "formId" UUID NOT NULL REFERENCES "Forms"(id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    definition JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE ("formId", revision)
);
