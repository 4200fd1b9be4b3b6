SELECT 1 / count(*) FROM pg_class;
