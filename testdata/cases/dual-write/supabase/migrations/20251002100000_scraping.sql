CREATE TABLE scraped_pages (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    domain_id uuid NOT NULL REFERENCES domains (id) ON DELETE CASCADE,
    url text NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (domain_id, url)
);

CREATE TABLE website_content (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    page_id uuid NOT NULL REFERENCES scraped_pages (id) ON DELETE CASCADE,
    content text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX website_content_page_id_idx ON website_content (page_id);

CREATE TABLE structured_extractions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    page_id uuid NOT NULL REFERENCES scraped_pages (id) ON DELETE CASCADE,
    extracted jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX structured_extractions_page_id_idx ON structured_extractions (page_id);

CREATE TABLE page_embeddings (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    page_id uuid NOT NULL REFERENCES scraped_pages (id) ON DELETE CASCADE,
    embedding double precision[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX page_embeddings_page_id_idx ON page_embeddings (page_id);
