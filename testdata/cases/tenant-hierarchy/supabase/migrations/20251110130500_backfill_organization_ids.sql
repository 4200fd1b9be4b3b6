CREATE FUNCTION backfill_organization_ids() RETURNS void AS $$
BEGIN
    UPDATE scraped_pages p SET organization_id = d.organization_id
    FROM domains d WHERE d.id = p.domain_id AND p.organization_id IS NULL;

    UPDATE page_embeddings e SET organization_id = p.organization_id
    FROM scraped_pages p WHERE p.id = e.page_id AND e.organization_id IS NULL;

    UPDATE website_content c SET organization_id = p.organization_id
    FROM scraped_pages p WHERE p.id = c.page_id AND c.organization_id IS NULL;

    UPDATE structured_extractions x SET organization_id = p.organization_id
    FROM scraped_pages p WHERE p.id = x.page_id AND x.organization_id IS NULL;

    UPDATE conversations c SET organization_id = d.organization_id
    FROM domains d WHERE d.id = c.domain_id AND c.organization_id IS NULL;

    UPDATE messages m SET organization_id = c.organization_id
    FROM conversations c WHERE c.id = m.conversation_id AND m.organization_id IS NULL;
END;
$$ LANGUAGE plpgsql;

SELECT backfill_organization_ids();
