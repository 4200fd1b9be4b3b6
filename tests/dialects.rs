//! MySQL, SQLite and SQL Server: which of them a directory is told to be, what its statements become, what lints say.

mod common;

use std::fs;
use std::path::Path;

use migralint::history::{EventKind, History};
use migralint::layout::{self, DiscoverOptions};
use migralint::lint::explain;
use migralint::lints;
use migralint::schema::{Dialect, Schema};
use migralint::source::SourceMap;
use migralint::sql::{self, Body, Statement};

fn parse(sql: &str, dialect: Dialect) -> (SourceMap, Vec<Statement>) {
    let mut sources = SourceMap::default();
    let file = sources.add("001_a.sql", sql);
    let statements = sql::parse(&sources, file, 0..sql.len(), dialect);
    (sources, statements)
}

/// The schema that statements leave; what they refuse is an error.
fn schema(sql: &str, dialect: Dialect) -> Result<Schema, String> {
    let (_, statements) = parse(sql, dialect);
    let mut schema = Schema::empty(dialect);
    for change in statements.iter().flat_map(Statement::changes) {
        schema.apply(change).map_err(|refusal| refusal.message)?;
    }
    Ok(schema)
}

/// What the indexes of a table are called, in the order they came.
fn indexes(schema: &Schema, table: &str) -> Vec<String> {
    let table = schema.tables.values().find(|found| found.name.name == *table).expect("the table is there");
    table.indexes.iter().map(|index| index.name.to_string()).collect()
}

/// Files by their paths.
type Files<'a> = &'a [(&'a str, &'a str)];

fn write(directory: &Path, files: Files) {
    for (path, text) in files {
        let path = directory.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        fs::write(path, text).expect("the file is written");
    }
}

#[test]
fn a_directory_is_told_by_its_files_its_path_and_its_text() {
    use Dialect::{MySql, Postgres, SqlServer, Sqlite};
    let cases: &[(&str, Files, Dialect)] = &[
        (
            "m",
            &[("migration_lock.toml", "provider = \"sqlite\"\n"), ("20240101000000_a/migration.sql", "CREATE TABLE a (id int);")],
            Sqlite,
        ),
        ("m", &[("meta/_journal.json", "{\"dialect\": \"mysql\",\n \"entries\": []}"), ("0000_a.sql", "CREATE TABLE a (id int);")], MySql),
        ("db/mysql", &[("V1__a.sql", "CREATE TABLE a (id int);")], MySql),
        ("migrations_sqlite", &[("001_a.sql", "CREATE TABLE a (id int);")], Sqlite),
        ("m", &[("001_a.sql", "CREATE TABLE `a` (`id` int unsigned AUTO_INCREMENT) ENGINE=InnoDB;")], MySql),
        (
            "m",
            &[("001_a.sql", "CREATE TABLE a (id int PRIMARY KEY) ENGINE=InnoDB;"), ("002_b.sql", "ALTER TABLE a MODIFY id bigint;")],
            MySql,
        ),
        ("m", &[("001_a.sql", "CREATE TABLE a (id uuid, said text DEFAULT 'ENGINE=fast');")], Postgres),
        ("m", &[("001_a.sql", "PRAGMA foreign_keys=OFF;\nCREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT) WITHOUT ROWID;")], Sqlite),
        ("m", &[("001_a.sql", "CREATE TABLE [dbo].[a] (id int IDENTITY(1,1), b nvarchar(20))\nGO\n")], SqlServer),
        ("m", &[("001_a.sql", "CREATE TABLE a (id int);")], Postgres),
        (
            "m",
            &[
                ("Cargo.toml", "[dependencies]\nsqlx = { version = \"0.8\",\n  features = [\"uuid\", \"sqlite\"] }\n"),
                ("001_a.sql", "CREATE TABLE a (id int);"),
            ],
            Sqlite,
        ),
        (
            "m",
            &[
                ("Cargo.toml", "[package]\n\n[dependencies.diesel]\nversion = \"2\"\nfeatures = [\"mysql\"]\n"),
                ("001_a.sql", "CREATE TABLE a (id int);"),
            ],
            MySql,
        ),
        (
            "m",
            &[
                ("Cargo.toml", "[dependencies]\nsqlx = { features = [\"postgres\", \"sqlite\"] }\n"),
                ("001_a.sql", "CREATE TABLE a (id int);"),
            ],
            Postgres,
        ),
        (
            "m",
            &[("Cargo.toml", "[dependencies]\nsqlx = { features = [\"sqlite\"] }\n"), ("001_a.sql", "CREATE TABLE a (id uuid, b jsonb);")],
            Postgres,
        ),
        ("m", &[("001_a.sql", "CREATE TABLE a (id serial, b jsonb, c timestamptz); -- `id` unsigned auto_increment tinyint")], Postgres),
    ];
    for (folder, files, expected) in cases {
        let parent = tempfile::tempdir().expect("a directory");
        write(&parent.path().join(folder), files);
        let mut sources = SourceMap::default();
        let found = layout::discover(&parent.path().join(folder), &mut sources, &DiscoverOptions::default()).expect("migrations");
        assert_eq!(found.dialect, *expected, "{folder} {files:?}: {}", found.dialect_evidence);
    }
}

