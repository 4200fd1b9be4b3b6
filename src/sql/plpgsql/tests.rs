//! Blocks as people write them, and what they are understood to do.

use super::not_understood;
use crate::change::{ChangeKind, ObjectReference};
use crate::schema::{Function, QualifiedName};
use crate::source::{SourceMap, Span};
use crate::sql::{self, Body, Call, Condition, DataStatement, Dialect, Reach, Statement, Step};

fn body(block: &str) -> Body {
    let (_, statements) = parsed(&format!("DO $$ {block} $$;"));
    statements.into_iter().next().map_or_else(not_understood, |statement| statement.body)
}

fn parsed(text: &str) -> (SourceMap, Vec<Statement>) {
    let mut sources = SourceMap::default();
    let file = sources.add("a.sql", text);
    let statements = sql::parse(&sources, file, 0..text.len(), Dialect::Postgres);
    (sources, statements)
}

/// One line: `if(condition){…}else{…}`, `try{…}catch(names){…}`, statements by what kind of body they have.
fn summary(block: &str) -> String {
    match body(block) {
        Body::Block(steps) => steps_summary(&steps),
        Body::Opaque { reason, .. } => reason,
        other => format!("{other:?}"),
    }
}

fn steps_summary(steps: &[Step]) -> String {
    steps.iter().map(step_summary).collect::<Vec<_>>().join("; ")
}

fn step_summary(step: &Step) -> String {
    match step {
        Step::Statement(statement) => body_summary(&statement.body),
        Step::If { condition, then, otherwise } => {
            format!("if {} {{{}}} else {{{}}}", condition_summary(condition), steps_summary(then), steps_summary(otherwise))
        }
        Step::Protected { body, handlers } => {
            let handlers: Vec<String> = handlers.iter().map(|(names, steps)| format!("{names:?} {{{}}}", steps_summary(steps))).collect();
            format!("try {{{}}} {}", steps_summary(body), handlers.join(" "))
        }
        Step::Ask(ask) => format!("ask {{{}}}", steps_summary(&ask.otherwise)),
    }
}

fn body_summary(body: &Body) -> String {
    match body {
        Body::Changes(changes) => {
            let verb = |kind: String| kind.split([' ', '{']).next().unwrap_or_default().to_owned();
            changes.iter().map(|change| verb(format!("{:?}", change.kind))).collect::<Vec<_>>().join("+")
        }
        Body::Data(data) => format!("{:?}", data.kind),
        Body::Opaque { may_touch, .. } => format!("opaque({})", reach_summary(may_touch)),
        Body::Block(steps) => format!("block {{{}}}", steps_summary(steps)),
        Body::Maintenance(_) => "maintenance".into(),
        Body::Access(_) => "access".into(),
        Body::Other => "other".into(),
        Body::Unparsed(_) => "unparsed".into(),
        Body::Setting { .. } | Body::Transaction(_) => "session".into(),
    }
}

/// What may be altered, `+` what may be made, `@` what triggers and policies may be attached to; `*` is anything.
fn reach_summary(reach: &Reach) -> String {
    let marked = |mark: &str, names: &[QualifiedName]| names.iter().map(|name| format!("{mark}{name}")).collect::<Vec<_>>();
    let all = reach.anything.then(|| "*".to_owned());
    let names = [marked("", &reach.relations), marked("+", &reach.created), marked("@", &reach.attachments)].concat();
    all.into_iter().chain(names).collect::<Vec<_>>().join(",")
}

fn condition_summary(condition: &Condition) -> String {
    match condition {
        Condition::Exists(_) => "exists".into(),
        Condition::Not(inner) => format!("not {}", condition_summary(inner)),
        Condition::All(parts) => format!("({})", parts.iter().map(condition_summary).collect::<Vec<_>>().join(" and ")),
        Condition::Any(parts) => format!("({})", parts.iter().map(condition_summary).collect::<Vec<_>>().join(" or ")),
        Condition::Constant(value) => value.to_string(),
        Condition::Asked(_) => "asked".into(),
        Condition::Unknown => "?".into(),
    }
}

fn expect(cases: &[(&str, &str)]) {
    for (block, expected) in cases {
        assert_eq!(summary(block), *expected, "{block}");
    }
}

