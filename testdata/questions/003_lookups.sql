DO $$
DECLARE
    name text;
    keys text;
    amount int;
BEGIN
    SELECT conname INTO name FROM pg_constraint WHERE conrelid = 'loans'::regclass AND contype = 'u';
    IF name IS NOT NULL THEN
        EXECUTE format('ALTER TABLE loans DROP CONSTRAINT %I', name);
    END IF;
    name := (SELECT constraint_name FROM information_schema.table_constraints
             WHERE table_name = 'books' AND constraint_type = 'CHECK' AND constraint_name LIKE 'books%');
    EXECUTE format('ALTER TABLE books DROP CONSTRAINT IF EXISTS %I', name);
    SELECT string_agg(a.attname, ',' ORDER BY a.attnum) INTO keys
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indrelid = 'shelves'::regclass AND i.indisprimary;
    IF keys <> 'id,room' THEN
        ALTER TABLE shelves DROP CONSTRAINT shelves_pkey, ADD PRIMARY KEY (id, room);
    END IF;
EXCEPTION WHEN dependent_objects_still_exist THEN
    ALTER TABLE shelves ADD COLUMN depended_on boolean;
END $$;

DO $$
DECLARE
    amount int;
BEGIN
    SELECT count(*) INTO amount FROM information_schema.columns WHERE table_name = 'books' AND is_nullable = 'YES';
    IF amount BETWEEN 3 AND 9 THEN
        NULL;
    END IF;
    IF amount > 3 THEN
        ALTER TABLE books ADD COLUMN mostly_optional boolean;
    END IF;
    IF (SELECT count(DISTINCT table_name) FROM information_schema.key_column_usage WHERE column_name = 'book_id') = 1 THEN
        ALTER TABLE books ADD COLUMN lent_once boolean;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typname = 'state' AND e.enumlabel ~ '^lost'
    ) THEN
        ALTER TYPE state ADD VALUE 'lost';
    END IF;
END $$;
