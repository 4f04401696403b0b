//! Whether every sale comes to its end, and nothing lies about on the way.

use super::findings::{Findings, Invariant};
use super::table::fact_time;
use crate::memory::{State, has};
use crate::simulation::{MAX_SKEW, Run, WINDOW, ended};
use domain::sale::{AttemptState, CaseKind, FactKind, PaymentKind, Status};

/// In a run without a fault or a silent gateway nothing waits for the schedule, which comes later
/// than this, in milliseconds.
const AT_ONCE: i64 = 10 * 60 * 1_000;

/// In a run without a fault, what one step waits for reaches the next at once.
const PROMPT: i64 = 3 * 60 * 60 * 1_000;

/// Nothing that was decided lies about, and nobody loses a sale while money is on its way.
pub(super) fn prompt(run: &Run, state: &State, found: &mut Findings) {
    for (id, row) in &state.sales {
        let paid_at = fact_time(&row.sale, FactKind::ReservationPaid);
        let ends = [FactKind::OrderPlaced, FactKind::OrderRejected, FactKind::Cancelled];
        let next = ends.into_iter().find_map(|kind| fact_time(&row.sale, kind));
        let held = has(&row.sale, FactKind::PaymentReversed);
        let late = !held
            && paid_at.zip(next).is_some_and(|(paid, next)| next.saturating_sub(paid) > PROMPT);
        found.check(!late || run.is_disturbed(state), Invariant::Workflow, || {
            format!("{id} was ordered late")
        });
        let calm =
            !held && !run.skewed && !run.is_disturbed(state) && state.gateway_down.0 == i64::MAX;
        for (before, after) in [
            (FactKind::RefundDue, FactKind::Refunded),
            (FactKind::VehicleRegistered, FactKind::ReadyForDelivery),
        ] {
            let waited = fact_time(&row.sale, before)
                .zip(fact_time(&row.sale, after))
                .map(|(from, to)| to.saturating_sub(from));
            let at_once = waited.is_none_or(|waited| waited <= AT_ONCE);
            found.check(at_once || !calm, Invariant::Workflow, || {
                format!("{id}: {after:?} came late")
            });
        }
        patience(run, state, &row.sale, found);
        let lost = [FactKind::Lapsed, FactKind::SinAsignar]
            .into_iter()
            .find_map(|kind| fact_time(&row.sale, kind));
        let Some(lost) = lost else { continue };
        let sent = |attempt: &domain::sale::Attempt| {
            attempt.started_at.as_millisecond().saturating_add(2 * MAX_SKEW) < lost
        };
        let kind = if row.sale.status() == Status::Lapsed {
            PaymentKind::Signal
        } else {
            PaymentKind::Balance
        };
        let taken = row.sale.attempts(kind).iter().any(|attempt| {
            let money = matches!(
                attempt.state,
                AttemptState::Captured(_) | AttemptState::RefundDue(_) | AttemptState::Refunded(..)
            );
            money && sent(attempt)
        });
        // A manager gave it up when nobody could ask for it any more.
        let given_up = row
            .sale
            .cases
            .iter()
            .any(|case| case.kind == CaseKind::PaymentUnsettled && case.closure.is_some());
        found.check(!taken || given_up, Invariant::Vehicle, || {
            format!("{id} was lost while its money was on its way")
        });
    }
}

/// A customer has the time that was promised, unless another payment takes the place of the one that
/// waits, or the sale is over.
fn patience(run: &Run, state: &State, sale: &domain::Sale, found: &mut Findings) {
    let calm = !run.skewed && !run.is_disturbed(state);
    for (kind, attempt) in sale.all_attempts().filter(|_| calm) {
        let ended = state.payments.get(&attempt.id.to_string()).and_then(|known| known.ended_at);
        let (Some(ended), Some(until)) = (ended, attempt.expires_at()) else { continue };
        let (paid, deadline) = match kind {
            PaymentKind::Signal => {
                (FactKind::ReservationPaid, fact_time(sale, FactKind::SaleRegistered))
            }
            PaymentKind::Balance => {
                (FactKind::PaymentReceived, fact_time(sale, FactKind::AvailableForCustomer))
            }
        };
        let window = i64::try_from(WINDOW.as_millis()).unwrap_or_default();
        let extended = sale.extensions.last().filter(|_| kind == PaymentKind::Balance);
        let deadline = extended
            .map(|extension| extension.to.as_millisecond())
            .or(deadline.map(|from| from.saturating_add(window)))
            .unwrap_or(i64::MAX);
        // What it would pay was paid, or the sale was cancelled with it.
        let over = [paid, FactKind::Cancelled]
            .into_iter()
            .filter_map(|kind| fact_time(sale, kind))
            .any(|at| at <= ended.saturating_add(AT_ONCE));
        let next = sale.attempts(kind).iter().any(|other| other.started_at > attempt.started_at);
        let in_time = ended >= until.as_millisecond().min(deadline);
        found.check(next || over || in_time, Invariant::Ends, || {
            format!("{}: {} was ended before its time", sale.id, attempt.id)
        });
    }
}

pub(super) fn endings(run: &Run, state: &State, found: &mut Findings) {
    found.check(run.at_rest, Invariant::Ends, || "the run never comes to rest".to_owned());
    found.check(run.given_up == 0, Invariant::Ends, || {
        format!("{} messages and changes that were given up lie there still", run.given_up)
    });
    found.check(run.standstill.is_none(), Invariant::Ends, || {
        format!("nobody ended {:?}", run.standstill)
    });
    for id in &run.restless {
        found.add(Invariant::Ends, format!("{id} is not at rest at the end of time"));
    }
    for (id, row) in &state.sales {
        let ended = ended(&row.sale);
        found.check(ended, Invariant::Ends, || format!("{id} hangs in {}", row.sale.status()));
        let started = run.transitions.contains_key(id);
        found.check(started, Invariant::Workflow, || format!("{id} has no workflow"));
        let open = row.sale.all_attempts().any(|(_, attempt)| attempt.state.is_open());
        found.check(!open, Invariant::Ends, || {
            format!("{id} has a payment whose outcome nobody asked for")
        });
        let owed = row
            .sale
            .all_attempts()
            .any(|(_, attempt)| matches!(attempt.state, AttemptState::RefundDue(_)));
        found.check(!owed, Invariant::Money, || format!("{id} owes a refund"));
        let case = row.sale.open_cases().next();
        found.check(case.is_none(), Invariant::Ends, || {
            format!("{id} has a case that nobody can close: {case:?}")
        });
    }
    for (sale, at) in &run.unfinished {
        found.add(Invariant::Workflow, format!("the workflow of {sale} hangs in {at}"));
    }
}
