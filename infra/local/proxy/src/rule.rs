//! Which call meets a fault.

use crate::call::Call;
use crate::fault::Fault;

/// Which of a call's tries meet its fault. A function's AWS client tries a call up to three times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tries {
    /// The first: the client tries again by itself.
    First,
    /// All: the function is told.
    Every,
}

/// Which call meets a fault: of those of a function to an operation the one after the first `skip`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The caller.
    pub function: String,
    /// The operation, as in [`Call`].
    pub operation: String,
    /// Only calls about this; see [`crate::Marks`]. `None`: about anything.
    pub about: Option<String>,
    /// How many such calls pass before.
    pub skip: u32,
    /// Which of its tries.
    pub tries: Tries,
    /// The fault.
    pub fault: Fault,
    met: u32,
}

impl Rule {
    /// The next call of `function` to `operation` meets `fault` at its first try.
    pub fn next(function: &str, operation: &str, fault: Fault) -> Self {
        let (function, operation) = (function.to_owned(), operation.to_owned());
        Self { function, operation, about: None, skip: 0, tries: Tries::First, fault, met: 0 }
    }

    /// After this many calls that pass.
    #[must_use]
    pub fn after(self, skip: u32) -> Self {
        Self { skip, ..self }
    }

    /// Only calls about this.
    #[must_use]
    pub fn about(self, about: &str) -> Self {
        Self { about: Some(about.to_owned()), ..self }
    }

    /// At these tries.
    #[must_use]
    pub fn at(self, tries: Tries) -> Self {
        Self { tries, ..self }
    }

    pub(crate) fn has_struck(&self) -> bool {
        self.met > self.skip
    }

    pub(crate) fn meets(&mut self, call: &Call) -> Option<Fault> {
        let concerned = self.about.is_none() || self.about == call.about;
        if self.function != call.function || self.operation != call.operation || !concerned {
            return None;
        }
        // Tries of one call follow each other: whom a call is about makes one call at a time.
        if !call.again {
            self.met = self.met.saturating_add(1);
        }
        let this =
            self.met == self.skip.saturating_add(1) && (self.tries == Tries::Every || !call.again);
        this.then_some(self.fault)
    }
}