#[test]
fn folders_for_two_databases_are_two_histories() {
    let parent = tempfile::tempdir().expect("a directory");
    let files = [("mysql/V1__a.sql", "CREATE TABLE a (id int);"), ("postgresql/V1__a.sql", "CREATE TABLE a (id int);")];
    write(&parent.path().join("db/migration"), &files);
    let report = common::json(parent.path(), &["db/migration"]);
    let directories = report["directories"].as_array().expect("directories").iter();
    let dialects: Vec<&str> = directories.filter_map(|directory| directory["dialect"].as_str()).collect();
    assert_eq!(dialects, ["MySQL", "PostgreSQL"], "{report:#}");
}

#[test]
fn a_foreign_key_of_mysql_makes_an_index_unless_there_is_one() {
    let cases: &[(&str, &[&str])] = &[
        ("CREATE TABLE c (p_id int, FOREIGN KEY (p_id) REFERENCES p (id));", &["p_id"]),
        ("CREATE TABLE c (p_id int, CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p (id));", &["k"]),
        ("CREATE TABLE c (p_id int, n int, FOREIGN KEY (p_id) REFERENCES p (id), KEY i (p_id, n));", &["i"]),
        ("CREATE TABLE c (p_id int, FOREIGN KEY (p_id) REFERENCES p (id)); CREATE INDEX i ON c (p_id);", &["i"]),
        ("CREATE TABLE c (p_id int PRIMARY KEY, FOREIGN KEY (p_id) REFERENCES p (id));", &["PRIMARY"]),
        ("CREATE TABLE c (p_id int); ALTER TABLE c ADD FOREIGN KEY (p_id) REFERENCES p (id), DROP FOREIGN KEY c_ibfk_1;", &["p_id"]),
    ];
    for (sql, expected) in cases {
        let schema = schema(&format!("CREATE TABLE p (id int PRIMARY KEY);\n{sql}"), Dialect::MySql).expect("nothing is refused");
        assert_eq!(indexes(&schema, "c"), *expected, "{sql}");
    }
}

#[test]
fn names_are_found_in_whatever_case_they_are_written() {
    for dialect in [Dialect::MySql, Dialect::Sqlite] {
        let sql = "CREATE TABLE Users (Id int PRIMARY KEY, eMail text); ALTER TABLE users RENAME COLUMN EMAIL TO mail; CREATE INDEX i ON USERS (MAIL);";
        let schema = schema(sql, dialect).expect("nothing is refused");
        let table = schema.tables.values().next().expect("a table");
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!((table.name.name.as_str(), columns), ("Users", vec!["Id", "mail"]), "{dialect:?}");
    }
}

