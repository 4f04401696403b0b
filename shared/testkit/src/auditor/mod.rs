//! The auditor: judges a run by what the partners' books, the mails, the clients' answers and the
//! final table say. It knows the invariants of the business and nothing of the code that keeps
//! them.

mod answers;
mod deliveries;
mod endings;
mod findings;
mod ledger;
mod notifications;
mod orders;
mod payments;
mod registrations;
mod table;
mod vehicles;

pub use findings::{Invariant, Violation};

use crate::simulation::Run;
use domain::sale::Status;
use findings::Findings;

/// Every violation of a run that has come to its end.
pub fn audit(run: &Run) -> Vec<Violation> {
    run.world.with(|state| {
        let mut found = Findings::default();
        payments::money(run, state, &mut found);
        ledger::ledger(state, &mut found);
        vehicles::vehicles(run, state, &mut found);
        vehicles::stock(state, &mut found);
        orders::orders(state, &mut found);
        for sale in &state.regressions {
            found.add(Invariant::Forward, format!("{sale} went back"));
        }
        answers::answers(run, state, &mut found);
        endings::endings(run, state, &mut found);
        endings::prompt(run, state, &mut found);
        notifications::told(run, state, &mut found);
        registrations::registrations(run, state, &mut found);
        deliveries::deliveries(state, &mut found);
        for id in &state.released_early {
            found.add(Invariant::Unpaid, format!("{id} was let go of before its señal was paid"));
        }
        for (id, row) in &state.sales {
            let waits = row.sale.status() == Status::SaleRegistered;
            let counts = state.unpaid.contains_key(id);
            found.check(counts == waits, Invariant::Unpaid, || {
                format!("{id} is {:?}, and counts as unpaid: {counts}", row.sale.status())
            });
        }
        found.0
    })
}
