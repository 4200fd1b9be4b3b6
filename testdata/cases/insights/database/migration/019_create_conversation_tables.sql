-- Proposal B: conversations about a customer's data.
CREATE TABLE "ConversationThreads" (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    "userId" VARCHAR(255) NOT NULL,
    "customerId" VARCHAR(50) NOT NULL,
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

CREATE INDEX idx_threads_user ON "ConversationThreads" ("userId", "customerId");
