//! A Graphviz diagram of a schema.

use std::fmt::Write;

use super::diagram::{Detail, columns, keys, relations, tables, title, type_name};
use crate::report::escape::{dot, xml};
use crate::schema::{Column, QualifiedName, Schema, Table};

/// The diagram: a box per table, a line with crow's feet per foreign key.
pub fn render(schema: &Schema) -> String {
    let tables = tables(schema);
    let mut text = String::from(
        "digraph schema {\n    graph [rankdir=LR]\n    node [shape=plain, fontname=\"Helvetica\"]\n    edge [dir=both, fontname=\"Helvetica\", fontsize=10]\n",
    );
    for table in &tables {
        node(&mut text, table);
    }
    for relation in relations(&tables) {
        let parent = if relation.required { "teetee" } else { "teeodot" };
        let child = if relation.one_to_one { "teeodot" } else { "crowodot" };
        let style = if relation.identifying { "solid" } else { "dashed" };
        let columns = relation.columns.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
        let (from, to) = (identifier(relation.child), identifier(relation.parent));
        writeln!(text, "    \"{from}\" -> \"{to}\" [label=\"{}\", arrowtail={child}, arrowhead={parent}, style={style}]", dot(&columns))
            .unwrap_or_default();
    }
    text.push_str("}\n");
    text
}

fn identifier(table: &QualifiedName) -> String {
    dot(&title(table))
}

fn node(text: &mut String, table: &Table) {
    write!(text, "    \"{}\" [label=<<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\" CELLPADDING=\"4\">", identifier(&table.name))
        .unwrap_or_default();
    write!(text, "<TR><TD COLSPAN=\"3\" BGCOLOR=\"#e8e8e8\"><B>{}</B></TD></TR>", html(&title(&table.name))).unwrap_or_default();
    for column in columns(table, Detail::Columns) {
        text.push_str(&row(table, column));
    }
    text.push_str("</TABLE>>]\n");
}

fn row(table: &Table, column: &Column) -> String {
    let nullable = if column.nullable.value { "" } else { " NOT NULL" };
    let data_type = format!("{}{nullable}", type_name(&column.data_type.value));
    let cells = [column.name.to_string(), data_type, keys(table, &column.name).join(", ")];
    let cells: String = cells.iter().map(|cell| format!("<TD ALIGN=\"LEFT\">{}</TD>", html(cell))).collect();
    format!("<TR>{cells}</TR>")
}

/// A cell must not be empty.
fn html(text: &str) -> String {
    if text.trim().is_empty() { "&#160;".to_owned() } else { xml(text) }
}
