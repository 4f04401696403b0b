//! How fast the factory builds when nobody tells it to.

use std::collections::HashMap;
use std::time::Duration;

/// How long an order rests at a milestone; `None` rests until it is told to go on.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    usual: Option<Duration>,
    /// Of single sales, by their id.
    own: HashMap<String, Option<Duration>>,
}

impl Pace {
    pub(crate) fn new(ms: Option<u64>) -> Self {
        Self { usual: pause(ms), own: HashMap::new() }
    }

    /// Sets the usual pace, or a sale's own.
    pub(crate) fn set(&mut self, ms: Option<u64>, reference: Option<String>) {
        match reference {
            Some(reference) => drop(self.own.insert(reference, pause(ms))),
            None => self.usual = pause(ms),
        }
    }

    /// The sale's own pace, or else the usual one.
    pub(crate) fn of(&self, reference: &str) -> Option<Duration> {
        self.own.get(reference).copied().unwrap_or(self.usual)
    }
}

/// 0 is no pace at all.
fn pause(ms: Option<u64>) -> Option<Duration> {
    ms.filter(|ms| *ms > 0).map(Duration::from_millis)
}
