-- Dependencies: 014_semantic_foundation.sql (Customer table)
BEGIN;

CREATE TABLE "ConversationThreads" (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    "userId" INTEGER NOT NULL REFERENCES "Users"(id) ON DELETE CASCADE,
    "customerId" UUID NOT NULL REFERENCES "Customer"(id) ON DELETE CASCADE,
    title VARCHAR(500),
    "isActive" BOOLEAN NOT NULL DEFAULT TRUE,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "updatedAt" TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE "ConversationMessages" (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    "threadId" UUID NOT NULL REFERENCES "ConversationThreads"(id) ON DELETE CASCADE,
    role VARCHAR(20) NOT NULL CHECK (role IN ('user', 'assistant')),
    content TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE INDEX "idx_threads_user_customer" ON "ConversationThreads" ("userId", "customerId", "isActive");
CREATE INDEX "idx_threads_recent" ON "ConversationThreads" ("isActive", "updatedAt" DESC) WHERE "isActive";
CREATE INDEX "idx_messages_thread" ON "ConversationMessages" ("threadId", "createdAt");

CREATE FUNCTION touch_conversation_thread() RETURNS trigger AS $$
BEGIN
    UPDATE "ConversationThreads" SET "updatedAt" = now() WHERE id = NEW."threadId";
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER "trg_touch_thread"
    AFTER INSERT ON "ConversationMessages"
    FOR EACH ROW EXECUTE FUNCTION touch_conversation_thread();

COMMIT;
