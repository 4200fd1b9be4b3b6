ALTER TABLE "SavedInsights"
    ADD COLUMN "executionCount" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "lastExecutedAt" TIMESTAMPTZ;
