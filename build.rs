//! Embeds the cards of `lints/` as a table of ids and texts, sorted by id.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=lints");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("lints");
    let mut cards = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    cards.retain(|path| path.extension().is_some_and(|extension| extension == "yml"));
    cards.sort();
    let mut table = String::from("&[\n");
    for path in &cards {
        let id = path.file_stem().unwrap_or_default();
        writeln!(table, "    ({id:?}, include_str!({path:?})),").map_err(io::Error::other)?;
    }
    fs::write(Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("cards.rs"), table + "]\n")
}
