//! What is prepared, and what the delivery subsystem was told.

use super::findings::{Findings, Invariant};
use crate::memory::{State, has};
use domain::sale::FactKind;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// The lines of the checklist.
const CHECKS: usize = 4;

pub(super) fn deliveries(state: &State, found: &mut Findings) {
    for (id, row) in &state.sales {
        let sale = &row.sale;
        let handed_over = has(sale, FactKind::HandedOver);
        let kinds: BTreeSet<&str> = sale.checks.iter().map(|check| check.kind.as_str()).collect();
        let prepared =
            kinds.len() == CHECKS && sale.checks.len() == CHECKS && sale.appointment.is_some();
        found.check(handed_over == prepared, Invariant::Delivery, || {
            format!("{id} has {} checks done, and is handed over: {handed_over}", sale.checks.len())
        });
        for told in state.taken_over.iter().filter(|told| told.sale_id == *id) {
            let arranged = sale.appointment.as_ref().map(|arranged| arranged.slot);
            let as_arranged =
                arranged.is_some_and(|slot| (slot.date, slot.time) == (told.date, told.time));
            found.check(as_arranged, Invariant::Delivery, || {
                format!("{id} is handed over for another time than was arranged: {told:?}")
            });
            // The dealership is in Madrid, where no day begins later than in UTC.
            let closed = told.handed_over_at.to_zoned(TimeZone::UTC).date();
            found.check(told.date >= closed, Invariant::Delivery, || {
                format!("{id} is handed over on {closed} for {}, which is gone", told.date)
            });
        }
        let told = state.taken_over.iter().any(|told| told.sale_id == *id);
        found.check(told == handed_over, Invariant::Delivery, || {
            format!("{id} is handed over: {handed_over}; the delivery subsystem was told: {told}")
        });
    }
}
