//! The mails and messages, against the facts that they tell.

use super::findings::{Findings, Invariant};
use crate::memory::{MailKind, State};
use crate::simulation::{BURST, Run};
use domain::sale::{Fact, FactKind, Notification};
use std::collections::BTreeMap;

/// Two deliveries of one message that are less than this apart, in milliseconds, may both find it
/// unsent.
const SAME_MOMENT: i64 = 2_000;

pub(super) fn told(run: &Run, state: &State, found: &mut Findings) {
    // What has to come, and what may: a milestone that another fact follows within minutes needs no
    // mail of its own, but gets one where clocks or a fault keep the two apart.
    let mut expected: BTreeMap<(&str, MailKind), u64> = BTreeMap::new();
    let mut allowed: BTreeMap<(&str, MailKind), u64> = BTreeMap::new();
    let calm = !run.skewed && !run.is_disturbed(state);
    let mut got: BTreeMap<(&str, MailKind), u64> = BTreeMap::new();
    // Customers want mails alone, or everything, on one device.
    let channels: u64 = if state.contact.devices.is_empty() { 1 } else { 3 };
    for row in state.sales.values() {
        let email = row.details.customer.email.as_str();
        expected.insert((email, MailKind::Credentials), 1);
        allowed.insert((email, MailKind::Credentials), 1);
        for (nth, fact) in row.sale.facts.iter().enumerate() {
            let may_wait = [
                FactKind::InProduction,
                FactKind::QualityCheck,
                FactKind::ReadyForShipment,
                FactKind::InTransit,
                FactKind::AtDealership,
            ]
            .contains(&fact.0);
            let soon = |later: &Fact| {
                let passed = later.1.as_millisecond().saturating_sub(fact.1.as_millisecond());
                notification(later.0).is_some_and(|told| told != Notification::EstimateMoved)
                    && passed < i64::try_from(BURST.as_millis()).unwrap_or(0)
            };
            // What was made or ended before its message came needs none.
            let asked = fact.0 == FactKind::PaymentAsked;
            let superseded =
                asked || may_wait && row.sale.facts.iter().skip(nth.saturating_add(1)).any(soon);
            let place = notification(fact.0)
                .and_then(|told| Notification::ALL.iter().position(|known| *known == told));
            let Some(place) = place else { continue };
            let by_all =
                [MailKind::Notification(place), MailKind::Push(place), MailKind::Text(place)];
            for kind in by_all.into_iter().take(usize::try_from(channels).unwrap_or(1)) {
                for (counts, counted) in
                    [(&mut expected, !superseded), (&mut allowed, !superseded || !calm || asked)]
                {
                    let count = counts.entry((email, kind)).or_default();
                    *count = count.saturating_add(u64::from(counted));
                }
            }
        }
    }
    for mail in &state.mails {
        let count = got.entry((mail.to.as_str(), mail.kind)).or_default();
        *count = count.saturating_add(1);
    }
    for (mail, count) in &expected {
        let arrived = got.get(mail).copied().unwrap_or(0);
        found.check(arrived >= *count, Invariant::Told, || {
            format!("{:?}: {arrived} of {count} mails came", mail.1)
        });
    }
    // A copy is excused where an outcome was lost or a process died, and where a message came twice
    // at the same moment.
    let mut moments: BTreeMap<(&str, MailKind), (u64, i64)> = BTreeMap::new();
    for mail in &state.mails {
        let (count, last) = moments.entry((mail.to.as_str(), mail.kind)).or_insert((0, i64::MIN));
        *count = count.saturating_add(u64::from(mail.at.saturating_sub(*last) > SAME_MOMENT));
        *last = mail.at;
    }
    for (mail, (count, _)) in &moments {
        let copied = allowed.get(mail).is_some_and(|allowed| count > allowed);
        found.check(!copied || run.is_disturbed(state), Invariant::Told, || {
            format!("{:?} came again with no reason", mail.1)
        });
    }
    let surplus: u64 = got
        .iter()
        .map(|(mail, count)| count.saturating_sub(allowed.get(mail).copied().unwrap_or(0)))
        .sum();
    // A message that comes twice at one moment may do so by each channel.
    let excused = u64::try_from(state.faults.len())
        .unwrap_or(u64::MAX)
        .saturating_add(run.sales)
        .saturating_mul(channels);
    found.check(surplus <= excused, Invariant::Told, || {
        format!("{surplus} mails too many, {excused} excused")
    });
    for mail in got.keys() {
        found.check(allowed.contains_key(mail), Invariant::Told, || {
            format!("{:?}: a mail about nothing", mail.1)
        });
    }
}

/// Which fact is told by which mail (R-26 of `docs/requirements.md`), written again, so that the
/// code's own table can't vouch for itself.
fn notification(fact: FactKind) -> Option<Notification> {
    Some(match fact {
        FactKind::OrderPlaced => Notification::OrderPlaced,
        FactKind::InProduction => Notification::ManufacturingStarted,
        FactKind::QualityCheck => Notification::QualityCheckCompleted,
        FactKind::ReadyForShipment => Notification::ReadyForShipment,
        FactKind::InTransit => Notification::InTransit,
        FactKind::AtDealership => Notification::AtDealership,
        FactKind::AvailableForCustomer => Notification::FinalPaymentDue,
        FactKind::PaymentReceived => Notification::FinalPaymentReceived,
        FactKind::SinAsignar => Notification::PaymentFailed,
        FactKind::VehicleRegistered => Notification::VehicleRegistered,
        FactKind::ReadyForDelivery => Notification::ReadyForDelivery,
        FactKind::DeliveryArranged => Notification::DeliveryArranged,
        FactKind::OrderRejected => Notification::OrderRejected,
        FactKind::Lapsed => Notification::SaleLapsed,
        FactKind::Cancelled => Notification::SaleCancelled,
        FactKind::DeadlineExtended => Notification::DeadlineExtended,
        FactKind::DeadlineReminder => Notification::DeadlineReminder,
        FactKind::Refunded => Notification::PaymentRefunded,
        FactKind::EstimateMoved => Notification::EstimateMoved,
        FactKind::PaymentAsked => Notification::PaymentAsked,
        _ => return None,
    })
}
