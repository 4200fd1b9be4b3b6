//! Procedural code that asks the catalogs: replay answers from the model, and says so where it cannot.

use migralint::difference;
use migralint::history::{EventKind, History};
use migralint::layout::{self, DiscoverOptions};
use migralint::source::SourceMap;

const TABLES: &str = "
    CREATE TABLE a (id int PRIMARY KEY, b text);
    CREATE TABLE b (id int, a_id int CONSTRAINT fk_a REFERENCES a (id), at date, UNIQUE (id, at));
    CREATE VIEW v AS SELECT b FROM a;
    CREATE TYPE mood AS ENUM ('good', 'bad');";

/// The history of a directory that holds this one migration.
fn history(sql: &str) -> History {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("001_all.sql"), sql).expect("the file is written");
    let mut sources = SourceMap::default();
    let found = layout::discover(directory.path(), &mut sources, &DiscoverOptions::default()).expect("it is a layout");
    History::load(found, &sources)
}

fn not_modelled(history: &History) -> Vec<String> {
    let reason = |kind: &EventKind| match kind {
        EventKind::NotModelled(reason) => Some(reason.clone()),
        EventKind::Refused(refusal) => Some(format!("{refusal:?}")),
        _ => None,
    };
    history.events.iter().filter_map(|event| reason(&event.kind)).collect()
}

#[test]
fn code_that_asks_the_catalogs_does_what_the_answers_say() {
    let cases = [
        ("FOR x IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP EXECUTE 'ALTER TABLE ' || x || ' ADD n int'; END LOOP;",
         "ALTER TABLE a ADD n int; ALTER TABLE b ADD n int;"),
        ("FOR r IN SELECT relname AS t FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public' AND relkind = 'v'
          LOOP EXECUTE format('DROP VIEW %I', r.t); END LOOP;",
         "DROP VIEW v;"),
        ("FOR r IN SELECT conname, conrelid::regclass AS t FROM pg_constraint WHERE contype IN ('f', 'u') ORDER BY conname
          LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.t, r.conname); END LOOP;",
         "ALTER TABLE b DROP CONSTRAINT fk_a; ALTER TABLE b DROP CONSTRAINT b_id_at_key;"),
        ("SELECT constraint_name INTO x FROM information_schema.key_column_usage WHERE table_name = 'b' AND column_name = 'a_id';
          EXECUTE 'ALTER TABLE b DROP CONSTRAINT ' || x;",
         "ALTER TABLE b DROP CONSTRAINT fk_a;"),
        ("x := (SELECT string_agg(enumlabel, '_' ORDER BY enumsortorder DESC) FROM pg_enum JOIN pg_type t ON t.oid = enumtypid WHERE typname = 'mood');
          EXECUTE 'CREATE TABLE ' || x || ' ()';",
         "CREATE TABLE bad_good ();"),
        ("IF (SELECT count(*) FROM pg_attribute WHERE attrelid = 'a'::regclass AND attnum > 0 AND NOT attisdropped) = 2 THEN DROP VIEW v; END IF;",
         "DROP VIEW v;"),
        ("IF (SELECT data_type FROM information_schema.columns WHERE table_name = 'b' AND column_name = 'at') IN ('text', 'date')
          THEN ALTER TABLE b DROP at; END IF;",
         "ALTER TABLE b DROP at;"),
        ("SELECT a.attname INTO x FROM pg_constraint c JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k(n, place) ON true
          JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n WHERE c.conrelid = 'b'::regclass AND contype = 'u' ORDER BY place DESC;
          EXECUTE format('ALTER TABLE b DROP COLUMN %I', x);",
         "ALTER TABLE b DROP COLUMN at;"),
        ("IF NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = 'public' AND (table_name = 'c' OR table_name ~ '^d')) THEN DROP VIEW v; END IF;",
         "DROP VIEW v;"),
        ("SELECT constraint_name INTO x FROM information_schema.table_constraints WHERE table_name = 'c' LIMIT 1;
          IF NOT FOUND AND x IS NULL THEN DROP VIEW v; END IF;",
         "DROP VIEW v;"),
        ("FOR r IN SELECT t.typname FROM pg_type t LEFT JOIN pg_enum e ON e.enumtypid = t.oid WHERE t.typname = 'mood' AND e.enumlabel = 'fair'
          LOOP EXECUTE 'DROP TYPE ' || r.typname; END LOOP;",
         ""),
        ("FOR r IN SELECT table_name, array_agg(column_name ORDER BY ordinal_position) AS cs FROM information_schema.columns
          WHERE table_schema = 'public' AND table_name IN ('a', 'b') GROUP BY table_name HAVING count(*) > 2
          LOOP EXECUTE format('ALTER TABLE %I DROP %I', r.table_name, r.cs[3]); END LOOP;",
         "ALTER TABLE b DROP at;"),
    ];
    const DOUBT: &str = "DO $$ DECLARE x text; BEGIN SELECT b INTO x FROM a; EXECUTE 'CREATE TABLE new_' || x || ' ()'; END $$;";
    let block = "FOR r IN SELECT conname FROM pg_constraint WHERE conrelid = 'b'::regclass AND contype = 'f'
        LOOP EXECUTE format('ALTER TABLE b DROP CONSTRAINT %I', r.conname); END LOOP;";
    let beside_doubt =
        history(&format!("{TABLES} {DOUBT} CREATE EXTENSION pg_stat_statements; DO $$ DECLARE r record; BEGIN {block} END $$;"));
    assert_eq!(not_modelled(&beside_doubt).len(), 1, "what may be there besides has other constraints");
    for (block, plain) in cases {
        let asked = history(&format!("{TABLES} DO $$ DECLARE r record; x text; BEGIN {block} END $$;"));
        assert_eq!(not_modelled(&asked), [""; 0], "{block}");
        let expected = history(&format!("{TABLES} {plain}"));
        assert_eq!(difference::between(asked.end(), expected.end()).len(), 0, "{block}");
    }
}

