//! Clauses of MySQL about how a table is kept, and how a statement is to be carried out.

use std::ops::Range;

use super::text::Text;
use crate::change::{Algorithm, AlterLock, Change, ChangeKind, Keeping};
use crate::schema::{Dialect, Name, QualifiedName};

/// The clause of `ALTER TABLE` that these tokens are; `None` where it means nothing to anybody.
pub fn clause(text: &Text, tokens: Range<usize>) -> Option<Keeping> {
    let start = tokens.start;
    let value = if text.is_symbol(start + 1, "=") { start + 2 } else { start + 1 };
    Some(match text.token(start).to_ascii_lowercase().as_str() {
        "algorithm" => Keeping::Algorithm(algorithm(text.token(value))?),
        "lock" => Keeping::Lock(lock(text.token(value))?),
        "engine" => Keeping::Engine(name(text, value)),
        "convert" => {
            let set = text.skip(text.skip(start + 2, &["character", "set"]), &["charset"]);
            Keeping::Convert(name(text, set))
        }
        "force" | "row_format" | "key_block_size" => Keeping::Rebuild,
        "partition" => Keeping::Repartition,
        "remove" if text.is_word(start + 1, "partitioning") => Keeping::Repartition,
        "reorganize" | "coalesce" | "rebuild" | "optimize" if text.is_word(start + 1, "partition") => Keeping::RewritePartitions,
        "add" if text.are_words(start + 1, &["partition", "partitions"]) => Keeping::RewritePartitions,
        "comment" | "auto_increment" | "default" | "character" | "charset" | "collate" | "stats_persistent" => Keeping::Note,
        _ => return None,
    })
}

fn name(text: &Text, index: usize) -> Name {
    text.token(index).trim_matches(['\'', '"', '`']).to_ascii_lowercase().into()
}

fn algorithm(word: &str) -> Option<Algorithm> {
    let all = [Algorithm::Instant, Algorithm::NoCopy, Algorithm::Inplace, Algorithm::Copy];
    all.into_iter().find(|algorithm| algorithm.to_sql().eq_ignore_ascii_case(word))
}

fn lock(word: &str) -> Option<AlterLock> {
    let all = [AlterLock::None, AlterLock::Shared, AlterLock::Exclusive];
    all.into_iter().find(|lock| lock.to_sql().eq_ignore_ascii_case(word))
}

/// `ALGORITHM` and `LOCK` at the end of `CREATE INDEX` and `DROP INDEX`.
pub fn at_end(text: &Text, tokens: Range<usize>, table: &QualifiedName) -> Vec<Change> {
    if text.dialect != Dialect::MySql {
        return Vec::new();
    }
    let found = ["algorithm", "lock"].into_iter().filter_map(|keyword| text.find(tokens.clone(), &[keyword]));
    let change = |start: usize| {
        let keeping = clause(text, start..tokens.end)?;
        Some(Change { kind: ChangeKind::Keep { table: table.clone(), keeping }, span: text.span_of(start) })
    };
    found.filter_map(change).collect()
}