#[test]
fn a_table_made_anew_keeps_the_references_to_its_name() {
    let sql = "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE c (p_id INTEGER REFERENCES p (id));
        CREATE TABLE new_p (id INTEGER PRIMARY KEY, b TEXT); INSERT INTO new_p (id) SELECT id FROM p; DROP TABLE p; ALTER TABLE new_p RENAME TO p;";
    let schema = schema(sql, Dialect::Sqlite).expect("nothing is refused");
    let references: Vec<String> = schema.foreign_keys().map(|(_, _, key)| key.references.name.to_string()).collect();
    assert_eq!(references, ["p"]);
    assert_eq!(schema.tables.len(), 2);
}

#[test]
fn what_a_database_would_refuse_is_refused() {
    let cases = [
        (Dialect::MySql, "CREATE TABLE a (id int); CREATE TABLE A (id int);", "table `A` already exists"),
        (Dialect::Sqlite, "ALTER TABLE a ADD COLUMN b int;", "relation `a` does not exist"),
        (Dialect::MySql, "CREATE TABLE a (id int, KEY (b));", "column `b` does not exist"),
        (Dialect::MySql, "CREATE TABLE a (id int, KEY i (id)); CREATE INDEX I ON a (id);", "index `I` already exists"),
        (Dialect::Sqlite, "CREATE TABLE a (id int); ALTER TABLE a DROP COLUMN b;", "column `b` of table `a` does not exist"),
        (Dialect::MySql, "CREATE TABLE a (id int); ALTER TABLE a DROP INDEX i;", "index `i` of table `a` does not exist"),
    ];
    for (dialect, sql, expected) in cases {
        assert_eq!(schema(sql, dialect).err().as_deref(), Some(expected), "{sql}");
    }
}

#[test]
fn one_clause_that_is_not_known_costs_that_clause_only() {
    let (sources, statements) =
        parse("CREATE TABLE a (id int, b what is this (), c text);\nALTER TABLE a ADD d int, FROBNICATE e;", Dialect::MySql);
    let unknown: Vec<&str> = statements
        .iter()
        .flat_map(|statement| match &statement.body {
            Body::Block(steps) => steps.iter().flat_map(sql::Step::statements).collect(),
            _ => vec![statement],
        })
        .filter(|statement| matches!(statement.body, Body::Opaque { .. }))
        .map(|statement| sources.text(statement.span))
        .collect();
    assert_eq!(unknown, ["b what is this ()", "FROBNICATE e"]);
}

#[test]
fn hostile_text_neither_stops_nor_hangs_a_parser() {
    let deep = format!("CREATE TABLE a (b int CHECK {}1{})", "(".repeat(20_000), ")".repeat(20_000));
    let long = format!("CREATE TABLE a (b int CHECK (b = 1{}))", " OR b = 1".repeat(50_000));
    let product = |count: usize| format!("CREATE TABLE a (b int CHECK (b < 1{}))", "*1".repeat(count));
    let products: Vec<String> = [280, 400, 100_000].into_iter().map(product).collect();
    let added = format!("ALTER TABLE a ADD {}", "(".repeat(9_000));
    let mut texts: Vec<&str> = products.iter().map(String::as_str).collect();
    texts.extend([
        deep.as_str(),
        long.as_str(),
        added.as_str(),
        "CREATE TABLE",
        "ALTER TABLE a ADD (",
        "CREATE TABLE a (\u{1F980} int, `b",
        "DROP INDEX",
        "CREATE INDEX ON",
        "DELIMITER",
        "RENAME TABLE a TO",
        "/*! /*! '",
        "INSERT INTO",
        "ALTER TABLE a CHANGE b",
        "CREATE TRIGGER t ON",
        "EXEC sp_rename 'a'",
        "\u{feff}GO\nGO",
        "WITH a AS (",
        "${",
    ]);
    for dialect in [Dialect::MySql, Dialect::Sqlite, Dialect::SqlServer] {
        for text in &texts {
            let _ = parse(text, dialect);
            let _ = schema(text, dialect);
        }
    }
}

