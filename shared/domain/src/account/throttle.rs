//! The delay between attempts to log in: it doubles per account and source, so that guessing is
//! slow, and a stranger's failures delay the stranger only. Nobody is ever locked out.

use crate::ids::ShortDigest;
use crate::time::later;
use jiff::{SignedDuration, Timestamp};

/// Attempts that cost no wait: people mistype.
const FREE: u32 = 5;
/// The longest wait, in seconds.
const LONGEST: i64 = 15 * 60;
/// Attempts are forgotten after this long without one.
const MEMORY: SignedDuration = SignedDuration::from_hours(24);

/// Where an attempt comes from: a digest of the network address; of an IPv6 address its /64, which
/// is one subscriber's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source(String);

impl Source {
    /// The source at a network address. What is no address is one source of its own.
    pub fn of(address: &str) -> Self {
        let network = match address.parse() {
            Ok(std::net::IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_none() => {
                v6.segments().into_iter().take(4).collect()
            }
            Ok(std::net::IpAddr::V6(v6)) => v6.segments().into_iter().collect::<Vec<u16>>(),
            Ok(std::net::IpAddr::V4(v4)) => v4.to_ipv6_mapped().segments().into_iter().collect(),
            Err(_) => Vec::new(),
        };
        let bytes: Vec<u8> = network.into_iter().flat_map(u16::to_be_bytes).collect();
        Self(ShortDigest::of(&[&bytes]).to_string())
    }

    /// The digest's 32 hex digits, as they are stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The attempts so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// How many, since the last that succeeded.
    pub count: u32,
    /// When the last was.
    pub last_at: Timestamp,
}

/// An attempt that comes before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts; the next may be made in {seconds} s")]
pub struct TooSoon {
    /// How long to wait.
    pub seconds: u32,
}

impl Attempts {
    /// What is known of an account and source that never tried.
    pub const NONE: Self = Self { count: 0, last_at: Timestamp::UNIX_EPOCH };

    /// When they are forgotten.
    pub fn forgotten_at(self) -> Timestamp {
        later(self.last_at, MEMORY)
    }

    /// One more, if it may be made at `now`. It counts before its outcome is known, so that many at
    /// once are no way round.
    pub fn next(self, now: Timestamp) -> Result<Self, TooSoon> {
        let count = if now < self.forgotten_at() { self.count } else { 0 };
        let wait = match count.checked_sub(FREE) {
            None => 0,
            Some(over) => 1_i64
                .checked_shl(over)
                .filter(|wait| (1..LONGEST).contains(wait))
                .unwrap_or(LONGEST),
        };
        let open_at = later(self.last_at, SignedDuration::from_secs(wait));
        if now < open_at {
            // Rounded up: whoever waits that long is let in.
            let seconds = open_at.duration_since(now).as_millis().saturating_add(999) / 1_000;
            return Err(TooSoon { seconds: u32::try_from(seconds).unwrap_or(1) });
        }
        Ok(Self { count: count.saturating_add(1), last_at: now })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn the_wait_doubles_up_to_a_quarter_of_an_hour() {
        let (mut attempts, mut now, mut waits) = (Attempts::NONE, 0, Vec::new());
        for _ in 0..20 {
            let wait = attempts.next(at(now)).map_or_else(|wait| i64::from(wait.seconds), |_| 0);
            waits.push(wait);
            now += wait;
            attempts = attempts.next(at(now)).unwrap();
        }
        assert_eq!(
            waits,
            [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900]
        );
    }

    #[test]
    fn attempts_are_forgotten_after_a_day() {
        let many = Attempts { count: 1_000, last_at: at(0) };
        assert_eq!(many.next(at(899)), Err(TooSoon { seconds: 1 }));
        assert_eq!(many.next(at(24 * 60 * 60)).unwrap().count, 1);
    }

    #[test]
    fn one_subscriber_is_one_source() {
        assert_eq!(Source::of("2001:db8:1:2::1"), Source::of("2001:db8:1:2:ffff::9"));
        assert_ne!(Source::of("2001:db8:1:2::1"), Source::of("2001:db8:1:3::1"));
        assert_ne!(Source::of("192.0.2.1"), Source::of("192.0.2.2"));
        assert_eq!(Source::of("192.0.2.1"), Source::of("::ffff:192.0.2.1"));
        assert_eq!(Source::of(""), Source::of("unknown"));
    }
}
