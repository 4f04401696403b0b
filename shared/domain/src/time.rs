//! Time as the sale stores it: UTC, whole milliseconds.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serializer};

/// Serde form of a [`Timestamp`]: milliseconds since the Unix epoch, a third of RFC 3339's bytes.
pub mod millis {
    use super::{Deserialize, Deserializer, Serializer, Timestamp};

    /// Writes whole milliseconds.
    pub fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(at.as_millisecond())
    }

    /// Reads whole milliseconds; refuses what no [`Timestamp`] can hold.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        Timestamp::from_millisecond(i64::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}
