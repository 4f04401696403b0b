//! What the commands say while they work: one line a step, on standard error, so that `--json` has
//! standard output to itself.

use std::fmt::Display;
use std::time::{Duration, Instant};

/// Tells what happens, with the time since it began.
#[derive(Debug, Clone, Copy)]
pub struct Narrator {
    since: Instant,
}

impl Default for Narrator {
    fn default() -> Self {
        Self { since: now() }
    }
}

impl Narrator {
    /// One line.
    pub fn say(&self, line: impl Display) {
        eprintln!("{:>7.1}s  {line}", self.elapsed().as_secs_f64());
    }

    /// How long it has been.
    pub fn elapsed(&self) -> Duration {
        now().duration_since(self.since)
    }
}

/// The clock of the tools and the tests.
#[expect(clippy::disallowed_methods, reason = "a tool's own clock")]
pub fn now() -> Instant {
    Instant::now()
}
