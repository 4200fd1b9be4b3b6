//! Puts objects in doubt that a statement may have touched which replay could not follow.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

use crate::schema::{QualifiedName, Schema, Table, UNKNOWN_PART};

impl Schema {
    /// A relation may have been made, altered or dropped.
    pub(super) fn doubt(&mut self, written: &QualifiedName) {
        if [&written.schema, &written.name].iter().any(|part| part.contains(UNKNOWN_PART)) {
            self.uncertainty.patterns.insert(written.clone());
            return;
        }
        let schemas = written.schema().map_or_else(|| self.search_path.clone(), |schema| vec![schema.clone()]);
        for schema in schemas {
            let name = QualifiedName::new(schema, written.name.clone());
            // Without an index a table is another.
            self.uncertainty.relations.extend(self.members.index_table(&name).cloned());
            self.uncertainty.relations.insert(name);
        }
    }

    /// Partitions or children of a table may have been altered or dropped. Those of a table that nobody has seen made
    /// nobody has seen either.
    pub(super) fn doubt_children(&mut self, parent: &QualifiedName) {
        let parent = self.resolve(parent.schema(), &parent.name, |name| self.tables.contains_key(name));
        let children = parent.map_or_else(Vec::new, |parent| self.descendants(&parent));
        self.uncertainty.relations.extend(children);
    }

    /// What differs in a version that may have come about or not is in doubt, and so is what was in doubt there.
    pub(super) fn doubt_changes(&mut self, tried: Schema) {
        let mut doubtful: OrdSet<QualifiedName> = changed_keys(&self.views, &tried.views).into_iter().collect();
        for name in changed_keys(&self.tables, &tried.tables) {
            match (self.tables.get(&name), tried.tables.get(&name)) {
                (Some(before), Some(after)) if same_structure(before, after) => _ = self.uncertainty.attachments.insert(name),
                _ => _ = doubtful.insert(name),
            }
        }
        self.uncertainty.relations.extend(doubtful);
        self.uncertainty.join(tried.uncertainty);
    }
}

/// The names whose objects differ between two versions.
fn changed_keys<T>(before: &OrdMap<QualifiedName, Arc<T>>, after: &OrdMap<QualifiedName, Arc<T>>) -> Vec<QualifiedName> {
    if before.ptr_eq(after) {
        return Vec::new();
    }
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let differs = |(name, object): &(&QualifiedName, &Arc<T>)| !before.get(*name).is_some_and(|old| Arc::ptr_eq(old, object));
    gone.chain(after.iter().filter(differs).map(|(name, _)| name)).cloned().collect()
}

/// Whether two versions of a table have the same columns, constraints and indexes, the same place among their parents,
/// and differ in triggers, policies and comments only.
fn same_structure(before: &Table, after: &Table) -> bool {
    same_parts(&before.columns, &after.columns)
        && same_parts(&before.constraints, &after.constraints)
        && same_parts(&before.indexes, &after.indexes)
        && before.persistence == after.persistence
        && before.partition_by == after.partition_by
        && before.partition_of == after.partition_of
        && before.inherits == after.inherits
        && before.columns_uncertain == after.columns_uncertain
}

