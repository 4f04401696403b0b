//! The time, as the partners have it.

use jiff::Timestamp;

/// The time.
#[expect(
    clippy::disallowed_methods,
    reason = "the partners are a world of their own, with its own clock"
)]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