#[test]
fn statements_and_handlers_become_steps() {
    expect(&[
        ("BEGIN CREATE TABLE a (id int); INSERT INTO a VALUES (1); END", "CreateTable; Insert"),
        ("BEGIN ALTER TABLE a ADD b int; EXCEPTION WHEN duplicate_column THEN NULL; END", r#"try {AddColumn} ["duplicate_column"] {}"#),
        (
            "BEGIN BEGIN CREATE TYPE t AS ENUM ('a'); EXCEPTION WHEN duplicate_object OR duplicate_table THEN DROP TABLE x; WHEN others THEN RAISE; END; END;",
            r#"try {CreateType} ["duplicate_object", "duplicate_table"] {Drop} ["others"] {}"#,
        ),
        ("<<outer>> DECLARE n int := 1; BEGIN NULL; DROP TABLE a; END outer;", "Drop"),
        ("", ""),
    ]);
}

#[test]
fn questions_to_the_catalogs_become_conditions() {
    const DROP: &str = "THEN DROP TABLE x; END IF; END";
    let conditions = [
        ("EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'a' AND column_name = 'b')", "exists"),
        (
            "NOT EXISTS (SELECT FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typname = 'a' AND n.nspname = 'b')",
            "not exists",
        ),
        ("NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'a' AND conrelid = 'public.\"T\"'::regclass)", "not exists"),
        ("EXISTS (SELECT 1 FROM pg_enum e JOIN pg_type t ON e.enumtypid = t.oid WHERE t.typname = 'a' AND e.enumlabel = 'b')", "exists"),
        ("EXISTS (SELECT 1 FROM pg_indexes WHERE schemaname = current_schema() AND indexname = 'a')", "exists"),
        ("to_regclass('public.a') IS NOT NULL AND to_regclass('b') IS NULL", "(not not exists and not exists)"),
        ("(SELECT count(*) FROM pg_tables WHERE tablename = 'a') = 0", "not exists"),
        ("(SELECT data_type FROM information_schema.columns WHERE table_name = 'a' AND column_name = 'b') <> 'uuid'", "exists"),
        ("EXISTS (SELECT 1 FROM pg_tables WHERE tablename IN ('a', 'b'))", "(exists or exists)"),
        ("EXISTS (SELECT 1 FROM a WHERE id = 1)", "?"),
        ("EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'a')", "?"),
        ("EXISTS (SELECT 1 FROM pg_constraint WHERE conname LIKE 'a%')", "asked"),
        ("EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 'a' AND tableowner = 'b')", "asked"),
    ];
    for (condition, expected) in conditions {
        assert_eq!(summary(&format!("BEGIN IF {condition} {DROP}")), format!("if {expected} {{Drop}} else {{}}"), "{condition}");
    }
}

#[test]
fn answers_kept_in_variables_decide_later() {
    expect(&[
        (
            "DECLARE n int; BEGIN SELECT count(*) INTO n FROM pg_class WHERE relname = 'a'; IF n = 0 THEN DROP TABLE x; END IF; END",
            "Select; if not exists {Drop} else {}",
        ),
        (
            "DECLARE v boolean := EXISTS (SELECT 1 FROM pg_class WHERE relname = 'a'); BEGIN IF NOT v THEN DROP TABLE x; END IF; END",
            "if not exists {Drop} else {}",
        ),
        (
            "DECLARE n int; BEGIN EXECUTE 'SELECT count(*) FROM pg_class WHERE relname = ''a''' INTO n; IF n = 0 THEN DROP TABLE x; END IF; END",
            "Select; if not exists {Drop} else {}",
        ),
        ("BEGIN PERFORM 1 FROM pg_class WHERE relname = 'a'; IF FOUND THEN DROP TABLE x; END IF; END", "Select; if exists {Drop} else {}"),
        (
            "DECLARE v bool; BEGIN v := EXISTS (SELECT 1 FROM pg_class WHERE relname = 'a'); DROP TABLE a; IF v THEN DROP TABLE x; END IF; END",
            "Drop; if ? {Drop} else {}",
        ),
        (
            "DECLARE c text; BEGIN SELECT conname INTO c FROM pg_constraint WHERE conrelid = 't'::regclass AND contype = 'p';
             IF c IS NOT NULL THEN EXECUTE 'ALTER TABLE t DROP CONSTRAINT ' || quote_ident(c); END IF; END",
            "ask {Select; if not not exists {opaque(t)} else {}}",
        ),
    ]);
}

#[test]
fn leaving_early_puts_the_rest_into_the_other_branch() {
    expect(&[
        ("BEGIN IF to_regclass('a') IS NULL THEN RETURN; END IF; DROP TABLE a; END", "if not exists {} else {Drop}"),
        ("BEGIN IF EXISTS (SELECT 1 FROM a) THEN RAISE EXCEPTION 'no'; END IF; DROP TABLE a; END", "Drop"),
        ("BEGIN DROP TABLE a; RETURN; DROP TABLE b; END", "Drop"),
        (
            "BEGIN BEGIN DROP TABLE a; RETURN; EXCEPTION WHEN undefined_table THEN NULL; END; DROP TABLE b; END",
            r#"try {Drop} ["undefined_table"] {}; if ? {Drop} else {}"#,
        ),
        ("BEGIN IF false THEN DROP TABLE a; ELSIF true THEN CREATE TABLE b (); ELSE DROP TABLE c; END IF; END", "CreateTable"),
    ]);
}

#[test]
fn texts_put_together_from_what_is_known_are_statements() {
    expect(&[
        ("BEGIN EXECUTE 'DROP TABLE a; CREATE TABLE b ()'; END", "Drop; CreateTable"),
        ("DECLARE t text := 'a'; BEGIN EXECUTE format('ALTER TABLE %I ADD %I text DEFAULT %L', t, 'B', 'it''s'); END", "AddColumn"),
        (
            "DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['a', 'b'] LOOP EXECUTE 'DROP TABLE ' || quote_ident(t); END LOOP; END",
            "Drop; Drop",
        ),
        ("BEGIN EXECUTE format('DROP TABLE %I.%I', '${schema}', 'a'); END", "Drop"),
        ("DECLARE n text; BEGIN SELECT x INTO n FROM y; EXECUTE lower('DROP TABLE A_' || n); END", "Select; opaque(a_…)"),
        ("BEGIN FOR i IN 1..3 LOOP EXECUTE format('CREATE TABLE p_%s ()', i); END LOOP; END", "CreateTable; CreateTable; CreateTable"),
        (
            "DECLARE r record; BEGIN FOR r IN SELECT unnest(ARRAY['a', 'b']) AS t LOOP EXECUTE 'DROP TABLE ' || r.t; END LOOP; END",
            "Drop; Drop",
        ),
        (
            "DECLARE r record; BEGIN FOR r IN SELECT * FROM (VALUES ('a', 'x'), ('b', 'y')) AS v(t, c) LOOP EXECUTE format('ALTER TABLE %I DROP %I', r.t, r.c); END LOOP; END",
            "DropColumn; DropColumn",
        ),
        (
            "DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE tablename IN ('a', 'b') LOOP EXECUTE format('DROP TABLE %I', t); END LOOP; END",
            "if exists {Drop} else {}; if exists {Drop} else {}",
        ),
    ]);
}

#[test]
fn texts_known_in_part_say_what_they_may_touch() {
    let cases = [
        ("'ALTER TABLE foo DROP CONSTRAINT ' || v", "opaque(foo)"),
        ("format('ALTER TABLE %I ADD x int', v)", "opaque(*)"),
        ("format('ALTER TABLE %I SET (fillfactor = 70)', v)", "other"),
        ("format('ALTER TABLE %I VALIDATE CONSTRAINT c, OWNER TO me', v)", "other"),
        ("format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', v)", "opaque(@…)"),
        ("format('ALTER TABLE %I OWNER TO me, DROP COLUMN c', v)", "opaque(*)"),
        ("format('ALTER TABLE a_%s RENAME TO b', v)", "opaque(a_…,+b)"),
        ("format('ALTER TABLE foo ATTACH PARTITION %I DEFAULT', v)", "opaque(*)"),
        ("format('ALTER TABLE foo ATTACH PARTITION foo_%s DEFAULT', v)", "opaque(foo_…)"),
        ("format('CREATE TABLE p_%1$s (LIKE foo); ALTER TABLE foo ATTACH PARTITION p_%1$s DEFAULT', v)", "opaque(+p_…)"),
        ("format('CREATE TABLE %I PARTITION OF foo DEFAULT', v)", "opaque(+…)"),
        ("format('CREATE TABLE %I.b AS SELECT 1', v)", "opaque(+….b)"),
        ("format('CREATE INDEX ON %I (a)', v)", "opaque(*)"),
        ("format('CREATE INDEX i ON foo (%s)', v)", "opaque(foo,+i)"),
        ("format('CREATE INDEX ON foo (%s)', v)", "opaque(foo,+foo_…)"),
        ("format('CREATE TRIGGER t AFTER INSERT ON %I EXECUTE FUNCTION f()', v)", "opaque(@…)"),
        ("format('ALTER INDEX %I RENAME TO i_%s', v, v)", "opaque(+…,+i_…)"),
        ("'DROP TABLE log_' || v", "opaque(log_…)"),
        ("'DROP TABLE foo, log_' || v", "opaque(foo,log_…)"),
        ("'DROP FUNCTION f_' || v", "opaque(+f_…)"),
        ("format('DROP POLICY %I ON s.foo', v)", "opaque(@s.foo)"),
        ("format('DROP TRIGGER t ON %I CASCADE', v)", "opaque(@…)"),
        ("format('SELECT 1 AS a INTO t_%s', v)", "opaque(+t_…)"),
        ("'UPDATE foo SET a = ' || v", "Update"),
        ("'GRANT SELECT ON foo TO ' || v", "other"),
        ("'ANALYZE ' || v", "other"),
        ("format('ALTER TABLE %I OWNER TO me', v)", "other"),
        ("v", "opaque(*)"),
        ("'DROP TABLE foo CASCADE; ' || v", "opaque(*)"),
    ];
    for (text, expected) in cases {
        let block = format!("DECLARE v text; BEGIN SELECT x INTO v FROM y; EXECUTE {text}; END");
        assert_eq!(summary(&block), format!("Select; {expected}"), "{text}");
    }
}

#[test]
fn a_loop_over_rows_may_run_or_not() {
    expect(&[("DECLARE r record; BEGIN FOR r IN SELECT id FROM a LOOP UPDATE b SET c = r.id; END LOOP; END", "if ? {Update} else {}")]);
}

#[test]
fn a_loop_that_executes_no_text_is_written_down_once() {
    expect(&[("BEGIN FOR i IN 1..50 LOOP INSERT INTO a VALUES (i); END LOOP; END", "Insert")]);
}

#[test]
fn spans_point_into_the_file_also_for_texts_put_together() {
    let text = "DO $$ BEGIN DROP TABLE a; EXECUTE 'DROP TABLE ' || 'b'; END $$;";
    let (sources, statements) = parsed(text);
    let spans: Vec<Span> = statements.iter().flat_map(Statement::changes).map(|change| change.span).collect();
    let written: Vec<&str> = spans.into_iter().map(|span| sources.text(span)).collect();
    assert_eq!(written, ["a", "EXECUTE 'DROP TABLE ' || 'b'"]);
}

#[test]
fn what_makes_no_sense_is_opaque() {
    let deep_parentheses = format!("BEGIN IF {}1{} THEN NULL; END IF; END", "(".repeat(50_000), ")".repeat(50_000));
    let deep_blocks = format!("{}{}", "BEGIN ".repeat(50_000), "END; ".repeat(50_000));
    let many_returns = format!("BEGIN {} END", "IF x THEN RETURN; END IF; ".repeat(50_000));
    let doubling = format!("DECLARE a text := 'x'; BEGIN {} EXECUTE a; END", "a := a || a; ".repeat(64));
    for block in ["BEGIN IF x THEN", "garbage", "BEGIN", "BEGIN END; END", &deep_parentheses, &deep_blocks, &many_returns] {
        let expected = "a block that could not be understood";
        assert_eq!(summary(block), expected, "{}", &block[..block.len().min(40)]);
    }
    assert_eq!(summary(&doubling), "opaque(*)");
}

#[test]
fn long_blocks_take_time_in_proportion() {
    let nots = format!("BEGIN IF {} true THEN NULL; END IF; END", "NOT ".repeat(50_000));
    let conjunction = format!(
        "BEGIN IF EXISTS (SELECT 1 FROM pg_class WHERE {} relname = 'a') THEN NULL; END IF; END",
        "relname = 'a' AND ".repeat(20_000)
    );
    let selects = format!("BEGIN x := {} 1; END", "SELECT ".repeat(50_000));
    for block in [nots, conjunction, selects] {
        assert_eq!(summary(&block), "", "{}", &block[..40]);
    }
}

#[test]
fn a_text_that_executes_itself_ends() {
    let quine = "DO $a$ DECLARE s text := $b$DO $c$ DECLARE s text := %L; BEGIN EXECUTE format(s, s); END $c$$b$; BEGIN EXECUTE format(s, s); END $a$";
    let (_, statements) = parsed(quine);
    assert_eq!(statements.len(), 1);
}

#[test]
fn a_body_in_plain_quotes_is_read_where_nothing_in_it_is_quoted() {
    let kinds = |text: &str| body_summary(&parsed(text).1[0].body);
    assert_eq!(kinds("DO 'BEGIN DROP TABLE a; END'"), "block {Drop}");
    assert_eq!(kinds("DO 'BEGIN EXECUTE ''DROP TABLE a''; END'"), "opaque(*)");
    assert_eq!(kinds("DO LANGUAGE plpython3u $$ pass $$"), "opaque(*)");
}

#[test]
fn a_called_function_does_what_its_body_says() {
    let call = |definition: &str| {
        let (sources, statements) = parsed(definition);
        let changes = statements.iter().flat_map(Statement::changes);
        let steps = changes.filter_map(|change| match &change.kind {
            ChangeKind::CreateFunction { function, .. } => {
                Some(steps_summary(&sql::function_steps(&sources, function, &Call::unknown(function.key.name.clone()))))
            }
            _ => None,
        });
        steps.collect::<Vec<_>>().join("|")
    };
    let cases = [
        ("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDATE a SET b = 1; DROP TABLE a; END $$", "Update; Drop"),
        ("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE ''DROP TABLE a''; END'", "Drop"),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1; SELECT 2'", "Select; Select"),
        (
            "CREATE FUNCTION f(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
             IF EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'a' AND connamespace = t) THEN DROP TABLE a; END IF; END $$",
            "if asked {Drop} else {}",
        ),
    ];
    for (definition, expected) in cases {
        assert_eq!(call(definition), expected, "{definition}");
    }
}

