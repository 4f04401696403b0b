//! Money, dates and times in the reader's form.

use domain::Money;
use domain::sale::Slot;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// How a language writes them.
pub struct Formats {
    /// Between groups of three digits.
    pub(crate) group: &'static str,
    /// Before the minor units.
    pub(crate) decimal: &'static str,
    /// An amount and its currency's sign.
    pub(crate) money: fn(&str, &str) -> String,
    /// January to December, as a date has them.
    pub(crate) months: [&'static str; 12],
    /// Day, month and year.
    pub(crate) date: fn(i8, &str, i16) -> String,
    /// A date with hour and minute.
    pub(crate) moment: fn(&str, i8, i8) -> String,
}

impl Formats {
    /// Such as `32.500,00 €`.
    pub fn money(&self, money: Money) -> String {
        (self.money)(&self.digits(money, self.group), money.currency().sign())
    }

    /// Such as `32500,00`, as a bank's form takes it.
    pub fn amount(&self, money: Money) -> String {
        self.digits(money, "")
    }

    /// A number that is written with a point, such as `8.5`, with the language's own sign.
    pub fn number(&self, number: &str) -> String {
        number.replace('.', self.decimal)
    }

    fn digits(&self, money: Money, group: &str) -> String {
        let places = money.currency().decimals();
        let digits = format!("{:0>width$}", money.minor(), width = places + 1);
        // INVARIANT: padded to more digits than there are places.
        let (whole, minor) = digits.split_at(digits.len() - places);
        let decimal = if places == 0 { "" } else { self.decimal };
        format!("{}{decimal}{minor}", grouped(whole, group))
    }

    /// Such as `1 de marzo de 2026`.
    pub fn date(&self, date: Date) -> String {
        // INVARIANT: there are as many names as months.
        let month = self
            .months
            .iter()
            .zip(1..)
            .find(|(_, number)| *number == date.month())
            .map_or("", |(name, _)| name);
        (self.date)(date.day(), month, date.year())
    }

    /// Such as `16 de julio de 2026 a las 0:00`, by the clock of this zone. Where none is known the
    /// time is UTC's, and says so. Seconds are cut off, so that a deadline is never told too late.
    pub fn moment(&self, at: Timestamp, zone: &TimeZone) -> String {
        let local = self.local(at.to_zoned(zone.clone()).datetime());
        if *zone == TimeZone::UTC { format!("{local} (UTC)") } else { local }
    }

    /// What a clock shows, such as `16 de julio de 2026 a las 0:00`.
    pub fn local(&self, at: DateTime) -> String {
        (self.moment)(&self.date(at.date()), at.hour(), at.minute())
    }

    /// When a delivery is: a day, and mostly an hour.
    pub fn slot(&self, slot: &Slot) -> String {
        match slot.time {
            Some(time) => self.local(slot.date.to_datetime(time)),
            None => self.date(slot.date),
        }
    }
}

fn grouped(digits: &str, separator: &str) -> String {
    digits.char_indices().fold(String::new(), |mut text, (place, digit)| {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push_str(separator);
        }
        text.push(digit);
        text
    })
}

#[cfg(test)]
mod tests {
    use crate::words;
    use domain::{Currency, Language, Money, ZoneName};
    use jiff::civil::date;

    #[test]
    fn money_reads_as_each_language_writes_it() {
        for (language, small, price, most) in [
            (Language::Es, "0,05\u{a0}€", "32.500,00\u{a0}€", "10.000.000,00\u{a0}€"),
            (Language::En, "€0.05", "€32,500.00", "€10,000,000.00"),
            (
                Language::Pt,
                "0,05\u{a0}€",
                "32\u{a0}500,00\u{a0}€",
                "10\u{a0}000\u{a0}000,00\u{a0}€",
            ),
            (
                Language::Fr,
                "0,05\u{a0}€",
                "32\u{a0}500,00\u{a0}€",
                "10\u{a0}000\u{a0}000,00\u{a0}€",
            ),
            (Language::De, "0,05\u{a0}€", "32.500,00\u{a0}€", "10.000.000,00\u{a0}€"),
            (Language::It, "0,05\u{a0}€", "32.500,00\u{a0}€", "10.000.000,00\u{a0}€"),
        ] {
            let money = |minor| {
                words::of(language).formats.money(Money::new(minor, Currency::EUR).unwrap())
            };
            assert_eq!(
                [money(5), money(3_250_000), money(Money::MAX_MINOR)],
                [small, price, most],
                "{}",
                language.code()
            );
        }
    }

