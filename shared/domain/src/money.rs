//! Amounts of money: integer minor units and a currency, never a float.

use serde::{Deserialize, Serialize};

/// Currencies that CaaS sells in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Euro; the minor unit is the cent.
    Eur,
}

impl Currency {
    /// ISO 4217 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Eur => "EUR",
        }
    }

    /// Parses an ISO 4217 code; `None` for a currency that CaaS does not sell in.
    pub fn from_code(code: &str) -> Option<Self> {
        (code == "EUR").then_some(Self::Eur)
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
pub enum MoneyFault {
    /// Nothing is free, and nobody is charged zero.
    #[error("must be at least 1 minor unit")]
    Zero,
    /// Above what a vehicle can cost; most likely a mistyped amount.
    #[error("must be at most {} minor units", Money::MAX_MINOR)]
    TooLarge,
}

impl Money {
    /// Ten million euros: the payment gateway's own limit is of this size.
    pub const MAX_MINOR: u64 = 1_000_000_000;

    /// An amount from minor units (cents).
    pub fn new(minor: u64, currency: Currency) -> Result<Self, MoneyFault> {
        match minor {
            0 => Err(MoneyFault::Zero),
            _ if minor > Self::MAX_MINOR => Err(MoneyFault::TooLarge),
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
    type Error = MoneyFault;
    fn try_from((minor, currency): (u64, Currency)) -> Result<Self, MoneyFault> {
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
pub enum TermsFault {
    /// A part payment has to leave something to pay.
    #[error("the señal must be less than the price")]
    SignalNotBelowPrice,
    /// One sale, one currency.
    #[error("price and señal must be in one currency")]
    MixedCurrencies,
    /// The price itself.
    #[error("the price {0}")]
    Price(MoneyFault),
}

impl Terms {
    /// Joins price and señal.
    pub fn new(price: Money, signal: Money) -> Result<Self, TermsFault> {
        if price.currency != signal.currency {
            return Err(TermsFault::MixedCurrencies);
        }
        if signal.minor >= price.minor {
            return Err(TermsFault::SignalNotBelowPrice);
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
        Money::new(minor, Currency::Eur).unwrap()
    }

    #[test]
    fn price_is_signal_plus_balance() {
        let terms = Terms::new(euros(3_250_000), euros(100_000)).unwrap();
        assert_eq!(terms.signal().minor() + terms.balance().minor(), terms.price().minor());
    }

    #[test]
    fn a_signal_that_leaves_nothing_to_pay_is_refused() {
        assert_eq!(Terms::new(euros(100), euros(100)), Err(TermsFault::SignalNotBelowPrice));
    }

    #[test]
    fn stored_terms_are_checked_again() {
        assert!(serde_json::from_str::<Terms>("[100,200,\"EUR\"]").is_err());
        let terms = Terms::new(euros(200), euros(100)).unwrap();
        assert_eq!(serde_json::to_string(&terms).unwrap(), "[200,100,\"EUR\"]");
    }
}
