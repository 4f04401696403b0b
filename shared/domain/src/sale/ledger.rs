//! The ledger: every movement of a sale's money, in double entry. It only grows, and commits with
//! the decision that moved the money.

use super::PaymentKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

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
    /// An amount of its own, in minor units: a part of a payment, or the authority's fees as they
    /// were when they fell due.
    Minor(u64),
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
    /// It was to go back, and came again: the customer is owed it.
    RefundFailed,
    /// The customer got what a refund that failed was for, out of the dealership's own bank account.
    PaidOut,
    /// It went back by hand after it was the dealership's: a gesture.
    Allowed,
    /// Such a gesture came again.
    AllowanceFailed,
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
            Self::RefundFailed => "refund_failed",
            Self::PaidOut => "paid_out",
            Self::Allowed => "allowed",
            Self::AllowanceFailed => "allowance_failed",
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
            Self::Captured | Self::RefundFailed => (Account::Gateway, Account::Deposits),
            Self::Refunded => (Account::Deposits, Account::Gateway),
            Self::PaidOut => (Account::Deposits, Account::Bank),
            Self::Allowed => (Account::Allowances, Account::Gateway),
            Self::AllowanceFailed => (Account::Gateway, Account::Allowances),
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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
    /// Given up by gestures to customers.
    Allowances,
    /// The dealership's own bank account.
    Bank,
    /// Spent on registrations.
    Fees,
    /// Owed to the authority.
    Authority,
}

impl Account {
    /// Every account; [`Sale::balances`](super::Sale::balances) has each of them.
    pub const ALL: [Self; 9] = [
        Self::Gateway,
        Self::Deposits,
        Self::Disputed,
        Self::Sales,
        Self::Forfeits,
        Self::Allowances,
        Self::Bank,
        Self::Fees,
        Self::Authority,
    ];

    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_movement_comes_from_one_account_and_goes_to_another() {
        use Movement::{
            AllowanceFailed, Allowed, Captured, Earned, FeesOwed, Forfeited, PaidOut, RefundFailed,
            Refunded, Reinstated, Reversed,
        };
        let gateway = [Captured, Refunded, RefundFailed, Reversed, Reinstated, Allowed];
        for movement in
            gateway.into_iter().chain([AllowanceFailed, PaidOut, Earned, Forfeited, FeesOwed])
        {
            let (to, from) = movement.accounts();
            assert_ne!(to, from, "{}", movement.as_str());
        }
        let undone = |one: Movement, other: Movement| {
            assert_eq!((one.accounts().1, one.accounts().0), other.accounts());
        };
        undone(Captured, Refunded);
        undone(Refunded, RefundFailed);
        undone(Allowed, AllowanceFailed);
        undone(Reversed, Reinstated);
    }

    #[test]
    fn a_posting_is_small() {
        let at = Timestamp::from_millisecond(1_790_000_000_123).unwrap();
        let written =
            serde_json::to_string(&Posting(Movement::Captured, Part::Signal, at)).unwrap();
        assert_eq!(written, r#"["captured","signal",1790000000123]"#);
        let written =
            serde_json::to_string(&Posting(Movement::FeesOwed, Part::Minor(9_977), at)).unwrap();
        assert_eq!(written, r#"["fees_owed",{"minor":9977},1790000000123]"#);
    }
}
