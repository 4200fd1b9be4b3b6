CREATE TABLE "SavedInsights" (
    id SERIAL PRIMARY KEY,
    name VARCHAR(255) NOT NULL,
    question TEXT NOT NULL,
    scope VARCHAR(10) NOT NULL CHECK (scope IN ('form', 'schema')),
    "formId" UUID NULL,
    sql TEXT NOT NULL,
    "chartType" VARCHAR(20),
    "chartMapping" JSONB,
    "isActive" BOOLEAN NOT NULL DEFAULT TRUE,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "updatedAt" TIMESTAMPTZ NOT NULL DEFAULT now()
);
