-- The semantic layer: everything in it belongs to a customer.
CREATE TABLE "Customer" (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    code VARCHAR(50) NOT NULL UNIQUE,
    name VARCHAR(255) NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE "ContextDiscoveryRun" (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    customer_id UUID NOT NULL REFERENCES "Customer"(id) ON DELETE CASCADE,
    status VARCHAR(20) NOT NULL DEFAULT 'running'
        CHECK (status IN ('running', 'succeeded', 'failed')),
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    completed_at TIMESTAMPTZ
);
CREATE INDEX idx_context_discovery_run_customer ON "ContextDiscoveryRun" (customer_id, started_at DESC);

CREATE TABLE "SemanticIndex" (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    customer_id UUID NOT NULL REFERENCES "Customer"(id) ON DELETE CASCADE,
    semantic_concept VARCHAR(255) NOT NULL,
    confidence NUMERIC(3, 2),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_semantic_index_customer ON "SemanticIndex" (customer_id, semantic_concept);
