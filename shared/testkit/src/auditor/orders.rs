//! The factory's orders.

use super::findings::{Findings, Invariant};
use super::table::sale_of;
use crate::memory::{FactoryOrder, State, has};
use crate::simulation::TELL_BEYOND;
use domain::sale::{FactKind, Sale, Status};
use std::collections::BTreeSet;

pub(super) fn orders(state: &State, found: &mut Findings) {
    let mut seen = BTreeSet::new();
    for order in state.orders.values() {
        let sale = order.reference;
        found.check(seen.insert(sale), Invariant::OneOrder, || format!("{sale} was ordered twice"));
        found.check(order.intent_stored, Invariant::Intent, || {
            format!("{} was ordered with no stored intent", order.id)
        });
        let known = sale_of(state, sale);
        let paid = known.is_some_and(|sale| has(sale, FactKind::ReservationPaid));
        found.check(paid, Invariant::OneOrder, || {
            format!("{} was ordered before its señal", order.id)
        });
        for case in &order.troubles {
            let seen = known.is_some_and(|sale| sale.cases.iter().any(|seen| seen.kind == *case));
            found.check(seen, Invariant::Ends, || {
                format!("nobody sees {case:?} of {}, which the factory told", order.id)
            });
        }
        estimates(known, order, found);
        if order.cancelled {
            let ended = [Status::Cancelled, Status::OrderRejected];
            let ended = known.is_some_and(|sale| ended.contains(&sale.status()));
            found.check(ended, Invariant::Ends, || {
                format!("{} is not built, and {sale} waits for it", order.id)
            });
            continue;
        }
        let cancelled = known.is_some_and(|sale| sale.status() == Status::Cancelled);
        found.check(!cancelled, Invariant::OneOrder, || {
            format!("{} was ordered for {sale}, which is cancelled", order.id)
        });
        let booked = known.and_then(Sale::order).is_some_and(|booked| booked.id == order.id);
        found.check(booked, Invariant::OneOrder, || {
            format!("{} is in the factory's books, not in the table", order.id)
        });
    }
}

/// What the factory said that it expects is kept, and the customer is told of each day that is far
/// from the one that was told before (R-138, R-194 of `docs/requirements.md`).
fn estimates(sale: Option<&Sale>, order: &FactoryOrder, found: &mut Findings) {
    let Some(sale) = sale else { return };
    for date in &order.expected {
        let kept = sale.estimates.iter().any(|known| known.0 == *date);
        found.check(kept, Invariant::Told, || format!("{}: {date} is forgotten", order.id));
    }
    let (mut told, mut moves) = (sale.estimates.first().map(|known| known.0), 0_usize);
    for known in &sale.estimates {
        let days = told.map_or(0, |told| told.duration_until(known.0).as_hours().abs() / 24);
        if days > i64::from(TELL_BEYOND) {
            told = Some(known.0);
            moves = moves.saturating_add(1);
        }
    }
    let facts = sale.facts.iter().filter(|fact| fact.0 == FactKind::EstimateMoved).count();
    found.check(facts == moves, Invariant::Told, || {
        format!("{}: the estimate moved {moves} times, {facts} were to be told", order.id)
    });
}
