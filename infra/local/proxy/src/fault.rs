//! What can go wrong between a function and what it calls.

use std::time::Duration;

/// A fault of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call never arrives.
    Drop,
    /// It arrives; the answer is lost.
    LoseAnswer,
    /// It doesn't arrive, and is answered 500.
    Fail,
    /// It doesn't arrive: too many calls.
    Throttle,
    /// It arrives late, whether or not the caller still waits.
    Delay(Duration),
    /// It arrives twice.
    Duplicate,
    /// It doesn't arrive, and is answered by somebody else: a status, a content type, a body.
    Answer(u16, &'static str, &'static str),
}
