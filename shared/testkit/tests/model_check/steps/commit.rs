//! The conditional write, and what the relay makes of it.

use super::process::{after, decided};
use crate::world::{Process, Stored, World, time};
use domain::sale::{Effect, Event, FactKind, Sale, Stage, Status, effects, evolve, vehicle_change};
use domain::vehicle::VehicleChange;

/// What the store forgets to check, to see that the properties see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    /// A commit needs the version that was read, and the vehicle's holder as it should be.
    Sound,
    /// It takes any version.
    AnyVersion,
    /// It takes any holder.
    AnyHolder,
}

/// One conditional write; after a conflict the process reads the sale and decides again.
pub(super) fn commit(world: &mut World, process: &Process, store: Store) -> Option<Process> {
    let (sale, read) = (process.sale, &process.read);
    let events = decided(process).ok()?;
    let made = Stored::new(evolve(read, &events, time(process.tick)));
    let stored = world.row(sale).stored.clone();
    if store != Store::AnyVersion && stored.version != read.version {
        return Some(Process { read: stored, ..process.clone() });
    }
    if let Some(change) = vehicle_change(read, &made) {
        let free = match change {
            VehicleChange::Assign { .. } => world.holder.is_none_or(|holder| holder == sale),
            VehicleChange::Release { .. }
            | VehicleChange::Replace { .. }
            | VehicleChange::Register { .. } => world.holder == Some(sale),
        };
        if !free && store != Store::AnyHolder {
            return None;
        }
        world.holder =
            if matches!(change, VehicleChange::Release { .. }) { None } else { Some(sale) };
    }
    world.went_back |= !is_forward(&stored, &made, world.tick);
    let ahead = |event: &Event| {
        matches!(
            event,
            Event::OrderRequested | Event::RegistrationRequested | Event::PreparedForDelivery
        )
    };
    world.went_ahead |= stored.is_on_hold() && events.iter().any(ahead);
    let row = world.row_mut(sale);
    for effect in effects(Some(&stored), &made) {
        match effect {
            Effect::ResumeWorkflow(wait) => drop(row.woken.insert(wait.as_str())),
            Effect::Refund => row.refund_asked = true,
            Effect::StartWorkflow
            | Effect::IssueCredentials
            | Effect::ReleaseReservation
            | Effect::Notify { .. }
            | Effect::HandOver => {}
        }
    }
    row.stored = made.clone();
    after(Process { read: made, ..process.clone() })
}

/// Whether a commit takes the sale forward: its history only grows, its status follows the diagram,
/// and only a deadline that has passed ends it unpaid.
fn is_forward(old: &Sale, new: &Sale, tick: u8) -> bool {
    let kinds = |sale: &Sale| sale.facts.iter().map(|fact| fact.0).collect::<Vec<FactKind>>();
    let lost_in_time = match (&old.stage, new.status()) {
        (Stage::SaleRegistered { pay_signal_by: deadline }, Status::Lapsed)
        | (Stage::FinalPaymentPending { pay_by: deadline, .. }, Status::SinAsignar) => {
            time(tick) <= *deadline
        }
        _ => false,
    };
    let follows = match (old.status(), new.status()) {
        (old, new) if old == new => true,
        (Status::SaleRegistered, Status::Lapsed | Status::Cancelled)
        | (Status::ReservationPaid, Status::OrderRejected | Status::Cancelled)
        | (Status::FinalPaymentPending, Status::SinAsignar) => true,
        (old, new) => !old.is_lost() && !new.is_lost() && old < new,
    };
    kinds(new).starts_with(&kinds(old))
        && old.milestone() <= new.milestone()
        && follows
        && !lost_in_time
}
