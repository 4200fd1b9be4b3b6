//! Play evolutions: `1.sql` with `# --- !Ups` and `# --- !Downs`.

use super::facts::Facts;
use super::tree::{Arrangement, Item, Tree};
use super::{Kind, sections};
use crate::source::SourceMap;
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    way_back: Some(|_| "`# --- !Downs` and the statements behind it".to_owned()),
    duplicate: Some("Play runs only one of them"),
    rewrite: Some(rewrite),
    ..Facts::new("play", "Play evolutions", arrange)
};

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    sections::arrange_as(tree, Kind::Play)
}

/// Makes SQL of what only the tool understands, at equal length so that places stay right: a `;;` stands for
/// a semicolon within a statement.
fn rewrite(items: &mut [Item], sources: &mut SourceMap) {
    for item in items.iter_mut().filter(|item| item.is_sql()) {
        let source = sources.file(item.file);
        if source.text.contains(";;") {
            let (path, text) = (source.path.clone(), source.text.replace(";;", "; "));
            item.file = sources.add(path, text);
        }
    }
}