#[test]
fn what_the_model_does_not_hold_is_not_guessed() {
    let cases = [
        // Catalogs of the server's own, of which the model knows nothing.
        "FOR r IN SELECT relname FROM pg_class WHERE relkind = 'r' LOOP EXECUTE 'DROP TABLE ' || r.relname; END LOOP;",
        "IF (SELECT count(*) FROM information_schema.tables) > 2 THEN DROP VIEW v; END IF;",
        // There is `information_schema.domains`.
        "IF NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_name ~ '^dom') THEN DROP VIEW v; END IF;",
        // Rows.
        "SELECT b INTO x FROM a; EXECUTE 'DROP TABLE ' || x;",
        "FOR r IN SELECT t.tablename FROM pg_tables t, a WHERE t.schemaname = a.b LOOP EXECUTE 'DROP TABLE ' || r.tablename; END LOOP;",
        // Nobody says which row comes first.
        "SELECT tablename INTO x FROM pg_tables WHERE schemaname = 'public'; EXECUTE 'DROP TABLE ' || x || ' CASCADE';",
        "SELECT tablename INTO x FROM pg_tables WHERE schemaname = 'public' LIMIT 1; EXECUTE 'DROP TABLE ' || x || ' CASCADE';",
        "x := (SELECT string_agg(tablename, '_') FROM pg_tables WHERE schemaname = 'public'); EXECUTE 'CREATE TABLE ' || x || ' ()';",
        // What the server writes otherwise than people.
        "SELECT column_default INTO x FROM information_schema.columns WHERE table_name = 'd'; IF x = '1' THEN DROP VIEW v; END IF;",
        "IF EXISTS (SELECT 1 FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '%btree%') THEN DROP VIEW v; END IF;",
        "IF current_setting('server_version_num')::int > 150000 THEN DROP VIEW v; END IF;",
    ];
    for block in cases {
        let asked = history(&format!("{TABLES} CREATE TABLE d (n int DEFAULT 1); DO $$ DECLARE r record; x text; BEGIN {block} END $$;"));
        assert_ne!(not_modelled(&asked), [""; 0], "{block}");
    }
}

#[test]
fn questions_within_questions_end() {
    let nested = |depth: usize| {
        (0..depth).fold("SELECT 1 FROM pg_class".to_owned(), |inner, _| format!("SELECT 1 FROM pg_class WHERE EXISTS ({inner})"))
    };
    let wide = "SELECT 1 FROM pg_attribute a, pg_attribute b, pg_attribute c, pg_attribute d, pg_attribute e, pg_attribute f, pg_attribute g, pg_attribute h";
    let many = "SELECT tablename INTO x FROM pg_tables WHERE schemaname = 'public'; EXECUTE 'SELECT ' || x; ".repeat(300);
    let loops = "FOR x IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP ".repeat(40)
        + "EXECUTE 'SELECT ' || x;"
        + &"END LOOP; ".repeat(40);
    let blocks = [
        format!("IF EXISTS ({}) THEN DROP VIEW v; END IF;", nested(60)),
        format!("IF EXISTS ({wide}) THEN DROP VIEW v; END IF;"),
        many,
        loops,
    ];
    for block in blocks {
        let asked = history(&format!("{TABLES} DO $$ DECLARE x text; BEGIN {block} END $$;"));
        assert_eq!(asked.migrations.len(), 1);
    }
}
