//! How long people wait for builds, demos and tests, in a clone in which nothing was built before
//! and nothing was downloaded. It takes what is committed.

use super::figures::{Figure, Unit};
use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tools::narrator::{Narrator, now};
use tools::process::{cargo, run, run_aloud};
use tools::root::{local, root};

/// What the demo says once its first request is answered.
const FIRST_REQUEST: &str = "the employee registers the sale";
/// What a change of the core changes here: the place of all that it decides.
const CORE: &str = "shared/domain/src/sale/decide/mod.rs";

/// Each time as a figure of this group, with the day on which it was measured. Bars are for two
/// cores.
pub(super) fn measure(narrator: &Narrator, group: &str, today: &str) -> Result<Vec<Figure>> {
    let clone = Checkout::make()?;
    let figure = |of: &str, time: Duration| {
        Figure::new(group, format!("{of} ({today})"), Unit::Seconds, time.as_secs_f64())
    };
    narrator.say("building xtask in a clone, from nothing");
    let xtask = clone.time(clone.xtask(&["--help"]))?;
    narrator.say("running the demo there");
    let demo = clone.time(clone.xtask(&["demo"]))?;
    narrator.say("running it again");
    let again = clone.time(clone.xtask(&["demo"]))?;
    narrator.say("running it again, after a change of the core");
    clone.change(CORE)?;
    let changed = clone.until(FIRST_REQUEST, clone.xtask(&["demo"]))?;
    clone.forget()?;
    narrator.say("testing, from nothing");
    let test = clone.time(clone.xtask(&["test"]))?;
    narrator.say("testing again");
    let tested = clone.time(clone.xtask(&["test"]))?;
    std::fs::remove_dir_all(clone.0)?;
    Ok(vec![
        figure("`cargo xtask`'s own build", xtask).within(30.0, 30.0),
        figure("`cargo xtask demo`, from nothing", xtask.saturating_add(demo)).within(360.0, 240.0),
        figure("a change in `domain`, until the demo's first request", changed).within(150.0, 60.0),
        figure("`cargo xtask demo`, when all is built", again),
        figure("`cargo xtask test`, from nothing", test).within(1800.0, 1200.0),
        figure("`cargo xtask test`, when nothing changed", tested).within(300.0, 120.0),
    ])
}

/// A clone of the project, with a target folder of its own, and a folder for what it downloads.
struct Checkout(PathBuf);

impl Checkout {
    fn make() -> Result<Self> {
        let clone = Self(local().join("bench-clone"));
        if clone.0.exists() {
            std::fs::remove_dir_all(&clone.0)?;
        }
        run(Command::new("git").args(["clone", "--quiet"]).arg(root()).arg(&clone.0))?;
        clone.keep_cargos_settings()?;
        Ok(clone)
    }

    /// Removes all that was built and downloaded.
    fn forget(&self) -> Result<()> {
        for folder in ["target", ".local"] {
            std::fs::remove_dir_all(self.0.join(folder))?;
        }
        self.keep_cargos_settings()
    }

    fn downloads(&self) -> PathBuf {
        self.0.join(".local/downloads")
    }

    /// Where cargo downloads from may be said in its home.
    fn keep_cargos_settings(&self) -> Result<()> {
        std::fs::create_dir_all(self.downloads())?;
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cargo")));
        let settings = home.map(|home| home.join("config.toml")).filter(|file| file.exists());
        if let Some(settings) = settings {
            std::fs::copy(settings, self.downloads().join("config.toml"))?;
        }
        Ok(())
    }

    fn xtask(&self, arguments: &[&str]) -> Command {
        let mut xtask = cargo();
        xtask.arg("xtask").args(arguments).current_dir(&self.0).stdout(std::io::stderr());
        // In CI nothing is left out, which is what is measured last.
        xtask.env_remove("CI");
        xtask
    }

    fn at_home<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let downloads = self.downloads();
        command.env("CARGO_TARGET_DIR", self.0.join("target")).env("CARGO_HOME", &downloads);
        command.env("PIP_CACHE_DIR", &downloads).env("npm_config_cache", downloads)
    }

    fn time(&self, mut command: Command) -> Result<Duration> {
        let began = now();
        run_aloud(self.at_home(&mut command))?;
        Ok(began.elapsed())
    }

    /// How long it takes until the command says this; it is left to end by itself.
    fn until(&self, said: &str, mut command: Command) -> Result<Duration> {
        let began = now();
        let mut running = self.at_home(&mut command).stderr(Stdio::piped()).spawn()?;
        let mut after = None;
        for line in BufReader::new(running.stderr.take().context("it says nothing")?).lines() {
            let line = line?;
            eprintln!("{line}");
            if after.is_none() && line.contains(said) {
                after = Some(began.elapsed());
            }
        }
        ensure!(running.wait()?.success(), "it failed: what it says is above");
        after.with_context(|| format!("it never said '{said}'"))
    }

    /// Puts a line in front of a file, so that all of it is somewhere else.
    fn change(&self, file: &str) -> Result<()> {
        let file = self.0.join(file);
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("no {}", file.display()))?;
        // After the first: a comment of the file stays its first.
        let (first, rest) = text.split_once('\n').context("it has one line")?;
        Ok(std::fs::write(file, format!("{first}\n// A change.\n{rest}"))?)
    }
}