    #[test]
    fn amounts_are_as_their_currency_counts() {
        let money = |code, minor| {
            let money = Money::new(minor, Currency::from_code(code).unwrap()).unwrap();
            words::of(Language::De).formats.money(money)
        };
        assert_eq!(money("CZK", 65_000_000), "650.000,00\u{a0}CZK");
        assert_eq!(money("ISK", 4_500_000), "4.500.000\u{a0}ISK");
        assert_eq!(money("CHF", 3_250_000), "32.500,00\u{a0}CHF");
    }

    #[test]
    fn groups_begin_at_a_thousand() {
        let money = |minor| {
            words::of(Language::Es).formats.money(Money::new(minor, Currency::EUR).unwrap())
        };
        assert_eq!([money(99_999), money(100_000)], ["999,99\u{a0}€", "1.000,00\u{a0}€"]);
    }

    #[test]
    fn dates_read_as_each_language_writes_them() {
        for (language, first, last) in [
            (Language::Es, "1 de marzo de 2026", "31 de diciembre de 2026"),
            (Language::En, "1 March 2026", "31 December 2026"),
            (Language::Pt, "1 de março de 2026", "31 de dezembro de 2026"),
            (Language::Fr, "1 mars 2026", "31 décembre 2026"),
            (Language::De, "1. März 2026", "31. Dezember 2026"),
            (Language::It, "1 marzo 2026", "31 dicembre 2026"),
        ] {
            let formats = &words::of(language).formats;
            assert_eq!(
                [formats.date(date(2026, 3, 1)), formats.date(date(2026, 12, 31))],
                [first, last]
            );
        }
    }

    #[test]
    fn times_are_the_dealership_s_with_its_summers() {
        let (summer, winter) =
            ("2026-07-15T22:00:59Z".parse().unwrap(), "2026-12-01T08:05:00Z".parse().unwrap());
        let madrid = ZoneName::parse("Europe/Madrid").unwrap().time_zone();
        for (language, midnight, morning) in [
            (Language::Es, "16 de julio de 2026 a las 0:00", "1 de diciembre de 2026 a las 9:05"),
            (Language::En, "16 July 2026 at 00:00", "1 December 2026 at 09:05"),
            (Language::Pt, "16 de julho de 2026 às 00:00", "1 de dezembro de 2026 às 09:05"),
            (Language::Fr, "16 juillet 2026 à 00:00", "1 décembre 2026 à 09:05"),
            (Language::De, "16. Juli 2026 um 0:00 Uhr", "1. Dezember 2026 um 9:05 Uhr"),
            (Language::It, "16 luglio 2026, ore 0:00", "1 dicembre 2026, ore 9:05"),
        ] {
            let formats = &words::of(language).formats;
            assert_eq!(
                [formats.moment(summer, &madrid), formats.moment(winter, &madrid)],
                [midnight, morning]
            );
        }
        let spanish = &words::of(Language::Es).formats;
        let canary = ZoneName::parse("Atlantic/Canary").unwrap().time_zone();
        assert_eq!(spanish.moment(summer, &canary), "15 de julio de 2026 a las 23:00");
        let nowhere = ZoneName::utc().time_zone();
        assert_eq!(spanish.moment(summer, &nowhere), "15 de julio de 2026 a las 22:00 (UTC)");
    }
}