#[test]
fn rows_of_variables_are_read_in_one_pass() {
    let rows: Vec<String> = (0..3_000).map(|row| format!("(@x, @x{row}, {row})")).collect();
    let sql = format!(
        "CREATE TABLE a (b int);\nINSERT INTO a VALUES {};\nSET @sql = CONCAT('DROP TABLE b', @x);\nPREPARE s FROM @sql;",
        rows.join(",")
    );
    let start = std::time::Instant::now();
    let (_, statements) = parse(&sql, Dialect::MySql);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    let Some(Body::Opaque { may_touch, .. }) = statements.last().map(|statement| &statement.body) else { panic!("it runs code") };
    assert!(!may_touch.anything && may_touch.relations.iter().any(|name| name.name == *"b"), "{may_touch:?}");
}

#[test]
fn a_statement_that_begins_with_no_known_word_is_a_syntax_error() {
    let cases = [
        ("CREAT TABLE x (id int)", Some("CREAT")),
        ("CREATE TABEL x (id int)", Some("TABEL")),
        ("DROP TABEL x", Some("TABEL")),
        ("PURGE BINARY LOGS TO 'x'", None),
        ("CREATE OR REPLACE VIEW v AS SELECT 1", None),
        ("${anything} TABLE x", None),
    ];
    for dialect in [Dialect::MySql, Dialect::Sqlite] {
        for (sql, expected) in cases {
            let (sources, statements) = parse(sql, dialect);
            let found = statements.iter().find_map(|statement| match &statement.body {
                Body::Unparsed(error) => Some(sources.text(error.span)),
                _ => None,
            });
            assert_eq!(found, expected, "{sql}");
        }
    }
}

#[test]
fn code_that_runs_reaches_what_its_texts_name() {
    use Dialect::{MySql, SqlServer};
    let cases = [
        (SqlServer, "EXEC(N'DROP TABLE b')", Some("b")),
        (SqlServer, "EXEC sp_executesql N'UPDATE b SET c = N''d'''", Some("b")),
        (SqlServer, "EXEC fix_everything", None),
        (MySql, "EXECUTE IMMEDIATE 'DROP TABLE b'", Some("b")),
        (MySql, "CALL fix_everything()", None),
    ];
    for (dialect, sql, expected) in cases {
        let (_, statements) = parse(sql, dialect);
        let Some(Body::Opaque { may_touch, .. }) = statements.first().map(|statement| &statement.body) else { panic!("{sql}") };
        assert_eq!(may_touch.anything, expected.is_none(), "{sql}");
        let names: Vec<&str> = may_touch.relations.iter().map(|name| name.name.as_str()).collect();
        assert!(expected.is_none_or(|name| names.contains(&name)), "{sql}: {names:?}");
    }
}

#[test]
fn what_sql_server_drops_is_a_constraint_until_it_says_otherwise() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("DROP CONSTRAINT x, y", &["a", "b"], &[]),
        ("DROP x", &["a", "b"], &["y"]),
        ("DROP COLUMN a, b", &["c"], &[]),
        ("DROP CONSTRAINT x, COLUMN a", &["b"], &["y"]),
    ];
    for (clause, columns, constraints) in cases {
        let made = "CREATE TABLE t (a int, b int, c int, CONSTRAINT x CHECK (a > 1), CONSTRAINT y CHECK (b > 1));";
        let schema = schema(&format!("{made}\nALTER TABLE t {clause};"), Dialect::SqlServer).expect("nothing is refused");
        let table = schema.tables.values().next().expect("a table");
        let found: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert!(columns.iter().all(|column| found.contains(column)), "{clause}: {found:?}");
        let found: Vec<&str> = table.constraints.iter().map(|constraint| constraint.name.as_str()).collect();
        assert_eq!(found, *constraints, "{clause}");
    }
}

