//! A Mermaid entity-relationship diagram of a schema, small enough for those who draw it.

use std::fmt::Write;

use super::diagram::{Detail, columns, keys, relations, tables, title, type_name};
use crate::report::escape::{mermaid, mermaid_word};
use crate::schema::{Column, Schema, Table};

/// Mermaid draws texts of 50,000 characters and 500 lines between boxes at most.
const MAX_CHARACTERS: usize = 49_000;
const MAX_RELATIONS: usize = 500;

/// Labels longer than this are cut.
const MAX_LABEL: usize = 80;

/// The diagram. Where it would be too large to be drawn it shows less of the tables, then fewer tables, and says so in
/// its title.
pub fn render(schema: &Schema) -> String {
    let all = tables(schema);
    for detail in [Detail::Columns, Detail::Keys, Detail::Names] {
        let note = match detail {
            Detail::Columns => None,
            Detail::Keys => Some("keys only: all columns would be too many to draw".to_owned()),
            Detail::Names => Some("tables only: their columns would be too many to draw".to_owned()),
        };
        if let Some(diagram) = diagram(&all, detail, note.as_deref()) {
            return diagram;
        }
    }
    fewer(&all)
}

/// The tables with the most relations, as many as can be drawn.
fn fewer(all: &[&Table]) -> String {
    let mut ranked: Vec<&Table> = all.to_vec();
    let drawn = relations(all);
    let mut degree = std::collections::BTreeMap::new();
    for relation in &drawn {
        *degree.entry(relation.child).or_insert(0_usize) += 1;
        *degree.entry(relation.parent).or_insert(0) += 1;
    }
    ranked.sort_by_key(|table| std::cmp::Reverse(degree.get(&table.name).copied().unwrap_or(0)));
    let mut count = all.len();
    loop {
        count = count * 3 / 4;
        let mut shown = ranked.get(..count).unwrap_or_default().to_vec();
        shown.sort_by(|one, other| one.name.cmp(&other.name));
        let note = format!("{count} of {} tables, those with the most relations: choose others with --table or --schema", all.len());
        if let Some(diagram) = diagram(&shown, Detail::Names, Some(&note)) {
            return diagram;
        }
    }
}

/// `None` where it is too large to be drawn.
fn diagram(tables: &[&Table], detail: Detail, note: Option<&str>) -> Option<String> {
    let relations = relations(tables);
    if relations.len() > MAX_RELATIONS && !tables.is_empty() {
        return None;
    }
    let mut text = note.map(|note| format!("---\ntitle: \"{note}\"\n---\n")).unwrap_or_default();
    text.push_str("erDiagram\n");
    for table in tables {
        if text.len() > MAX_CHARACTERS * 4 {
            return None;
        }
        entity(&mut text, table, detail);
    }
    for relation in relations {
        let parent = if relation.required { "||" } else { "|o" };
        let child = if relation.one_to_one { "o|" } else { "o{" };
        let line = if relation.identifying { "--" } else { ".." };
        let (from, to) = (label(&title(relation.parent)), label(&title(relation.child)));
        let columns = relation.columns.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
        writeln!(text, "    \"{from}\" {parent}{line}{child} \"{to}\" : \"{}\"", label(&columns)).unwrap_or_default();
    }
    (text.chars().count() <= MAX_CHARACTERS || tables.is_empty()).then_some(text)
}

fn entity(text: &mut String, table: &Table, detail: Detail) {
    writeln!(text, "    \"{}\" {{", label(&title(&table.name))).unwrap_or_default();
    for column in columns(table, detail) {
        writeln!(text, "        {}", attribute(table, column)).unwrap_or_default();
    }
    text.push_str("    }\n");
}

/// `uuid customer_id PK, FK "real name"`
fn attribute(table: &Table, column: &Column) -> String {
    let name = mermaid_word(&column.name);
    let mut text = format!("{} {name}", type_word(&type_name(&column.data_type.value)));
    let keys = keys(table, &column.name);
    if !keys.is_empty() {
        write!(text, " {}", keys.join(", ")).unwrap_or_default();
    }
    if name != *column.name {
        write!(text, " \"{}\"", label(&column.name)).unwrap_or_default();
    }
    text
}

/// A type, in which brackets may stand.
fn type_word(data_type: &str) -> String {
    let (name, modifiers) = data_type.split_at(data_type.find(['(', '[']).unwrap_or(data_type.len()));
    let is_fitting = |character: &char| character.is_ascii_alphanumeric() || "()[],_".contains(*character);
    format!("{}{}", mermaid_word(name), modifiers.chars().filter(is_fitting).collect::<String>())
}

/// A name as it can be shown: not empty, and cut where it is very long.
fn label(name: &str) -> String {
    let shown: String = name.chars().take(MAX_LABEL).collect();
    let cut = if shown.len() < name.len() { "…" } else { "" };
    if name.is_empty() { "_".to_owned() } else { format!("{}{cut}", mermaid(&shown)) }
}
