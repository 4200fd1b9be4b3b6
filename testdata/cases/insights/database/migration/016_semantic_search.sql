CREATE INDEX idx_semantic_index_concept ON "SemanticIndex" (lower(semantic_concept));