#[test]
fn sp_rename_finds_the_table_in_its_schema() {
    let made = "CREATE TABLE sales.t (a int);\nCREATE TABLE u (a int);";
    let renamed =
        "EXEC sp_rename N'sales.t.a', N'b', N'COLUMN';\nEXEC sp_rename '[dbo].[u].[a]', 'c', 'COLUMN';\nEXEC sp_rename 'sales.t', 'it''s';";
    let schema = schema(&format!("{made}\n{renamed}"), Dialect::SqlServer).expect("nothing is refused");
    let name = |table: &migralint::schema::Table| format!("{}.{}", table.name.name, table.columns[0].name);
    let mut found: Vec<String> = schema.tables.values().map(|table| name(table)).collect();
    found.sort();
    assert_eq!(found, ["it's.b", "u.c"]);
}

#[test]
fn mysql_is_told_its_own_locks_not_those_of_postgresql() {
    let parent = tempfile::tempdir().expect("a directory");
    let big = "CREATE TABLE `a` (`id` int unsigned PRIMARY KEY AUTO_INCREMENT, b int) ENGINE=InnoDB;";
    write(parent.path(), &[("001_a.sql", big), ("002_b.sql", "CREATE INDEX i ON a (b);\nALTER TABLE a MODIFY b bigint NOT NULL;")]);
    let report = common::json(parent.path(), &["."]);
    let found: Vec<&str> = report["findings"].as_array().expect("findings").iter().filter_map(|finding| finding["lint"].as_str()).collect();
    let (postgresql, mysql) = (["index-not-concurrent", "set-not-null-scan"], ["type-change-rewrites", "missing-lock-timeout"]);
    assert!(postgresql.iter().all(|lint| !found.contains(lint)), "{found:?}");
    assert!(mysql.iter().all(|lint| found.contains(lint)), "{found:?}");
    assert!(!report.to_string().contains("ACCESS EXCLUSIVE"), "{report:#}");
}

#[test]
fn mysql_fills_a_column_added_not_null_but_none_made_so_later() {
    let parent = tempfile::tempdir().expect("a directory");
    let table = "CREATE TABLE `a` (`id` int unsigned PRIMARY KEY AUTO_INCREMENT) ENGINE=InnoDB;";
    let later = "ALTER TABLE a ADD COLUMN c int;\nALTER TABLE a MODIFY c int NOT NULL;";
    write(parent.path(), &[("001_a.sql", table), ("002_b.sql", "ALTER TABLE a ADD COLUMN b int NOT NULL;"), ("003_c.sql", later)]);
    let report = common::json(parent.path(), &["."]);
    let found = report["findings"].as_array().expect("findings").iter();
    let places: Vec<&str> =
        found.filter(|found| found["lint"] == "set-not-null-without-backfill").filter_map(|found| found["path"].as_str()).collect();
    assert_eq!(places, ["003_c.sql"], "{report:#}");
}

#[test]
fn the_matrix_of_lints_and_databases_is_up_to_date() {
    let path = common::root().join("docs/dialects.md");
    let page = fs::read_to_string(&path).expect("the page is there");
    let (before, rest) = page.split_once("<!-- matrix -->\n").expect("the matrix begins");
    let (_, behind) = rest.split_once("<!-- /matrix -->").expect("the matrix ends");
    let current = format!("{before}<!-- matrix -->\n{}<!-- /matrix -->{behind}", explain::matrix(lints::builtin()));
    if std::env::var_os("MIGRALINT_BLESS").is_some() {
        fs::write(&path, &current).expect("the page is written");
        return;
    }
    assert!(page == current, "run MIGRALINT_BLESS=1 cargo test --test dialects");
}

