//! Money, dates and times in the reader's form.

use domain::sale::Slot;
use domain::{Currency, Money};
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
    /// Month and year.
    pub(crate) month: fn(&str, i16) -> String,
    /// A date with hour and minute.
    pub(crate) moment: fn(&str, i8, i8) -> String,
}

impl Formats {
    /// Such as `32.500,00 €`.
    pub fn money(&self, money: Money) -> String {
        let currency = money.currency();
        (self.money)(&self.digits(money.minor(), currency, self.group), currency.sign())
    }

    /// A sum of amounts in minor units, which may be nothing or less: `−1.000,00 €`.
    pub fn sum(&self, minor: i64, currency: Currency) -> String {
        let digits = self.digits(minor.unsigned_abs(), currency, self.group);
        let sign = if minor < 0 { "−" } else { "" };
        format!("{sign}{}", (self.money)(&digits, currency.sign()))
    }

    /// Such as `32500,00`, as a bank's form takes it.
    pub fn amount(&self, money: Money) -> String {
        self.digits(money.minor(), money.currency(), "")
    }

    /// The minor units of an amount that was typed as the language writes it, such as `32.500,00 €`
    /// or `32500`. `None`: it is none, or may be two, as `32.50` where points part thousands.
    pub fn minor(&self, typed: &str, currency: Currency) -> Option<u64> {
        let bare: String = typed.chars().filter(|character| !character.is_whitespace()).collect();
        let signs = [currency.sign(), currency.code()];
        let bare = signs.iter().fold(bare.as_str(), |text, sign| {
            text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)).unwrap_or(text)
        });
        let (whole, minor) = bare.split_once(self.decimal).unwrap_or((bare, ""));
        let groups: Vec<&str> = match self.group.trim() {
            "" => vec![whole],
            sign => whole.split(sign).collect(),
        };
        let is_grouped = match groups.as_slice() {
            [_] => true,
            [first, rest @ ..] => {
                (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3)
            }
            [] => false,
        };
        let digits = groups.concat();
        let is_number = |text: &str| text.chars().all(|digit| digit.is_ascii_digit());
        let places = currency.decimals();
        let is_read = is_grouped && !digits.is_empty() && minor.len() <= places;
        if !is_read || !is_number(&digits) || !is_number(minor) {
            return None;
        }
        format!("{digits}{minor:0<places$}").parse().ok()
    }

    /// A number that is written with a point, such as `8.5`, with the language's own sign.
    pub fn number(&self, number: &str) -> String {
        number.replace('.', self.decimal)
    }

    fn digits(&self, minor: u64, currency: Currency, group: &str) -> String {
        let places = currency.decimals();
        let digits = format!("{minor:0>width$}", width = places + 1);
        // INVARIANT: padded to more digits than there are places.
        let (whole, minor) = digits.split_at(digits.len() - places);
        let decimal = if places == 0 { "" } else { self.decimal };
        format!("{}{decimal}{minor}", grouped(whole, group))
    }

    /// Such as `1 de marzo de 2026`.
    pub fn date(&self, date: Date) -> String {
        (self.date)(date.day(), self.name(date), date.year())
    }

    /// The name of a day's month.
    fn name(&self, day: Date) -> &'static str {
        // INVARIANT: there are as many names as months.
        let month = self.months.iter().zip(1..).find(|(_, number)| *number == day.month());
        month.map_or("", |(name, _)| name)
    }

    /// Such as `marzo de 2026`: the month in which a day is.
    pub fn month(&self, day: Date) -> String {
        (self.month)(self.name(day), day.year())
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
    fn an_amount_is_read_as_it_is_written_and_not_guessed() {
        let euros = Currency::EUR;
        for language in Language::ALL {
            let formats = &words::of(language).formats;
            for minor in [1, 99_999, 100_000, 3_250_050, Money::MAX_MINOR] {
                let money = Money::new(minor, euros).unwrap();
                for written in [formats.money(money), formats.amount(money)] {
                    assert_eq!(formats.minor(&written, euros), Some(minor), "{written}");
                }
            }
        }
        let spanish = |typed| words::of(Language::Es).formats.minor(typed, euros);
        for (typed, minor) in
            [("32500", Some(3_250_000)), (" 32.500 EUR", Some(3_250_000)), ("0,5", Some(50))]
        {
            assert_eq!(spanish(typed), minor, "{typed}");
        }
        for typed in ["", "€", "32.50", "1.00,00", "32,500", "-5", "1e3", "32500,00,00", "٣", "x"]
        {
            assert_eq!(spanish(typed), None, "{typed}");
        }
        let crowns = Currency::from_code("ISK").unwrap();
        assert_eq!(words::of(Language::De).formats.minor("4.500.000 ISK", crowns), Some(4_500_000));
        assert_eq!(words::of(Language::De).formats.minor("4,5", crowns), None);
    }

    #[test]
    fn a_sum_may_be_nothing_or_less_and_more_than_a_vehicle_costs() {
        let sum = |minor| words::of(Language::Es).formats.sum(minor, Currency::EUR);
        assert_eq!(sum(0), "0,00\u{a0}€");
        assert_eq!(sum(-100_050), "−1.000,50\u{a0}€");
        assert_eq!(sum(123_456_789_000), "1.234.567.890,00\u{a0}€");
    }

    #[test]
    fn months_read_as_each_language_writes_them() {
        let names =
            Language::ALL.map(|language| words::of(language).formats.month(date(2026, 3, 1)));
        for name in ["marzo de 2026", "March 2026", "março de 2026", "mars 2026", "März 2026"] {
            assert!(names.iter().any(|written| written == name), "{name}: {names:?}");
        }
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
