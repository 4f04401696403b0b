//! Makes a module of each function's `main.rs`, and says by name which one to call.

use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

#[expect(clippy::disallowed_methods, reason = "how cargo tells a build script of its folders")]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../../functions");
    println!("cargo::rerun-if-changed={}", folder.display());
    let names = fs::read_dir(&folder)?;
    let names = names.map(|entry| Ok(entry?.file_name().into_string().unwrap_or_default()));
    let mut names = names.collect::<Result<Vec<_>, std::io::Error>>()?;
    names.sort_unstable();
    let (mut modules, mut calls) = (String::new(), String::new());
    for name in &names {
        let file = folder.join(name).join("src/main.rs");
        println!("cargo::rerun-if-changed={}", file.display());
        let of_file = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let source = fs::read_to_string(&file).map_err(|error| of_file(&error))?;
        let text = in_a_module(name, &source).ok_or_else(|| {
            of_file(&"a function's main.rs has `fn main()` once and CARGO_PKG_NAME once")
        })?;
        let module = name.replace('-', "_");
        writeln!(modules, "mod {module} {{\n{text}\n}}")?;
        writeln!(calls, "        {name:?} => Some({module}::main()),")?;
    }
    let call = format!(
        "fn call(name: &str) -> Option<ExitCode> {{\n    match name {{\n{calls}        _ => None,\n    }}\n}}\n"
    );
    Ok(fs::write(Path::new(&env::var("OUT_DIR")?).join("functions.rs"), call + &modules)?)
}

/// The file as a module: what stands alone in a program can be called, and knows its own name here,
/// too.
fn in_a_module(name: &str, source: &str) -> Option<String> {
    let (main, own_name) = ("\nfn main() ->", "env!(\"CARGO_PKG_NAME\")");
    let is_as_the_others = [main, own_name].iter().all(|part| source.matches(part).count() == 1);
    let text = source.replace("//!", "//").replace(main, "\npub(super) fn main() ->");
    is_as_the_others.then(|| text.replace(own_name, &format!("{name:?}")))
}
