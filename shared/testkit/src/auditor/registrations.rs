//! The authorities' registrations.

use super::findings::{Findings, Invariant};
use super::table::sale_of;
use crate::memory::State;
use crate::simulation::{MAX_SKEW, Run};
use domain::sale::FactKind;

/// A call that was begun before news of a reversal may still arrive for so long, clocks that are
/// off included, in milliseconds.
const ON_ITS_WAY: i64 = 2 * 60 * 60 * 1_000;

pub(super) fn registrations(run: &Run, state: &State, found: &mut Findings) {
    for entry in state.registrations.values() {
        let sale = entry.sale;
        found.check(entry.balance_captured, Invariant::Registration, || {
            format!("{sale} was registered before full payment")
        });
        let late = entry.unclear.is_none_or(|(opened, intent)| opened + 2 * MAX_SKEW >= intent);
        found.check(late, Invariant::Registration, || {
            format!("{} was registered while it was a case which vehicle it is", entry.vehicle)
        });
        let known = sale_of(state, sale);
        // A call on its way is not called back.
        let count = |kind, until: i64| {
            let facts = known.into_iter().flat_map(|sale| &sale.facts);
            facts.filter(|fact| fact.0 == kind && fact.1.as_millisecond() <= until).count()
        };
        let held = count(FactKind::PaymentReversed, entry.at.saturating_sub(ON_ITS_WAY))
            > count(FactKind::PaymentReinstated, entry.at.saturating_add(2 * MAX_SKEW));
        let answered_for = run.closures.get(&sale).is_some_and(|asked| *asked <= entry.at);
        found.check(!held || answered_for, Invariant::Registration, || {
            format!("{sale} was registered while a payment was reversed")
        });
        let holds = known.is_some_and(|known| {
            known.vehicle() == Some(&entry.vehicle) && known.dealership == entry.dealership
        });
        found.check(holds, Invariant::Registration, || {
            format!("{} was registered for {sale}, which doesn't hold it", entry.vehicle)
        });
    }
    for (id, row) in &state.sales {
        let registered = row.sale.registration().is_none_or(|known| {
            state.registrations.values().any(|entry| entry.registration == *known)
        });
        found.check(registered, Invariant::Registration, || {
            format!("{id} has a plate that no authority gave")
        });
    }
}
