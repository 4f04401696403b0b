//! What each event books in the sale's ledger, and what the accounts hold because of it.

use super::{
    Account, Attempt, AttemptState, Event, MoneyBack, Movement, Part, PaymentKind, Posting, Sale,
};
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
                Part::Minor(minor) => *minor,
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
    let of = |id: &AttemptId| sale.all_attempts().find(|(_, known)| known.id == *id);
    let lines: Vec<(Movement, Part)> = match event {
        Event::PaymentCaptured { attempt, .. } => {
            of(attempt).map(|(kind, _)| (Movement::Captured, kind.into())).into_iter().collect()
        }
        Event::MoneyBackTold { attempt, back } => {
            of(attempt).map(|(kind, known)| moved(sale, kind, known, back)).unwrap_or_default()
        }
        Event::PreparedForDelivery => {
            PaymentKind::ALL.map(|kind| (Movement::Earned, kept(sale, kind))).into()
        }
        Event::VehicleUnassigned => {
            vec![(Movement::Forfeited, kept(sale, PaymentKind::Signal))]
        }
        Event::VehicleRegistered { .. } => {
            let fees = Country::of(sale.country).map(Country::fees).filter(|minor| *minor > 0);
            fees.map(|minor| (Movement::FeesOwed, Part::Minor(minor))).into_iter().collect()
        }
        _ => vec![],
    };
    lines.into_iter().map(|(movement, part)| Posting(movement, part, now)).collect()
}

/// What the dealership keeps of a payment: all of it, less what was given back by hand.
fn kept(sale: &Sale, kind: PaymentKind) -> Part {
    let counts = |attempt: &&Attempt| {
        matches!(attempt.state, AttemptState::Captured(_) | AttemptState::Reversed(_))
    };
    let given: u64 =
        sale.attempts(kind).iter().filter(counts).map(|attempt| attempt.back.refunded()).sum();
    part(sale, kind, sale.amount_due(kind).minor().saturating_sub(given))
}

/// What moved between what was known of a captured payment and what the gateway's books say now.
fn moved(
    sale: &Sale,
    kind: PaymentKind,
    attempt: &Attempt,
    back: &MoneyBack,
) -> Vec<(Movement, Part)> {
    let known = &attempt.back;
    // Once the money is the dealership's, what goes back of it is no longer the customer's deposit.
    let is_own = matches!(attempt.state, AttemptState::Captured(_) | AttemptState::Reversed(_))
        && sale.ledger.iter().any(|line| match line.0 {
            Movement::Earned => true,
            Movement::Forfeited => kind == PaymentKind::Signal,
            _ => false,
        });
    let (refunded, failed) = if is_own {
        (Movement::Allowed, Movement::AllowanceFailed)
    } else {
        (Movement::Refunded, Movement::RefundFailed)
    };
    [
        (refunded, known.refunded(), back.refunded()),
        (failed, back.refunded(), known.refunded()),
        (Movement::Reversed, known.taken(), back.taken()),
        (Movement::Reinstated, back.taken(), known.taken()),
        (Movement::PaidOut, known.paid_out, back.paid_out),
    ]
    .into_iter()
    .filter(|(_, less, more)| more > less)
    .map(|(movement, less, more)| (movement, part(sale, kind, more.saturating_sub(less))))
    .collect()
}

fn part(sale: &Sale, kind: PaymentKind, minor: u64) -> Part {
    if minor == sale.amount_due(kind).minor() { kind.into() } else { Part::Minor(minor) }
}
