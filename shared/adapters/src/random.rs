//! The operating system's randomness, and the ids made of it.

use domain::ids::{AttemptId, CustomerId, SaleId};
use jiff::Timestamp;
use uuid::Uuid;

/// Fills `bytes`. Without randomness no id and no password is safe: the process ends, and Lambda
/// starts another.
pub(crate) fn fill(bytes: &mut [u8]) {
    if getrandom::fill(bytes).is_err() {
        tracing::error!("the operating system gives no randomness");
        std::process::abort();
    }
}

/// A UUID of version 7: sorts by time.
fn uuid(now: Timestamp) -> Uuid {
    let mut bytes = [0; 10];
    fill(&mut bytes);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

/// A fresh sale's id.
pub fn sale_id(now: Timestamp) -> SaleId {
    SaleId::new(uuid(now))
}

/// A fresh customer's id.
pub fn customer_id(now: Timestamp) -> CustomerId {
    CustomerId::new(uuid(now))
}

/// A fresh attempt's id.
pub fn attempt_id(now: Timestamp) -> AttemptId {
    AttemptId::new(uuid(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_carry_their_time_and_differ() {
        let now = Timestamp::from_millisecond(1_800_000_000_123).unwrap();
        let (a, b) = (uuid(now), uuid(now));
        assert_ne!(a, b);
        assert_eq!(a.get_version_num(), 7);
        let (seconds, nanos) = a.get_timestamp().unwrap().to_unix();
        assert_eq!((seconds, nanos), (1_800_000_000, 123_000_000));
    }
}
