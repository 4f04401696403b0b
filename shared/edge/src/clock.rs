//! The one clock.

use jiff::Timestamp;
use std::time::Duration;

/// What is left for the answer itself when a handler runs out of time.
const RESERVE: Duration = Duration::from_millis(500);

/// The time now.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the wiring's clock, which everything else is given"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// How long a handler may still run before Lambda ends the invocation at `deadline` (milliseconds
/// since the epoch).
pub(crate) fn time_left(deadline: u64, now: Timestamp) -> Duration {
    let now = u64::try_from(now.as_millisecond()).unwrap_or(0);
    Duration::from_millis(deadline.saturating_sub(now)).saturating_sub(RESERVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_has_its_reserve() {
        let now = Timestamp::from_millisecond(10_000).unwrap();
        assert_eq!(time_left(13_000, now), Duration::from_millis(2_500));
        assert_eq!(time_left(9_000, now), Duration::ZERO);
    }
}
