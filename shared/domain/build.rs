//! Embeds `countries/*.json`: a country is one file, named by its code.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

#[expect(clippy::disallowed_methods, reason = "how cargo tells a build script of its folders")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("countries");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>, std::io::Error>>()?;
    files.sort();
    let mut source = String::from("&[");
    for file in &files {
        let code = file.file_stem().unwrap_or_default().to_string_lossy();
        write!(source, "({code:?}, include_str!({:?})),", file.display().to_string())?;
    }
    source.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join("countries.rs"), source)?;
    Ok(())
}