#[test]
fn the_histories_kept_here_are_modelled_completely() {
    for (directory, dialect) in [("mysql", Dialect::MySql), ("sqlite", Dialect::Sqlite)] {
        let mut sources = SourceMap::default();
        let path = common::root().join("testdata/dialects").join(directory);
        let found = layout::discover(&path, &mut sources, &DiscoverOptions::default()).expect("migrations");
        assert_eq!(found.dialect, dialect, "{}", found.dialect_evidence);
        let history = History::load(found, &sources);
        assert_eq!(history.not_modelled(), 0, "{directory}");
    }
}

#[test]
fn lints_of_indexes_types_names_and_secrets_speak_of_every_database_they_fit() {
    // An index on a column's first characters is another one.
    let prefix = "CREATE TABLE a (id int PRIMARY KEY, b text, c int, KEY i (b(10)), KEY j (b(20)), KEY k (b(10), c));";
    let twice = "CREATE TABLE a (id int PRIMARY KEY, b int, c int); CREATE INDEX i ON a (b); CREATE INDEX j ON a (b);";
    let longer = "CREATE TABLE a (id int PRIMARY KEY, b int, c int); CREATE INDEX i ON a (b); CREATE INDEX j ON a (b, c);";
    let key = "CREATE TABLE a (id int PRIMARY KEY, b int); CREATE INDEX i ON a (id);";
    let clustered =
        "CREATE TABLE a (id int PRIMARY KEY NONCLUSTERED, b int, c int); CREATE CLUSTERED INDEX i ON a (b); CREATE INDEX j ON a (b, c);";
    let forgotten = "CREATE TABLE a (id int PRIMARY KEY, b int);\nUPDATE a SET b = 1;\nDELETE FROM a;";
    let money = "CREATE TABLE a (id int PRIMARY KEY, price float);";
    let cases: &[(&str, &str, &str, bool)] = &[
        ("mysql", "redundant-index", prefix, true),
        ("mysql", "duplicate-index", prefix, false),
        ("mysql", "duplicate-index", twice, true),
        ("sqlite", "duplicate-index", twice, true),
        ("sqlserver", "duplicate-index", twice, true),
        ("mysql", "redundant-index", longer, true),
        ("sqlite", "redundant-index", longer, true),
        ("sqlserver", "redundant-index", longer, true),
        ("sqlserver", "redundant-index", clustered, false),
        ("mysql", "repeats-primary-key", key, true),
        ("sqlite", "repeats-primary-key", key, true),
        ("sqlserver", "repeats-primary-key", key, true),
        ("mysql", "float-for-money", money, true),
        ("sqlserver", "float-for-money", money, true),
        ("sqlite", "float-for-money", money, true),
        // What the same migrations make holds no rows yet.
        ("mysql", "update-without-where", forgotten, false),
        ("sqlite", "delete-without-where", forgotten, false),
    ];
    for (database, lint, text, expected) in cases {
        let parent = tempfile::tempdir().expect("a directory");
        write(&parent.path().join(database), &[("001_a.sql", text)]);
        let report = common::json(parent.path(), &[database]);
        let findings = report["findings"].as_array().expect("findings");
        assert_eq!(findings.iter().any(|finding| finding["lint"] == **lint), *expected, "{database} {lint} {text}: {findings:#?}");
    }
}

#[test]
fn what_an_update_or_delete_does_is_known_where_every_word_is() {
    let cases = [
        ("UPDATE a SET b = 1", Some((1, false, false))),
        ("UPDATE a SET b = 1, c = d + 1 WHERE e IS NULL", Some((2, true, false))),
        ("DELETE FROM a", Some((0, false, false))),
        ("DELETE FROM a WHERE b = 1 LIMIT 10", None),
        ("UPDATE a SET b = 1 LIMIT 10", None),
        ("DELETE FROM a ORDER BY b LIMIT 10", None),
        ("UPDATE a SET b = 1 FROM c", None),
        ("DELETE a FROM a JOIN b ON a.id = b.id", None),
        ("UPDATE a JOIN b ON a.id = b.id SET a.c = 1", None),
        ("UPDATE a, b SET a.c = 1", None),
    ];
    for (sql, expected) in cases {
        let (_, statements) = parse(sql, Dialect::MySql);
        let Some(Body::Data(data)) = statements.first().map(|statement| &statement.body) else { panic!("{sql}") };
        let found = data.rows.as_ref().map(|rows| (rows.assignments.len(), rows.condition.is_some(), rows.limited));
        assert_eq!(found, expected, "{sql}");
    }
}

