//! A tool's own ledger and the files disagree.

use std::collections::{HashMap, HashSet};

use crate::layout::{Ledger, ListFault};
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;
use crate::source::FileId;

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    let directory = &context.history.directory;
    let hashed = directory.ledger.iter().flat_map(|ledger| against_hashes(context, ledger));
    hashed.chain(directory.faults.iter().map(fault)).collect()
}

fn fault(fault: &ListFault) -> Finding {
    let finding = Finding::new(fault.span, fault.message.clone()).object(&fault.name);
    fault.help.iter().fold(finding, |finding, help| finding.help(help.clone()))
}

fn against_hashes(context: &HistoryContext, ledger: &Ledger) -> Vec<Finding> {
    let directory = &context.history.directory;
    let ups = context.history.migrations.iter().map(|migration| migration.file.up.file);
    let present: HashMap<&str, FileId> = ups.map(|file| (files::name(context, file), file)).collect();
    // Only the ledger's own kind of files: it may leave out those of other tools on purpose.
    let listed: HashSet<&str> = ledger.entries.iter().map(|entry| entry.name.as_str()).collect();
    let unlisted = present.iter().filter(|(name, _)| !listed.contains(*name)).map(|(_, file)| unlisted(context, ledger, *file));
    let missing = ledger.entries.iter().filter(|entry| !directory.root.join(&entry.name).is_file());
    let missing = missing.map(|entry| {
        let message = format!("`{}` is listed and not there: Atlas refuses the directory until it is hashed again", entry.name);
        Finding::new(entry.span, message).object(&entry.name).help(HASH_AGAIN)
    });
    unlisted.chain(missing).chain(changed(context, ledger, &present)).collect()
}

const HASH_AGAIN: &str = "if the files are right: `atlas migrate hash`";

fn unlisted(context: &HistoryContext, ledger: &Ledger, file: FileId) -> Finding {
    let name = files::name(context, file);
    let list = files::name(context, ledger.file);
    let message = format!("`{name}` is missing from `{list}`: Atlas refuses the directory until it is hashed again");
    Finding::new(files::top(context.sources, file), message).object(name).help(HASH_AGAIN)
}

fn changed(context: &HistoryContext, ledger: &Ledger, present: &HashMap<&str, FileId>) -> Option<Finding> {
    let entry = ledger.entries.get(ledger.changed?)?;
    let file = *present.get(entry.name.as_str())?;
    let message = format!("`{}` is not as it was when it was hashed: Atlas refuses the directory", entry.name);
    let finding = Finding::new(files::top(context.sources, file), message).object(&entry.name).help(HASH_AGAIN);
    Some(finding.because(entry.span, "the hash it had"))
}
