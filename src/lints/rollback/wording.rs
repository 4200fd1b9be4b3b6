//! How findings about rollbacks name what differs.

use crate::difference::{Difference, DifferenceKind, Object};
use crate::schema::QualifiedName;

/// Objects named in a message; the others are counted.
const NAMED: usize = 3;

/// ``table `users` ``, ``column `users.email` ``: the object as messages name it, `public` left out.
pub(super) fn object(object: &Object) -> String {
    let path = object.to_string();
    let path = match object.relation().or(object.owner()).map(QualifiedName::schema) {
        Some(Some(schema)) if *schema == "public" => path.strip_prefix("public.").unwrap_or(&path),
        None => path.strip_prefix("public.").unwrap_or(&path),
        _ => &path,
    };
    format!("{} `{path}`", object.kind())
}

/// ``the default of column `users.email` ``.
pub(super) fn respect(difference: &Difference) -> String {
    match &difference.kind {
        DifferenceKind::Added | DifferenceKind::Removed => object(&difference.object),
        DifferenceKind::Altered { attribute, .. } => format!("the {attribute} of {}", object(&difference.object)),
    }
}

/// A list for a sentence: `a, b and c`, or `a, b, c and 4 more`.
pub(super) fn list(items: &[String]) -> String {
    match items.split_at_checked(NAMED) {
        Some((named, rest)) if !rest.is_empty() => format!("{} and {} more", named.join(", "), rest.len()),
        _ => match items.split_last() {
            Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
            _ => items.concat(),
        },
    }
}

/// `from 'a' to 'b'`, as far as both are short enough to be read in a line.
pub(super) fn change(difference: &Difference) -> String {
    let short = |value: &Option<String>| value.clone().filter(|text| text.len() <= 60 && !text.contains('\n'));
    match &difference.kind {
        DifferenceKind::Altered { from: Some(from), to: None, .. } if from.len() <= 60 => format!(", `{from}` before"),
        DifferenceKind::Altered { from: None, to: Some(to), .. } if to.len() <= 60 => format!(", to `{to}`"),
        DifferenceKind::Altered { from, to, .. } => match (short(from), short(to)) {
            (Some(from), Some(to)) => format!(", from `{from}` to `{to}`"),
            _ => String::new(),
        },
        DifferenceKind::Added | DifferenceKind::Removed => String::new(),
    }
}