#[test]
fn a_schema_is_printed_in_the_sql_of_its_database() {
    let cases = [
        (
            "mysql",
            "CREATE TABLE a (id int unsigned AUTO_INCREMENT PRIMARY KEY, `key` varchar(40) DEFAULT 'x', b boolean, KEY by_key (`key`(10)));",
            "CREATE TABLE `a` (\n    `id` int unsigned NOT NULL AUTO_INCREMENT,\n    `key` varchar(40) DEFAULT 'x',\n    `b` tinyint(1),\n    \
             PRIMARY KEY (`id`),\n    KEY `by_key` (`key`(10))\n);\n",
        ),
        (
            "sqlite",
            "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, \"order\" TEXT NOT NULL DEFAULT (upper('x')) UNIQUE, b REFERENCES a);\n\
             CREATE INDEX by_b ON a (b) WHERE b > 1;",
            "CREATE TABLE a (\n    id integer PRIMARY KEY AUTOINCREMENT,\n    \"order\" text NOT NULL DEFAULT (upper('x')),\n    b,\n    \
             UNIQUE (\"order\"),\n    FOREIGN KEY (b) REFERENCES a (id)\n);\n\nCREATE INDEX by_b ON a (b) WHERE b > 1;\n",
        ),
        (
            "sqlserver",
            "CREATE TABLE [dbo].[a] ([id] [int] IDENTITY(1,1) NOT NULL CONSTRAINT pk PRIMARY KEY, [plan] nvarchar(max) NULL)\nGO\n\
             CREATE INDEX by_id ON [dbo].[a] ([id]) INCLUDE ([plan]);",
            "CREATE TABLE a (\n    id int NOT NULL IDENTITY,\n    [plan] nvarchar(max),\n    CONSTRAINT pk PRIMARY KEY (id)\n);\n\n\
             CREATE INDEX by_id ON a (id) INCLUDE ([plan]);\n",
        ),
    ];
    for (database, text, expected) in cases {
        let parent = tempfile::tempdir().expect("a directory");
        write(&parent.path().join(database), &[("001_a.sql", text)]);
        let printed = common::stdout(&common::migralint(parent.path(), &["schema", database]));
        assert_eq!(printed, expected, "{database}");
    }
}

/// Columns of a table at the end of files that are replayed, and what replay could not follow.
fn replayed(files: Files) -> (Vec<String>, usize) {
    let parent = tempfile::tempdir().expect("a directory");
    write(parent.path(), files);
    let mut sources = SourceMap::default();
    let options = DiscoverOptions { dialect: Some(Dialect::MySql), ..DiscoverOptions::default() };
    let history = History::load(layout::discover(parent.path(), &mut sources, &options).expect("migrations"), &sources);
    let unknown = history.events.iter().filter(|event| matches!(event.kind, EventKind::NotModelled(_))).count();
    let table = history.end().tables.values().find(|table| table.name.name == *"t").expect("the table");
    (table.columns.iter().map(|column| column.name.to_string()).collect(), unknown)
}