/// What the last statement does by the one function before it.
fn called(text: &str) -> String {
    let (sources, statements) = parsed(text);
    let functions: Vec<_> = statements
        .iter()
        .flat_map(Statement::changes)
        .filter_map(|change| match &change.kind {
            ChangeKind::CreateFunction { function, .. } => Some(function.as_ref()),
            _ => None,
        })
        .collect();
    let Some(Body::Data(DataStatement { calls, .. })) = statements.last().map(|statement| &statement.body) else { return "no call".into() };
    let steps = calls.iter().flat_map(|call| {
        let of_call = |function: &&&Function| function.key.name.name == call.function.name && call.fits(&function.arguments);
        functions.iter().filter(of_call).flat_map(|function| sql::function_steps(&sources, function, call)).collect::<Vec<Step>>()
    });
    let texts = steps.flat_map(|step| step.statements().into_iter().map(dropped).collect::<Vec<_>>());
    texts.collect::<Vec<_>>().join("; ")
}

/// The name a statement drops, or what it may touch.
fn dropped(statement: &Statement) -> String {
    match statement.changes().first().map(|change| &change.kind) {
        Some(ChangeKind::Drop { object: ObjectReference::Table(name), .. }) => name.to_string(),
        _ => body_summary(&statement.body),
    }
}

