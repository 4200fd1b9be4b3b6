//! Embeds the cards of `lints/`, sorted by id: each with its text, and with what stands before its examples as JSON, which
//! every run reads and which is read much faster than YAML.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=lints");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("lints");
    let mut cards = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>, Box<dyn Error>>>()?;
    cards.retain(|path| path.extension().is_some_and(|extension| extension == "yml"));
    cards.sort();
    let mut table = String::from("&[\n");
    for path in &cards {
        let id = path.file_stem().unwrap_or_default();
        writeln!(table, "    Embedded {{ id: {id:?}, text: include_str!({path:?}), head: {:?} }},", head(path)?)?;
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("cards.rs"), table + "]\n")?;
    Ok(())
}

/// A card without its examples, as JSON.
fn head(path: &Path) -> Result<String, Box<dyn Error>> {
    let wrong = |error| format!("{}: {error}", path.display());
    let mut card: Value = serde_yaml::from_str(&fs::read_to_string(path)?).map_err(wrong)?;
    card.as_object_mut().map(|card| card.remove("examples"));
    Ok(card.to_string())
}
