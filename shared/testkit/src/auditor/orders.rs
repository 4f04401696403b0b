//! The factory's orders.

use super::findings::{Findings, Invariant};
use super::table::sale_of;
use crate::memory::{State, has};
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
