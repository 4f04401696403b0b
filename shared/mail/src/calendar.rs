//! A delivery as a calendar file (RFC 5545), by which it stands in the customer's calendar.

use crate::facts::place;
use crate::words::Labels;
use domain::ports::Arranged;
use ics::parameters::Value;
use ics::properties::{DtEnd, DtStart, Location, Method, Sequence, Status, Summary};
use ics::{Event, ICalendar, escape_text};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

/// How long a delivery takes in a calendar.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The file. A delivery that is arranged anew has the same UID and a later number: calendars move
/// their entry.
pub(crate) fn file(
    Arranged { sale, slot, at, before }: &Arranged,
    vehicle: &str,
    labels: &Labels,
    zone: &TimeZone,
) -> String {
    let mut event = Event::new(format!("{sale}@caas"), utc(*at));
    event.push(Sequence::new(before.to_string()));
    event.push(Status::confirmed());
    event.push(Summary::new(escape_text(format!("{} ({})", labels.delivery, vehicle))));
    event.push(Location::new(escape_text(place(slot.place, labels))));
    let hour = slot.time.and_then(|time| moment(slot.date.to_datetime(time), zone));
    if let Some(begin) = hour {
        event.push(DtStart::new(utc(begin.timestamp())));
        event.push(DtEnd::new(utc(begin.timestamp().saturating_add(HOUR).unwrap_or_default())));
    } else {
        // The whole day, wherever the calendar is looked at.
        let mut day = DtStart::new(slot.date.strftime("%Y%m%d").to_string());
        day.add(Value::DATE);
        event.push(day);
    }
    let mut calendar = ICalendar::new("2.0", "-//CaaS//expediente//ES");
    calendar.push(Method::new("PUBLISH"));
    calendar.add_event(event);
    calendar.to_string()
}

fn moment(local: DateTime, zone: &TimeZone) -> Option<Zoned> {
    local.to_zoned(zone.clone()).ok()
}

/// A moment that every calendar shows by its own clock.
fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}
