//! What two versions of a schema differ in.

use migralint::difference::{self, DifferenceKind};
use migralint::history::{Observer, replay_file};
use migralint::schema::Schema;
use migralint::source::SourceMap;
use migralint::sql::{self, Dialect};

struct Nobody;

impl Observer for Nobody {}

/// The schema after the SQL, applied to `start`.
fn apply(start: &Schema, sql: &str) -> Schema {
    let mut sources = SourceMap::default();
    let file = sources.add("a.sql", sql);
    replay_file(start, &sql::parse(&sources, file, 0..sql.len(), Dialect::Postgres), &sources, &mut Nobody)
}

/// Differences as `+ table public.a`, `- …` and `~ … attribute from -> to`.
fn lines(before: &Schema, after: &Schema) -> Vec<String> {
    let shown = |value: Option<String>| value.unwrap_or_else(|| "nothing".to_owned());
    let line = |difference: difference::Difference| {
        let object = format!("{} {}", difference.object.kind(), difference.object);
        match difference.kind {
            DifferenceKind::Added => format!("+ {object}"),
            DifferenceKind::Removed => format!("- {object}"),
            DifferenceKind::Altered { attribute, from, to } => format!("~ {object} {attribute}: {} -> {}", shown(from), shown(to)),
        }
    };
    difference::between(before, after).into_iter().map(line).collect()
}

const START: &str = "
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50) DEFAULT 'none', mood mood, kind text, CONSTRAINT short CHECK (kind IN ('a', 'b')));
    CREATE TABLE orders (id serial PRIMARY KEY, user_id bigint REFERENCES users, total numeric(10, 2));
    CREATE INDEX orders_user ON orders (user_id) WHERE total > 0;
    CREATE VIEW rich AS SELECT id FROM orders;
    CREATE FUNCTION touch(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
";

#[test]
fn each_statement_makes_the_differences_it_should() {
    let start = apply(&Schema::default(), START);
    let cases: &[(&str, &[&str])] = &[
        ("CREATE TABLE a (id serial PRIMARY KEY)", &["+ table public.a"]),
        ("DROP TABLE orders CASCADE", &["- table public.orders", "- view public.rich"]),
        ("ALTER TABLE users ADD COLUMN name text", &["+ column public.users.name"]),
        (
            "ALTER TABLE orders DROP COLUMN user_id",
            &["- column public.orders.user_id", "- constraint public.orders.orders_user_id_fkey", "- index public.orders_user"],
        ),
        ("ALTER TABLE users ALTER email TYPE text", &["~ column public.users.email type: character varying(50) -> text"]),
        (
            "ALTER TABLE users ALTER email SET NOT NULL, ALTER email DROP DEFAULT",
            &["~ column public.users.email not null: no -> yes", "~ column public.users.email default: 'none' -> nothing"],
        ),
        (
            "ALTER TABLE users DROP COLUMN email; ALTER TABLE users ADD COLUMN email varchar(50) DEFAULT 'none'",
            &["~ table public.users column order: id, email, mood, kind -> id, mood, kind, email"],
        ),
        ("ALTER TYPE mood ADD VALUE 'great'", &["+ enum value public.mood.great"]),
        (
            "ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey, ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE",
            &["~ constraint public.orders.orders_user_id_fkey on delete: NO ACTION -> CASCADE"],
        ),
        (
            "DROP INDEX orders_user; CREATE INDEX orders_user ON orders (user_id DESC)",
            &["~ index public.orders_user keys: user_id -> user_id DESC", "~ index public.orders_user predicate: total > 0 -> nothing"],
        ),
        (
            "CREATE OR REPLACE FUNCTION touch(int) RETURNS int LANGUAGE sql AS 'SELECT 2'",
            &["~ function public.touch(integer) body: SELECT 1 -> SELECT 2"],
        ),
        (
            "ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON users USING (id = 1)",
            &["~ table public.users row level security: no -> yes", "+ policy public.users.mine"],
        ),
        ("COMMENT ON TABLE users IS 'people'", &["~ table public.users comment: nothing -> people"]),
        (
            "DROP SEQUENCE orders_id_seq CASCADE",
            &["- sequence public.orders_id_seq", "~ column public.orders.id default: nextval('orders_id_seq'::regclass) -> nothing"],
        ),
        (
            "ALTER TABLE users RENAME TO people",
            &[
                "~ constraint public.orders.orders_user_id_fkey referenced table: users -> people",
                "- table public.users",
                "+ table public.people",
            ],
        ),
        ("CREATE SCHEMA shop; CREATE EXTENSION citext", &["+ schema shop", "+ extension citext"]),
    ];
    for (sql, expected) in cases {
        let found = lines(&start, &apply(&start, sql));
        let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
        let mut expected = expected.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{sql}");
    }
}

#[test]
fn what_the_catalog_does_not_keep_is_no_difference() {
    let cases = [
        "DROP TABLE users CASCADE; CREATE TABLE users (id int8, email character varying (50) DEFAULT ('none'::varchar), mood public.mood, kind text,
            CONSTRAINT users_pkey PRIMARY KEY (id), CONSTRAINT short CHECK (users.kind = ANY (ARRAY['a'::text, 'b'::text])));
         ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users (id) ON DELETE NO ACTION",
        "DROP INDEX orders_user; CREATE INDEX orders_user ON public.orders USING btree (user_id int8_ops ASC NULLS LAST) WHERE (orders.total > 0)",
        "ALTER TABLE users RENAME email TO mail; ALTER TABLE users RENAME mail TO email",
        "ALTER TABLE users RENAME TO people; ALTER TABLE people RENAME TO users",
        "DROP FUNCTION touch(int4); CREATE FUNCTION public.touch(integer) RETURNS int4 LANGUAGE SQL AS $$SELECT 1$$",
        "ALTER TABLE users ADD a int; ALTER TABLE users DROP a; CREATE TABLE b (id serial); DROP TABLE b",
    ];
    let start = apply(&Schema::default(), START);
    for sql in cases {
        assert_eq!(lines(&start, &apply(&start, sql)), Vec::<String>::new(), "{sql}");
    }
}