#[test]
fn calls_bind_what_is_known_of_their_arguments() {
    const DROP: &str = "RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('DROP TABLE %I', t); END $$;";
    let cases = [
        ("f(t text)", "SELECT f('a')", "a"),
        ("f(t text)", "SELECT f('a'::text)", "a"),
        ("f(t regclass)", "SELECT f('s.a'::regclass)", "s.a"),
        ("f(t text)", "CALL f('a')", "a"),
        ("f(t text)", "SELECT f(t => 'a')", "a"),
        ("f(x int, t text)", "SELECT f(1, t := 'a')", "a"),
        ("f(x int, t text DEFAULT 'b')", "SELECT f(1)", "b"),
        ("f(t text)", "SELECT f('a'), f(lower('B'))", "a; b"),
        ("f(t text)", "SELECT s.f('a') AS done", "a"),
        ("f(t text)", "SELECT f(x) FROM unnest(ARRAY['a', 'b']) AS x", "a; b"),
        ("f(t text)", "SELECT f(v.x) FROM (VALUES ('a'), ('b')) AS v(x)", "a; b"),
        ("f(t text)", "SELECT f(x) FROM y", "opaque(*)"),
        ("f(t text)", "SELECT f(g())", "opaque(*)"),
        ("f(t text)", "SELECT g(f('a'))", "opaque(*)"),
        ("f(t date)", "SELECT f('2020-1-1')", "opaque(*)"),
        ("f(t text)", "SELECT f('a', 'b')", ""),
        ("f(t text)", "SELECT f(u => 'a')", ""),
    ];
    for (function, call, expected) in cases {
        assert_eq!(called(&format!("CREATE FUNCTION {function} {DROP} {call}")), expected, "{function} {call}");
    }
}

#[test]
fn arguments_without_a_name_are_known_by_their_position() {
    let function = "CREATE FUNCTION f(int, text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DROP TABLE ' || $2; END $$;";
    assert_eq!(called(&format!("{function} SELECT f(1, 'a')")), "a");
}
