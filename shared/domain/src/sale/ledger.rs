//! The ledger: every movement of a sale's money, in double entry. It only grows, and commits with
//! the decision that moved the money.

use super::PaymentKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A line of the ledger: what moved, how much, and when it was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting(pub Movement, pub Part, #[serde(with = "crate::time::millis")] pub Timestamp);

/// How much moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The señal, as the sale's terms have it.
    Signal,
    /// The balance: the price less the señal.
    Balance,
    /// The authority's fees, in minor units: as they were when they fell due, whatever they are
    /// later.
    Fees(u64),
}

impl From<PaymentKind> for Part {
    fn from(kind: PaymentKind) -> Self {
        match kind {
            PaymentKind::Signal => Self::Signal,
            PaymentKind::Balance => Self::Balance,
        }
    }
}

/// What can happen to money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Movement {
    /// The customer paid; until the vehicle is delivered the money is the customer's.
    Captured,
    /// It went back to the customer.
    Refunded,
    /// The bank took it back.
    Reversed,
    /// The bank gave it back to us.
    Reinstated,
    /// The vehicle is the customer's to have: the money is the dealership's.
    Earned,
    /// The señal of a customer who didn't pay the balance in time is the dealership's.
    Forfeited,
    /// The authority registered the vehicle: the dealership owes it its fees, and the taxes that
    /// come with them.
    FeesOwed,
}

impl Movement {
    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Captured => "captured",
            Self::Refunded => "refunded",
            Self::Reversed => "reversed",
            Self::Reinstated => "reinstated",
            Self::Earned => "earned",
            Self::Forfeited => "forfeited",
            Self::FeesOwed => "fees_owed",
        }
    }

    /// The account that it is booked to, and the one that it comes from.
    pub fn accounts(self) -> (Account, Account) {
        match self {
            Self::Captured => (Account::Gateway, Account::Deposits),
            Self::Refunded => (Account::Deposits, Account::Gateway),
            Self::Reversed => (Account::Disputed, Account::Gateway),
            Self::Reinstated => (Account::Gateway, Account::Disputed),
            Self::Earned => (Account::Deposits, Account::Sales),
            Self::Forfeited => (Account::Deposits, Account::Forfeits),
            Self::FeesOwed => (Account::Fees, Account::Authority),
        }
    }
}

/// Where money is. A balance is what was booked to the account less what came from it: what the
/// dealership has, or is owed, is positive; what it owes, or has earned, is negative. All balances
/// together are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// At the payment gateway.
    Gateway,
    /// Customers' own, until they have their vehicle, or have lost it.
    Deposits,
    /// With a bank that took it back.
    Disputed,
    /// Earned by vehicles.
    Sales,
    /// Earned by señales of customers who didn't pay in time.
    Forfeits,
    /// Spent on registrations.
    Fees,
    /// Owed to the authority.
    Authority,
}

impl Account {
    /// Every account; [`Sale::balances`](super::Sale::balances) has each of them.
    pub const ALL: [Self; 7] = [
        Self::Gateway,
        Self::Deposits,
        Self::Disputed,
        Self::Sales,
        Self::Forfeits,
        Self::Fees,
        Self::Authority,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_movement_comes_from_one_account_and_goes_to_another() {
        use Movement::{Captured, Earned, FeesOwed, Forfeited, Refunded, Reinstated, Reversed};
        for movement in [Captured, Refunded, Reversed, Reinstated, Earned, Forfeited, FeesOwed] {
            let (to, from) = movement.accounts();
            assert_ne!(to, from, "{}", movement.as_str());
        }
        let undone = |one: Movement, other: Movement| {
            assert_eq!((one.accounts().1, one.accounts().0), other.accounts());
        };
        undone(Captured, Refunded);
        undone(Reversed, Reinstated);
    }

    #[test]
    fn a_posting_is_small() {
        let at = Timestamp::from_millisecond(1_790_000_000_123).unwrap();
        let written =
            serde_json::to_string(&Posting(Movement::Captured, Part::Signal, at)).unwrap();
        assert_eq!(written, r#"["captured","signal",1790000000123]"#);
        let written =
            serde_json::to_string(&Posting(Movement::FeesOwed, Part::Fees(9_977), at)).unwrap();
        assert_eq!(written, r#"["fees_owed",{"fees":9977},1790000000123]"#);
    }
}