#[test]
fn the_statements_between_two_versions_lead_from_one_to_the_other() {
    let cases = [
        "DROP TABLE orders CASCADE",
        "ALTER TABLE users ADD COLUMN name text NOT NULL DEFAULT 'x', ADD UNIQUE (name)",
        "ALTER TABLE orders DROP COLUMN user_id",
        "ALTER TABLE users ALTER email TYPE text, ALTER email SET DEFAULT 'some', ALTER email SET NOT NULL",
        "ALTER TABLE users RENAME TO people; ALTER TABLE people RENAME email TO mail",
        "CREATE TYPE size AS ENUM ('s', 'm'); ALTER TABLE orders ADD size size; CREATE TABLE shirts (id serial PRIMARY KEY, size size)",
        "DROP INDEX orders_user; CREATE INDEX orders_user ON orders (user_id DESC)",
        "ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON users USING (id = 1)",
        "CREATE OR REPLACE FUNCTION touch(int) RETURNS int LANGUAGE sql AS 'SELECT 2'; COMMENT ON TABLE users IS 'people'",
        "ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey, ADD FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE NOT VALID",
        "CREATE OR REPLACE VIEW rich AS SELECT id, total FROM orders; CREATE VIEW richer AS SELECT id FROM rich",
        "CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at); CREATE TABLE parts_1 PARTITION OF parts DEFAULT",
        "ALTER TABLE orders ALTER id DROP DEFAULT; DROP SEQUENCE orders_id_seq; ALTER TABLE orders ALTER id ADD GENERATED ALWAYS AS IDENTITY",
        "CREATE TABLE likes (user_id bigint REFERENCES users, order_id int REFERENCES orders, PRIMARY KEY (user_id, order_id))",
    ];
    let start = apply(&Schema::default(), START);
    for sql in cases {
        let other = apply(&start, sql);
        for (from, to) in [(&start, &other), (&other, &start)] {
            let statements = difference::alter(from, to).statements.join(";\n");
            let mut rest = lines(&apply(from, &statements), to);
            // No statement moves a column.
            rest.retain(|line| !line.contains("column order"));
            assert_eq!(rest, Vec::<String>::new(), "{sql}\n{statements}");
        }
    }
}