#[test]
fn code_of_mysql_is_followed_as_far_as_its_file_says_what_it_does() {
    let table = "CREATE TABLE t (a int, b int);\n";
    let asked = "SELECT COUNT(*) FROM information_schema.COLUMNS WHERE table_schema = DATABASE() AND table_name = 't' AND column_name";
    let procedure = "CREATE PROCEDURE add_column(IN of_table VARCHAR(64), IN new VARCHAR(64))\nBEGIN\n  DECLARE found INT DEFAULT 0;\n  \
        SELECT COUNT(1) INTO found FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = of_table AND COLUMN_NAME = new AND TABLE_SCHEMA = database();\n  \
        IF found = 0 THEN\n    SET @s = CONCAT('ALTER TABLE ', of_table, ' ADD ', new, ' int');\n    PREPARE s FROM @s;\n    EXECUTE s;\n    \
        DEALLOCATE PREPARE s;\n  ELSE\n    SELECT 'it is there';\n  END IF;\nEND;\n";
    let handled = "CREATE PROCEDURE try()\nBEGIN\n  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END;\n  ALTER TABLE t ADD b int;\n  \
        ALTER TABLE t ADD c int;\nEND;\nCALL try();\n";
    let cases: &[(String, &[&str], usize)] = &[
        ("PREPARE s FROM 'ALTER TABLE t ADD c int'; EXECUTE s;".into(), &["a", "b", "c"], 0),
        ("SET @s := CONCAT('ALTER TABLE ', 't', ' DROP b'); PREPARE s FROM @s; EXECUTE s;".into(), &["a"], 0),
        (
            format!("SET @s = (SELECT IF(({asked} = 'B') > 0, 'SELECT 1', 'ALTER TABLE t ADD b int')); PREPARE s FROM @s; EXECUTE s;"),
            &["a", "b"],
            0,
        ),
        (
            format!("SET @n = ({asked} = 'c'); SET @s = IF(@n = 0, 'ALTER TABLE t ADD c int', 'SELECT 1'); PREPARE s FROM @s; EXECUTE s;"),
            &["a", "b", "c"],
            0,
        ),
        (format!("{procedure}CALL add_column('t', 'b');\nCALL add_column('t', 'c');\n"), &["a", "b", "c"], 0),
        (
            format!("DELIMITER //\n{}//\nDELIMITER ;\nCALL add_column('t', 'c');", procedure.trim_end().trim_end_matches(';')),
            &["a", "b", "c"],
            0,
        ),
        (handled.into(), &["a", "b", "c"], 0),
        // What is asked of the server stays open, and so does what is put together of it.
        ("SET @s = IF(VERSION() > '8', 'ALTER TABLE t ADD c int', 'SELECT 1'); PREPARE s FROM @s; EXECUTE s;".into(), &["a", "b"], 1),
        ("SELECT note INTO @s FROM t; PREPARE s FROM @s; EXECUTE s;".into(), &["a", "b"], 1),
        ("CALL made_elsewhere('t');".into(), &["a", "b"], 1),
    ];
    for (code, columns, unknown) in cases {
        let (found, not_modelled) = replayed(&[("001_a.sql", table), ("002_b.sql", code)]);
        assert_eq!((found.iter().map(String::as_str).collect::<Vec<_>>(), not_modelled), (columns.to_vec(), *unknown), "{code}");
    }
}

#[test]
fn code_that_calls_itself_or_doubles_its_text_ends() {
    let table = "CREATE TABLE t (a int);\n";
    let doubling = format!("SET @s = 'x';\n{}PREPARE s FROM @s;\nEXECUTE s;\n", "SET @s = CONCAT(@s, @s);\n".repeat(60));
    let choosing = format!("SET @s = 'SELECT 1';\n{}PREPARE s FROM @s;\nEXECUTE s;\n", "SET @s = IF(@x, @s, @s);\n".repeat(60));
    let recursive = "CREATE PROCEDURE p()\nBEGIN\n  CALL p();\n  CALL p();\nEND;\nCALL p();\n".to_owned();
    let nested = format!("PREPARE s FROM {}1{};\n", "(".repeat(5_000), ")".repeat(5_000));
    for code in [doubling, choosing, recursive, nested] {
        replayed(&[("001_a.sql", table), ("002_b.sql", &code)]);
    }
}
