//! What can go wrong between a function and what it calls.

use crate::call::Call;
use http::StatusCode;
use std::time::Duration;

/// A fault of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call never arrives.
    Drop,
    /// It arrives; the answer is lost.
    LoseAnswer,
    /// It doesn't arrive, and is answered with this status.
    Fail(StatusCode),
    /// It arrives late.
    Delay(Duration),
    /// It arrives twice.
    Duplicate,
}

/// Which calls meet a fault: those of a function to an operation, from the `skip`-th on, `times` in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The caller; `None`: anybody.
    pub function: Option<String>,
    /// The operation, as in [`Call`]; `None`: any.
    pub operation: Option<String>,
    /// How many such calls pass before.
    pub skip: u32,
    /// How many then meet the fault.
    pub times: u32,
    /// The fault.
    pub fault: Fault,
    met: u32,
}

impl Rule {
    /// The next call of `function` to `operation` meets `fault`.
    pub fn next(function: &str, operation: &str, fault: Fault) -> Self {
        let (function, operation) = (Some(function.to_owned()), Some(operation.to_owned()));
        Self { function, operation, skip: 0, times: 1, fault, met: 0 }
    }

    /// After this many calls that pass.
    #[must_use]
    pub fn after(self, skip: u32) -> Self {
        Self { skip, ..self }
    }

    /// This many in a row.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    pub(crate) fn has_struck(&self) -> bool {
        self.met > self.skip
    }

    pub(crate) fn meets(&mut self, call: &Call) -> Option<Fault> {
        let names = |named: &Option<String>, name: &str| named.as_deref().is_none_or(|named| named == name);
        if !names(&self.function, &call.function) || !names(&self.operation, &call.operation) {
            return None;
        }
        self.met = self.met.saturating_add(1);
        let strikes = self.met > self.skip && self.met <= self.skip.saturating_add(self.times);
        strikes.then_some(self.fault)
    }
}