fn same_parts<T>(before: &[Arc<T>], after: &[Arc<T>]) -> bool {
    before.len() == after.len() && before.iter().zip(after).all(|(before, after)| Arc::ptr_eq(before, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::replay::{Notices, replay_file};
    use crate::source::SourceMap;
    use crate::sql::{self, Dialect};

    /// The tables of the schema that are uncertain after the SQL, and `@` those of which triggers and policies only are.
    fn uncertain(sql: &str) -> String {
        const TABLES: &str = "CREATE TABLE a (id int, at date); CREATE TABLE a_b (id int); CREATE TABLE c (id int);
            CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);
            CREATE INDEX c_id ON c (id); CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';";
        let text = format!("{TABLES} {sql}");
        let mut sources = SourceMap::default();
        let file = sources.add("a.sql", text.as_str());
        let statements = sql::parse(&sources, file, 0..text.len(), Dialect::Postgres);
        let mut observer = Notices { events: &mut Vec::new(), migration: 0 };
        let schema = replay_file(&Schema::default(), &statements, &sources, &mut observer);
        let names = schema.tables.keys().filter(|name| schema.has_uncertain_attachments(name));
        let shown = |name: &QualifiedName| if schema.is_uncertain(name) { name.name.to_string() } else { format!("@{}", name.name) };
        let absent = schema.is_uncertain(&QualifiedName::new("public", "a_new")).then(|| "+a_new".to_owned());
        names.map(shown).chain(absent).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn dynamic_statements_leave_in_doubt_what_they_can_reach() {
        let cases = [
            ("format('DROP TABLE %I', v)", "@a @a_b @c @p @p_1 +a_new".replace('@', "")),
            ("'DROP TABLE a_' || v", "a_b +a_new".into()),
            ("'DROP INDEX c_id; SELECT ' || v", "c".into()),
            ("format('CREATE TABLE %I (LIKE a)', v)", "+a_new".into()),
            ("format('CREATE TABLE a_%s (LIKE a)', v)", "+a_new".into()),
            ("format('ALTER TABLE p ATTACH PARTITION a_%s DEFAULT', v)", "a_b +a_new".into()),
            ("format('CREATE TRIGGER t BEFORE UPDATE ON a_%s FOR EACH ROW EXECUTE FUNCTION touch()', v)", "@a_b".into()),
            ("format('ANALYZE %I', v)", String::new()),
        ];
        for (text, expected) in cases {
            let block = format!("DO $$ DECLARE v text; BEGIN SELECT x INTO v FROM y; EXECUTE {text}; END $$;");
            assert_eq!(uncertain(&block), expected, "{text}");
        }
    }

    #[test]
    fn a_loop_over_the_partitions_of_a_table_reaches_them_only() {
        let query = "SELECT k.relname FROM pg_class k JOIN pg_inherits i ON k.oid = i.inhrelid JOIN pg_class o ON o.oid = i.inhparent
            WHERE o.relname = 'p'";
        let of_cast = "SELECT inhrelid::regclass AS relname FROM pg_inherits WHERE inhparent = 'p'::regclass";
        for query in [query, of_cast] {
            let block = format!(
                "DO $$ DECLARE r record; BEGIN FOR r IN {query} LOOP EXECUTE format('ALTER TABLE %I ADD x int', r.relname); END LOOP; END $$;"
            );
            assert_eq!(uncertain(&block), "", "{query}");
            // What nobody knows of a partition.
            let block = block.replace(" LOOP EXECUTE", " AND inhdetachpending = false LOOP EXECUTE");
            assert_eq!(uncertain(&block), "p_1", "{query}");
        }
    }

    #[test]
    fn an_unknown_condition_leaves_in_doubt_what_differs() {
        let cases = [
            ("ALTER TABLE a ADD x int;", "a"),
            ("DROP TABLE a;", "a"),
            ("CREATE TABLE a_new (id int);", "+a_new"),
            ("CREATE TABLE d (id int REFERENCES a_new);", ""),
            ("CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION touch();", "@a"),
            ("CREATE POLICY o ON a USING (true); ALTER TABLE a ENABLE ROW LEVEL SECURITY;", "@a"),
            ("COMMENT ON TABLE a IS 'x'; INSERT INTO a VALUES (1);", "@a"),
            ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';", ""),
            ("CREATE INDEX ON a (id);", "a"),
        ];
        for (statements, expected) in cases {
            let block = format!("DO $$ BEGIN IF EXISTS (SELECT 1 FROM a WHERE id = 1) THEN {statements} END IF; END $$;");
            assert_eq!(uncertain(&block), expected, "{statements}");
        }
    }

    #[test]
    fn a_call_that_may_mean_several_functions_leaves_in_doubt_what_each_does() {
        let function = |arguments: &str, table: &str| {
            format!("CREATE FUNCTION f({arguments}) RETURNS void LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE {table} ADD x int; END $$;")
        };
        let both = |one: &str, other: &str| function(one, "a") + &function(other, "c");
        let cases = [
            (both("v text", "v int"), "SELECT f(1);", "a c"),
            (both("v text", "v text, w text"), "SELECT f('x');", ""),
            (both("v text", "v text, w text DEFAULT 'y'"), "SELECT f('x');", "a c"),
            (function("v text", "a"), "SELECT f('x') FROM c;", "a"),
        ];
        for (functions, call, expected) in cases {
            assert_eq!(uncertain(&(functions.clone() + call)), expected, "{functions} {call}");
        }
    }
}
