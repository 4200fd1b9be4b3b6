DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'old\_%' ORDER BY tablename LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN changed timestamptz', name);
    END LOOP;
END $$;

DO $$
DECLARE
    key record;
BEGIN
    FOR key IN
        SELECT c.conname, c.conrelid::regclass AS holder, pg_get_constraintdef(c.oid) AS definition
        FROM pg_constraint c JOIN pg_class r ON r.oid = c.confrelid JOIN pg_namespace n ON n.oid = r.relnamespace
        WHERE c.contype = 'f' AND n.nspname = 'public' AND r.relname = 'shelves' AND c.confdeltype IN ('a', 'r')
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', key.holder, key.conname);
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', key.holder, key.conname, key.definition || ' ON DELETE SET NULL');
    END LOOP;
END $$;

DO $$
DECLARE
    part record;
BEGIN
    FOR part IN
        SELECT c.table_name, c.column_name FROM information_schema.columns c
        JOIN information_schema.tables t ON t.table_name = c.table_name AND t.table_schema = c.table_schema
        WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type = 'timestamp without time zone'
    LOOP
        IF part.table_name LIKE 'old%' THEN
            CONTINUE;
        END IF;
        EXECUTE 'ALTER TABLE ' || quote_ident(part.table_name) || ' ALTER COLUMN ' || part.column_name || ' TYPE timestamptz';
    END LOOP;
END $$;

DO $$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT format('DROP POLICY %I ON %I.%I', policyname, schemaname, tablename) FROM pg_policies WHERE schemaname = 'public'
        UNION ALL
        SELECT format('DROP INDEX %I', indexname) FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'old_loans'
    LOOP
        EXECUTE statement;
    END LOOP;
END $$;
