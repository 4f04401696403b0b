//! The ledger: every movement of a sale's money, in double entry. It only grows, and commits with the decision that moved the
//! money.

use super::{Event, PaymentKind, Sale};
use crate::AttemptId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A line of the ledger: what moved, which of the two payments, and when it was committed. The amount is the payment's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting(pub Movement, pub PaymentKind, #[serde(with = "crate::time::millis")] pub Timestamp);

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
    /// The vehicle is handed over: it is the dealership's.
    Earned,
    /// The señal of a customer who didn't pay the balance in time is the dealership's.
    Forfeited,
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
        }
    }
}

/// Where money is. A balance is what was booked to the account less what came from it: what the dealership has, or is owed, is
/// positive; what it owes, or has earned, is negative. All balances together are zero.
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
}

impl Account {
    /// Every account.
    pub const ALL: [Self; 5] = [Self::Gateway, Self::Deposits, Self::Disputed, Self::Sales, Self::Forfeits];
}

/// What each account holds, in minor units of one currency.
pub type Balances = BTreeMap<Account, i64>;

impl Sale {
    /// What each account holds of this sale's money.
    pub fn balances(&self) -> Balances {
        let mut balances: Balances = Account::ALL.map(|account| (account, 0)).into();
        for Posting(movement, payment, _) in &self.ledger {
            let amount = i64::try_from(self.amount_due(*payment).minor()).unwrap_or(i64::MAX);
            let (to, from) = movement.accounts();
            balances.entry(to).and_modify(|held| *held = held.saturating_add(amount));
            balances.entry(from).and_modify(|held| *held = held.saturating_sub(amount));
        }
        balances
    }
}

/// The lines that an event adds.
pub(super) fn postings(sale: &Sale, event: &Event, now: Timestamp) -> Vec<Posting> {
    let of = |attempt: &AttemptId| sale.all_attempts().find(|(_, known)| known.id == *attempt).map(|(kind, _)| kind);
    let lines: Vec<(Movement, PaymentKind)> = match event {
        Event::PaymentCaptured { attempt, .. } => of(attempt).map(|kind| (Movement::Captured, kind)).into_iter().collect(),
        Event::Refunded { attempt, .. } => of(attempt).map(|kind| (Movement::Refunded, kind)).into_iter().collect(),
        Event::PaymentReversed { attempt } => of(attempt).map(|kind| (Movement::Reversed, kind)).into_iter().collect(),
        Event::PaymentReinstated { attempt } => of(attempt).map(|kind| (Movement::Reinstated, kind)).into_iter().collect(),
        Event::PreparedForDelivery => PaymentKind::ALL.map(|kind| (Movement::Earned, kind)).to_vec(),
        Event::VehicleUnassigned => vec![(Movement::Forfeited, PaymentKind::Signal)],
        _ => vec![],
    };
    lines.into_iter().map(|(movement, kind)| Posting(movement, kind, now)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_movement_comes_from_one_account_and_goes_to_another() {
        use Movement::{Captured, Earned, Forfeited, Refunded, Reinstated, Reversed};
        for movement in [Captured, Refunded, Reversed, Reinstated, Earned, Forfeited] {
            let (to, from) = movement.accounts();
            assert_ne!(to, from, "{}", movement.as_str());
        }
        let undone = |one: Movement, other: Movement| assert_eq!((one.accounts().1, one.accounts().0), other.accounts());
        undone(Captured, Refunded);
        undone(Reversed, Reinstated);
    }

    #[test]
    fn a_posting_is_small() {
        let at = Timestamp::from_millisecond(1_790_000_000_123).unwrap();
        let written = serde_json::to_string(&Posting(Movement::Captured, PaymentKind::Signal, at)).unwrap();
        assert_eq!(written, r#"["captured","signal",1790000000123]"#);
    }
}
