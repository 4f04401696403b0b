//! Amounts of money: integer minor units and a currency, never a float.

use serde::{Deserialize, Serialize};

/// A currency of ISO 4217 whose amounts can be counted: gold and the like have no minor unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// Euro; the minor unit is the cent.
    pub const EUR: Self = Self(iso_currency::Currency::EUR);

    /// Its code in ISO 4217.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Parses a code of ISO 4217; `None` for what is none, or can't be counted.
    pub fn from_code(code: &str) -> Option<Self> {
        iso_currency::Currency::from_code(code)
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
    }

    /// How many digits the minor unit has behind the decimal mark: two for cents.
    pub fn decimals(self) -> usize {
        // INVARIANT: one without is no currency here.
        self.0.exponent().map_or(0, usize::from)
    }

    /// How it is written beside an amount: the euro by its sign, the others by their code, since a
    /// crown or a franc is of several countries.
    pub fn sign(self) -> &'static str {
        if self == Self::EUR { "€" } else { self.code() }
    }

    /// So many minor units in whole ones, with this decimal sign and no other, such as `32500,00`.
    pub fn decimal(self, minor: u64, sign: char) -> String {
        let places = self.decimals();
        let digits = format!("{minor:0>width$}", width = places.saturating_add(1));
        match digits.split_at_checked(digits.len().saturating_sub(places)) {
            Some((whole, minor)) if !minor.is_empty() => format!("{whole}{sign}{minor}"),
            _ => digits,
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = &'static str;
    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::from_code(&code).ok_or("is no currency of ISO 4217")
    }
}

impl From<Currency> for &'static str {
    fn from(currency: Currency) -> Self {
        currency.code()
    }
}

/// A positive amount in minor units (cents).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "(u64, Currency)", into = "(u64, Currency)")]
pub struct Money {
    minor: u64,
    currency: Currency,
}

/// Why an amount was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Nothing is free, and nobody is charged zero.
    #[error("must be at least 1 minor unit")]
    Zero,
    /// Above what a vehicle can cost; most likely a mistyped amount.
    #[error("must be at most {} minor units", Money::MAX_MINOR)]
    TooLarge,
}

impl Money {
    /// In whole units with this decimal sign and no other, such as `32500,00`: for a spreadsheet.
    pub fn decimal(self, sign: char) -> String {
        self.currency.decimal(self.minor, sign)
    }

    /// Ten million euros: the payment gateway's own limit is of this size.
    pub const MAX_MINOR: u64 = 1_000_000_000;

    /// An amount from minor units (cents).
    pub fn new(minor: u64, currency: Currency) -> Result<Self, MoneyError> {
        match minor {
            0 => Err(MoneyError::Zero),
            _ if minor > Self::MAX_MINOR => Err(MoneyError::TooLarge),
            _ => Ok(Self { minor, currency }),
        }
    }

    /// Minor units (cents).
    pub fn minor(self) -> u64 {
        self.minor
    }

    /// The currency whose minor units they are.
    pub fn currency(self) -> Currency {
        self.currency
    }
}

impl TryFrom<(u64, Currency)> for Money {
    type Error = MoneyError;
    fn try_from((minor, currency): (u64, Currency)) -> Result<Self, MoneyError> {
        Self::new(minor, currency)
    }
}

impl From<Money> for (u64, Currency) {
    fn from(money: Money) -> Self {
        (money.minor, money.currency)
    }
}

/// What a sale costs: the price, and the señal that reserves it (R-11 of `docs/requirements.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredTerms", into = "StoredTerms")]
pub struct Terms {
    price: Money,
    signal: Money,
}

/// Why price and señal don't go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// A part payment has to leave something to pay.
    #[error("the señal must be less than the price")]
    SignalNotBelowPrice,
    /// One sale, one currency.
    #[error("price and señal must be in one currency")]
    MixedCurrencies,
    /// The price itself.
    #[error("the price {0}")]
    Price(MoneyError),
}

impl Terms {
    /// Joins price and señal.
    pub fn new(price: Money, signal: Money) -> Result<Self, TermsError> {
        if price.currency != signal.currency {
            return Err(TermsError::MixedCurrencies);
        }
        if signal.minor >= price.minor {
            return Err(TermsError::SignalNotBelowPrice);
        }
        Ok(Self { price, signal })
    }

    /// The whole price.
    pub fn price(self) -> Money {
        self.price
    }

    /// The señal, which is a part of the price.
    pub fn signal(self) -> Money {
        self.signal
    }

    /// What is left to pay after the señal.
    pub fn balance(self) -> Money {
        // INVARIANT: the señal is below the price (checked by `new`).
        Money {
            minor: self.price.minor.saturating_sub(self.signal.minor),
            currency: self.price.currency,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct StoredTerms(u64, u64, Currency);

impl TryFrom<StoredTerms> for Terms {
    type Error = String;
    fn try_from(StoredTerms(price, signal, currency): StoredTerms) -> Result<Self, String> {
        let price = Money::new(price, currency).map_err(|fault| fault.to_string())?;
        let signal = Money::new(signal, currency).map_err(|fault| fault.to_string())?;
        Self::new(price, signal).map_err(|fault| fault.to_string())
    }
}

impl From<Terms> for StoredTerms {
    fn from(terms: Terms) -> Self {
        Self(terms.price.minor, terms.signal.minor, terms.price.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euros(minor: u64) -> Money {
        Money::new(minor, Currency::EUR).unwrap()
    }

    #[test]
    fn price_is_signal_plus_balance() {
        let terms = Terms::new(euros(3_250_000), euros(100_000)).unwrap();
        assert_eq!(terms.signal().minor() + terms.balance().minor(), terms.price().minor());
    }

    #[test]
    fn a_signal_that_leaves_nothing_to_pay_is_refused() {
        assert_eq!(Terms::new(euros(100), euros(100)), Err(TermsError::SignalNotBelowPrice));
    }

    #[test]
    fn a_currency_is_one_of_iso_4217_that_can_be_counted() {
        let known = |code: &str| {
            let currency = Currency::from_code(code)?;
            Some((currency.code(), currency.decimals(), currency.sign()))
        };
        assert_eq!(known("EUR"), Some(("EUR", 2, "€")));
        assert_eq!(known("CZK"), Some(("CZK", 2, "CZK")));
        assert_eq!(known("JPY").map(|(_, decimals, _)| decimals), Some(0));
        for none in ["XAU", "eur", "EURO", "", "QQQ"] {
            assert_eq!(known(none), None, "{none}");
        }
    }

    #[test]
    fn stored_terms_are_checked_again() {
        assert!(serde_json::from_str::<Terms>("[100,200,\"EUR\"]").is_err());
        let terms = Terms::new(euros(200), euros(100)).unwrap();
        assert_eq!(serde_json::to_string(&terms).unwrap(), "[200,100,\"EUR\"]");
    }
}
