//! Names in another case style than nearly all others of the schema.

use super::{designed_tables, path};
use crate::lint::{Finding, SchemaContext};
use crate::lints::places::{Place, per_migration};
use crate::schema::{Column, Name, Table};

/// As many names of more than one word show what the schema's style is.
const ENOUGH: usize = 20;

/// One odd name among this many is a slip; more of them are a second style.
const ODD_ONE_IN: usize = 10;

/// How the words of a name are told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Snake,
    Camel,
    Pascal,
    Kebab,
}

impl Style {
    const ALL: [Style; 4] = [Style::Snake, Style::Camel, Style::Pascal, Style::Kebab];

    fn example(self) -> &'static str {
        match self {
            Style::Snake => "snake_case",
            Style::Camel => "camelCase",
            Style::Pascal => "PascalCase",
            Style::Kebab => "kebab-case",
        }
    }

    /// The style of a name; `None` where it may be of several, or of none.
    fn of(name: &Name) -> Option<Style> {
        // Tools begin the names they make with an underscore.
        let inner = Some(name.as_str()).filter(|name| !name.starts_with('_'))?;
        let (upper, lower) = (inner.contains(char::is_uppercase), inner.contains(char::is_lowercase));
        let starts_upper = inner.starts_with(char::is_uppercase);
        match (inner.contains('_'), inner.contains('-')) {
            (true, false) => (!upper).then_some(Style::Snake),
            (false, true) => (!upper).then_some(Style::Kebab),
            (false, false) if upper && lower => Some(if starts_upper { Style::Pascal } else { Style::Camel }),
            _ => None,
        }
    }
}

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let tables: Vec<&Table> = designed_tables(context.schema).collect();
    let odd = odd_ones(tables.iter().map(|table| (*table, &table.name.name)).collect());
    let mut findings =
        report(context, odd, "table", |table, _| Some((table.span, table.name.to_string(), format!("the table `{}`", table.name.name))));
    let columns = tables.iter().flat_map(|table| table.columns.iter().map(|column| (*table, &column.name))).collect();
    let odd = odd_ones(columns).into_iter().filter(|(table, _, style, usual)| !has_own_style(table, *style, *usual)).collect();
    let describe = |table: &Table, name: &Name| {
        let column: &Column = table.column(name)?;
        Some((column.span, path(table, name), format!("the column `{}.{name}`", table.name.name)))
    };
    findings.extend(report(context, odd, "column", describe));
    findings
}

/// Whether the table keeps to a style of its own: then that is the drift, and not every one of its columns.
fn has_own_style(table: &Table, style: Style, usual: Style) -> bool {
    let count = |style: Style| table.columns.iter().filter(|column| Style::of(&column.name) == Some(style)).count();
    count(style) > count(usual)
}

/// Names of another style than nearly all, with both styles.
fn odd_ones<'a>(names: Vec<(&'a Table, &'a Name)>) -> Vec<(&'a Table, &'a Name, Style, Style)> {
    let styled: Vec<_> = names.into_iter().filter_map(|(table, name)| Some((table, name, Style::of(name)?))).collect();
    let count = |style: Style| styled.iter().filter(|(_, _, other)| *other == style).count();
    let Some(usual) = Style::ALL.into_iter().max_by_key(|style| count(*style)) else { return Vec::new() };
    let odd = styled.len() - count(usual);
    if styled.len() < ENOUGH || odd * ODD_ONE_IN > styled.len() {
        return Vec::new();
    }
    styled.into_iter().filter(|(_, _, style)| *style != usual).map(|(table, name, style)| (table, name, style, usual)).collect()
}

type Described = (crate::source::Span, String, String);

fn report(
    context: &SchemaContext,
    odd: Vec<(&Table, &Name, Style, Style)>,
    thing: &str,
    describe: impl Fn(&Table, &Name) -> Option<Described>,
) -> Vec<Finding> {
    let Some(usual) = odd.first().map(|(_, _, _, usual)| *usual) else { return Vec::new() };
    let places = odd.into_iter().filter_map(|(table, name, style, _)| {
        let (span, object, title) = describe(table, name)?;
        Some(Place { span, object, label: format!("{title} is in {}", style.example()), sql: String::new() })
    });
    per_migration(context, places.collect(), thing, &format!(": nearly every {thing} of this schema is in {}", usual.example()))
}
