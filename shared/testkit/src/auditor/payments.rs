//! The gateway's payments: each is due, kept once or given back, and known to its sale.

use super::findings::{Findings, Invariant};
use super::table::{fact_time, sale_of};
use crate::memory::{State, has};
use crate::simulation::{MAX_SKEW, PATIENCE, Run};
use domain::SaleId;
use domain::sale::{AttemptState, CaseKind, Fact, FactKind, PaymentKind, PaymentOutcome, Status};
use std::collections::BTreeMap;

/// In this time, in milliseconds, the schedule comes round, whatever goes wrong in some of its
/// runs.
const ROUND: i64 = 6 * 60 * 60 * 1_000;

pub(super) fn money(run: &Run, state: &State, found: &mut Findings) {
    let mut kept: BTreeMap<(SaleId, PaymentKind), u32> = BTreeMap::new();
    for payment in state.payments.values() {
        let id = &payment.id;
        found.check(payment.intent.is_some(), Invariant::Intent, || {
            format!("{id} was asked for with no stored attempt")
        });
        let back = &payment.back;
        let (refunded, taken) = (payment.refunded(), payment.taken());
        found.check(refunded <= payment.amount, Invariant::Money, || {
            format!("{id} was {}, and {refunded} of it was refunded", payment.amount)
        });
        let Some(sale) = sale_of(state, payment.sale) else {
            found.add(Invariant::Money, format!("{id} belongs to no sale"));
            continue;
        };
        let asked = sale.amount_due(payment.kind).minor();
        found.check(payment.amount == asked, Invariant::Money, || {
            format!("{id} charged {} where {asked} was due", payment.amount)
        });
        found.check(payment.cash == 0, Invariant::Money, || {
            format!("{} that nothing took was not given back: {id}", payment.cash)
        });
        let over = payment.intent.is_some_and(Status::is_lost);
        found.check(!over, Invariant::Intent, || {
            format!("{id} was asked for when {} was over", payment.sale)
        });
        let captured = matches!(payment.outcome, PaymentOutcome::Captured(_));
        let attempt = sale
            .all_attempts()
            .find(|(_, known)| known.id == payment.attempt)
            .map(|(_, known)| known);
        let waited =
            attempt.map_or(0, |known| payment.at.saturating_sub(known.started_at.as_millisecond()));
        let patience =
            i64::try_from(PATIENCE.case_after.as_millis()).unwrap_or(0).saturating_add(ROUND);
        let case = sale.cases.iter().any(|case| case.kind == CaseKind::PaymentUnsettled);
        found.check(waited <= patience || case, Invariant::Ends, || {
            format!("{id} was left open, and {} has no case", payment.sale)
        });
        // Where the gateway was silent until it had forgotten the call, nobody ever heard its id, nor
        // the customer where to pay: a manager gave it up.
        let given_up = attempt
            .is_some_and(|known| matches!(known.state, AttemptState::Declined(_)))
            && sale
                .cases
                .iter()
                .any(|case| case.kind == CaseKind::PaymentUnsettled && case.closure.is_some());
        let waits = matches!(payment.outcome, PaymentOutcome::AwaitsCustomer(..));
        found.check(!waits || given_up, Invariant::Ends, || {
            format!("{id} still waits for its customer, and {} is over", payment.sale)
        });
        let known = attempt.map(|known| (&known.state, &known.back));
        // What the gateway's books say left, the sale's say too, to the cent.
        let agrees = known.map_or(back.is_empty(), |(_, known)| {
            (known.refunded(), known.taken()) == (refunded, taken)
        });
        found.check(agrees, Invariant::Money, || {
            format!("{id} has {back:?} at the gateway, and the table {known:?}")
        });
        if taken > 0 {
            // Open, or closed by a manager: never by itself.
            let mut cases = sale.cases.iter().filter(|case| case.kind == CaseKind::PaymentReversed);
            let case = cases.any(|case| case.closed_at.is_none() || case.closure.is_some());
            found.check(case, Invariant::Money, || {
                format!("{id} was taken back, and {} has no case", payment.sale)
            });
        }
        let paid_out = known.map_or(0, |(_, known)| known.paid_out);
        let left = payment.left().saturating_sub(paid_out);
        if captured && left > 0 {
            let count = kept.entry((payment.sale, payment.kind)).or_default();
            *count = count.saturating_add(1);
            let paid = match payment.kind {
                PaymentKind::Signal => has(sale, FactKind::ReservationPaid),
                PaymentKind::Balance => has(sale, FactKind::PaymentReceived),
            };
            found.check(paid, Invariant::Money, || {
                format!("{id} was captured and kept, but {} is not paid", payment.sale)
            });
            let refused = matches!(sale.status(), Status::OrderRejected | Status::Cancelled);
            found.check(!refused, Invariant::Money, || {
                format!("{id} was kept although {} is {}", payment.sale, sale.status())
            });
            let booked = known.is_some_and(|(state, _)| match state {
                AttemptState::Captured(known) => known == id,
                AttemptState::Reversed(known) => known == id && taken > 0,
                _ => false,
            });
            found.check(booked, Invariant::Money, || {
                format!("{id} is captured at the gateway, not in the table")
            });
        }
        let given = captured && refunded == payment.amount && !payment.is_refunded_by_us();
        let counts = known.is_some_and(|(state, _)| matches!(state, AttemptState::Captured(_)));
        found.check(!given || !counts, Invariant::Money, || {
            format!("all of {id} was given back by hand, and {} counts as paid", payment.sale)
        });
        if payment.is_refunded_by_us() {
            let forfeit =
                payment.kind == PaymentKind::Signal && sale.status() == Status::SinAsignar;
            let owner_paid =
                known.is_some_and(|(state, _)| matches!(state, AttemptState::Refunded(..)));
            found.check(captured && owner_paid, Invariant::Money, || {
                format!("{id} was refunded, the table says otherwise")
            });
            let paid_twice = kept_elsewhere(state, payment.sale, payment.kind);
            found.check(!forfeit || paid_twice, Invariant::Money, || {
                format!("the señal {id} was refunded although it is forfeit")
            });
        }
    }
    for ((sale, kind), count) in kept {
        found.check(count <= 1, Invariant::Money, || {
            format!("{sale} paid its {} {count} times", kind.as_str())
        });
    }
    for (id, row) in &state.sales {
        let sale = &row.sale;
        let count = |facts: &[Fact], kind| facts.iter().filter(|fact| fact.0 == kind).count();
        for (at, _) in
            sale.facts.iter().enumerate().filter(|(_, fact)| fact.0 == FactKind::ReadyForDelivery)
        {
            let before = sale.facts.get(..at).unwrap_or_default();
            let settled = count(before, FactKind::PaymentReversed)
                == count(before, FactKind::PaymentReinstated);
            let delivered = sale.facts.get(at).map(|fact| fact.1.as_millisecond());
            let answered_for = run
                .closures
                .get(id)
                .zip(delivered)
                .is_some_and(|(asked, at)| *asked <= at.saturating_add(2 * MAX_SKEW));
            found.check(settled || answered_for, Invariant::Registration, || {
                format!("{id} went to delivery while a payment was reversed")
            });
        }
        for (kind, fact) in [
            (PaymentKind::Signal, FactKind::ReservationPaid),
            (PaymentKind::Balance, FactKind::PaymentReceived),
        ] {
            let captured = state.payments.values().any(|p| {
                p.sale == *id && p.kind == kind && matches!(p.outcome, PaymentOutcome::Captured(_))
            });
            found.check(!has(sale, fact) || captured, Invariant::Money, || {
                format!("{id} counts its {} as paid, the gateway doesn't", kind.as_str())
            });
            let paid_at = fact_time(sale, fact).map(|at| at.saturating_add(2 * MAX_SKEW));
            let again = sale
                .attempts(kind)
                .iter()
                .any(|a| paid_at.is_some_and(|at| a.started_at.as_millisecond() > at));
            found.check(!again, Invariant::Money, || {
                format!("{id} was to pay its {} again after it was paid", kind.as_str())
            });
        }
    }
}

fn kept_elsewhere(state: &State, sale: SaleId, kind: PaymentKind) -> bool {
    state.payments.values().any(|p| {
        p.sale == sale
            && p.kind == kind
            && p.refunded() < p.amount
            && matches!(p.outcome, PaymentOutcome::Captured(_))
    })
}
