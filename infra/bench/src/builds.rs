//! How long builds take, in a clone in which nothing was built before. One takes what is committed.

use anyhow::{Context, Result};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};
use tools::functions;
use tools::narrator::{Narrator, now};
use tools::process::{run, run_aloud};
use tools::root::{local, root};

/// The builds and demos that were timed, in words, each with how long it took. They take three
/// quarters of an hour on two cores.
pub(super) fn measure(narrator: &Narrator) -> Result<Vec<(&'static str, Duration)>> {
    let clone = Checkout::make()?;
    narrator.say("building all functions in a clone, from clean");
    let clean = clone.build()?;
    clone.change("functions/get-sale/src/lib.rs")?;
    narrator.say("building them after a change of one");
    let one = clone.build()?;
    clone.change("shared/domain/src/lib.rs")?;
    narrator.say("building them after a change of the core");
    let core = clone.build()?;
    narrator.say("running the demo in the clone, which sets up the rest");
    let rest = clone.demo()?;
    narrator.say("running it again");
    let warm = clone.demo()?;
    std::fs::remove_dir_all(clone.0)?;
    Ok(vec![
        ("all functions, from clean", clean),
        ("all functions, after a change of the core", core),
        ("all functions, after a change of one", one),
        ("`cargo xtask demo`, from clean", clean.saturating_add(rest)),
        ("`cargo xtask demo`, when all is built", warm),
    ])
}

/// A clone of the project, with a target folder of its own.
struct Checkout(PathBuf);

impl Checkout {
    fn make() -> Result<Self> {
        let folder = local().join("bench-clone");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        run(Command::new("git").args(["clone", "--quiet"]).arg(root()).arg(&folder))?;
        Ok(Self(folder))
    }

    fn build(&self) -> Result<Duration> {
        self.time(&mut functions::release_build(&functions::functions()?)?)
    }

    fn demo(&self) -> Result<Duration> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        self.time(Command::new(cargo).args(["xtask", "demo"]).stdout(std::io::stderr()))
    }

    fn time(&self, command: &mut Command) -> Result<Duration> {
        let began = now();
        run_aloud(command.current_dir(&self.0).env("CARGO_TARGET_DIR", self.0.join("target")))?;
        Ok(began.elapsed())
    }

    /// To cargo, a file that is newer than what was built of it has changed.
    #[expect(clippy::disallowed_methods, reason = "a file's own clock")]
    fn change(&self, file: impl AsRef<Path>) -> Result<()> {
        let file = self.0.join(file);
        let opened = File::options()
            .append(true)
            .open(&file)
            .with_context(|| format!("no {}", file.display()))?;
        Ok(opened.set_modified(SystemTime::now())?)
    }
}
