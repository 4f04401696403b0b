//! What each event books in the sale's ledger, and what the accounts hold because of it.

use super::{Account, Event, Movement, Part, PaymentKind, Posting, Sale};
use crate::AttemptId;
use crate::country::Country;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What each account holds, in minor units of one currency.
pub type Balances = BTreeMap<Account, i64>;

impl Sale {
    /// What each account holds of this sale's money.
    pub fn balances(&self) -> Balances {
        let mut balances: Balances = Account::ALL.map(|account| (account, 0)).into();
        for Posting(movement, part, _) in &self.ledger {
            let amount = match part {
                Part::Signal => self.terms.signal().minor(),
                Part::Balance => self.terms.balance().minor(),
                Part::Fees(minor) => *minor,
            };
            let amount = i64::try_from(amount).unwrap_or(i64::MAX);
            let (to, from) = movement.accounts();
            balances.entry(to).and_modify(|held| *held = held.saturating_add(amount));
            balances.entry(from).and_modify(|held| *held = held.saturating_sub(amount));
        }
        balances
    }
}

/// The lines that an event adds.
pub(super) fn postings(sale: &Sale, event: &Event, now: Timestamp) -> Vec<Posting> {
    let of = |attempt: &AttemptId| {
        sale.all_attempts().find(|(_, known)| known.id == *attempt).map(|(kind, _)| kind)
    };
    let payments = |movement, kinds: &[PaymentKind]| {
        kinds.iter().map(|kind| (movement, Part::from(*kind))).collect()
    };
    let one = |movement, attempt| payments(movement, of(attempt).as_slice());
    let lines: Vec<(Movement, Part)> = match event {
        Event::PaymentCaptured { attempt, .. } => one(Movement::Captured, attempt),
        Event::Refunded { attempt, .. } => one(Movement::Refunded, attempt),
        Event::PaymentReversed { attempt } => one(Movement::Reversed, attempt),
        Event::PaymentReinstated { attempt } => one(Movement::Reinstated, attempt),
        Event::PreparedForDelivery => payments(Movement::Earned, &PaymentKind::ALL),
        Event::VehicleUnassigned => payments(Movement::Forfeited, &[PaymentKind::Signal]),
        Event::VehicleRegistered { .. } => {
            let fees = Country::of(sale.country).map(Country::fees).filter(|minor| *minor > 0);
            fees.map(|minor| (Movement::FeesOwed, Part::Fees(minor))).into_iter().collect()
        }
        _ => vec![],
    };
    lines.into_iter().map(|(movement, kind)| Posting(movement, kind, now)).collect()
}
