//! The gateway's own time: the machine's, and by how much it was moved on.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// A clock that only control calls move, and only forward.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Clock {
    ahead: i64,
}

impl Clock {
    /// Milliseconds since 1970.
    pub(crate) fn millis(self) -> i64 {
        real().as_millisecond().saturating_add(self.ahead.saturating_mul(1000))
    }

    /// Seconds since 1970, as Stripe writes times.
    pub(crate) fn seconds(self) -> i64 {
        self.millis() / 1000
    }

    /// Moves it forward by so many seconds.
    pub(crate) fn advance(&mut self, seconds: u32) {
        self.ahead = self.ahead.saturating_add(seconds.into());
    }
}

/// The machine's time: what receivers compare a signature's time with.
#[expect(
    clippy::disallowed_methods,
    reason = "the gateway is a world of its own, with its own clock"
)]
pub(crate) fn real() -> Timestamp {
    Timestamp::now()
}
