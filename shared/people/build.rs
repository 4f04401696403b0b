//! Names the tax numbers of `domain/countries/*.json` in the library's own terms: a country is one
//! file.

use serde_json::Value;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

#[expect(clippy::disallowed_methods, reason = "how cargo tells a build script of its folders")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../domain/countries");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut source = String::from("&[");
    for entry in fs::read_dir(&folder)? {
        let file = entry?.path();
        println!("cargo::rerun-if-changed={}", file.display());
        let code = file.file_stem().unwrap_or_default().to_string_lossy();
        let country: Value = serde_json::from_str(&fs::read_to_string(&file)?)?;
        let names = country.get("tax_numbers").and_then(Value::as_array).into_iter().flatten();
        let module = code.to_lowercase();
        write!(source, "({code:?}, &[")?;
        for name in names.filter_map(Value::as_str) {
            write!(source, "&stdnum::country::{module}::{name},")?;
        }
        source.push_str("]),");
    }
    source.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join("tax_numbers.rs"), source)?;
    Ok(())
}
