//! The model and the catalog as the same lines: tables, columns, constraints, indexes, and what lints conclude from them.

use std::collections::BTreeSet;

use migralint::schema::{ConstraintKind, Name, Schema, Table};

/// Tables and columns, constraints, indexes, one line each; objects of extensions left out.
pub const CATALOG: &str = "
SET search_path = '';
CREATE TEMPORARY VIEW mine AS
    SELECT c.oid, n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e');
SELECT 'table ' || name FROM mine
UNION ALL
SELECT 'column ' || name || '.' || attname || ' '
       -- The model holds no types of extensions, whichever schema they are in and however they spell their modifiers.
       || lower(replace(replace(format_type(atttypid, atttypmod), 'public.', ''), coalesce(extension, ''), ''))
       || CASE WHEN attnotnull THEN ' not null' ELSE '' END
FROM mine JOIN pg_attribute ON attrelid = oid
LEFT JOIN (SELECT t.oid AS type, n.nspname || '.' AS extension FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace
           JOIN pg_depend ON objid = t.oid AND classid = 1247 AND deptype = 'e') AS extended ON type = atttypid
WHERE attnum > 0 AND NOT attisdropped
UNION ALL
SELECT 'constraint ' || name || '.' || conname || ' ' || contype::text
       || CASE WHEN contype = 'c' THEN '' ELSE
          ' (' || (SELECT string_agg(attname, ', ' ORDER BY position) FROM unnest(conkey) WITH ORDINALITY AS key (number, position)
                   JOIN pg_attribute ON attrelid = conrelid AND attnum = number) || ')' END
       || CASE WHEN contype = 'f' THEN ' ' || confdeltype::text ELSE '' END
FROM mine JOIN pg_constraint ON conrelid = mine.oid WHERE contype IN ('p', 'u', 'f', 'c', 'x') AND conparentid = 0
UNION ALL
SELECT 'index ' || name || '.' || (SELECT relname FROM pg_class WHERE oid = indexrelid)
       || CASE WHEN indisunique THEN ' unique' ELSE '' END
FROM mine JOIN pg_index ON indrelid = mine.oid WHERE NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = indexrelid);
";

/// Foreign keys that no index serves: valid, B-tree or hash, leading columns those of the key in any order, no predicate
/// but `IS NOT NULL` of the key's own columns.
pub const UNCOVERED: &str = "
SELECT n.nspname || '.' || c.relname || '.' || f.conname
FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE f.contype = 'f' AND f.conparentid = 0 AND NOT EXISTS (
    SELECT FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am am ON am.oid = ic.relam
    WHERE i.indrelid = f.conrelid AND i.indisvalid AND am.amname IN ('btree', 'hash') AND i.indnkeyatts >= cardinality(f.conkey)
      AND (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey
      AND (i.indpred IS NULL OR NOT EXISTS (
          SELECT FROM unnest(string_to_array(replace(replace(pg_get_expr(i.indpred, i.indrelid), '(', ''), ')', ''), ' AND ')) AS part
          WHERE part NOT IN (SELECT quote_ident(attname) || ' IS NOT NULL' FROM pg_attribute
                             WHERE attrelid = f.conrelid AND attnum = ANY (f.conkey)))));
";

/// The same lines as [`CATALOG`] gives, from the model.
pub fn lines_of(schema: &Schema) -> BTreeSet<String> {
    schema.tables.values().filter(|table| !table.foreign).flat_map(|table| table_lines(table)).collect()
}

fn table_lines(table: &Table) -> Vec<String> {
    let name = &table.name;
    let columns = table.columns.iter().map(|column| {
        let not_null = if column.nullable.value { "" } else { " not null" };
        format!("column {name}.{} {}{not_null}", column.name, column.data_type.value.to_string().to_lowercase())
    });
    let constraints = table.constraints.iter().filter(|constraint| !constraint.inherited).map(|constraint| {
        let columns = format!(" ({})", constraint.columns.iter().map(Name::as_str).collect::<Vec<_>>().join(", "));
        let (kind, details) = match &constraint.kind {
            ConstraintKind::PrimaryKey => ("p", columns),
            ConstraintKind::Unique => ("u", columns),
            ConstraintKind::Exclude { .. } => ("x", columns),
            ConstraintKind::Check { .. } => ("c", String::new()),
            ConstraintKind::ForeignKey(key) => {
                use migralint::schema::Action::{Cascade, NoAction, Restrict, SetDefault, SetNull};
                let action = match key.on_delete.unwrap_or(NoAction) {
                    NoAction => "a",
                    Restrict => "r",
                    Cascade => "c",
                    SetNull => "n",
                    SetDefault => "d",
                };
                ("f", format!("{columns} {action}"))
            }
        };
        format!("constraint {name}.{} {kind}{details}", constraint.name)
    });
    let indexes = table.indexes.iter().filter(|index| !index.inherited).map(|index| {
        let unique = if index.unique { " unique" } else { "" };
        format!("index {name}.{}{unique}", index.name)
    });
    std::iter::once(format!("table {name}")).chain(columns).chain(constraints).chain(indexes).collect()
}
