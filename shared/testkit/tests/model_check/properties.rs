//! What holds in every world, whatever the case.

use crate::model::Condition;
use crate::world::{Dispute, Payment, Row, Said, Try, World};
use domain::sale::{Attempt, AttemptState, FactKind, PaymentKind, Status};
use std::collections::BTreeSet;

/// What holds in every state, by the number of the invariant in the design.
pub(crate) const ALWAYS: [(&str, Condition); 11] = [
    ("1: at most one payment of a kind is kept", |_, world| {
        each(world, |_, row| PaymentKind::ALL.into_iter().all(|kind| kept(row, kind).count() <= 1))
    }),
    ("1: a capture ends in a paid sale, in a refund, or is still to be taken in", |_, world| {
        world.payments.iter().filter(|(_, payment)| payment.is(Said::Yes)).all(
            |(tried, payment)| {
                let stored = &world.row(tried.sale).stored;
                let attempt = stored.all_attempts().find(|(_, attempt)| attempt.id == tried.id());
                attempt.is_some_and(|(kind, attempt)| match attempt.state {
                    AttemptState::Captured(_) => {
                        !payment.refunded && is_paid(stored.status(), kind)
                    }
                    AttemptState::RefundDue(_) => true,
                    AttemptState::Refunded(..) => payment.refunded,
                    AttemptState::RefundFailed(_) => false,
                    AttemptState::Unknown
                    | AttemptState::Processing(_)
                    | AttemptState::AwaitsCustomer(..)
                    | AttemptState::Declined(_)
                    | AttemptState::Expired(_) => !payment.refunded,
                    // What was given back after a dispute was won, the news of its end shows: that
                    // is on its way.
                    AttemptState::Reversed(_) => match payment.disputed.last() {
                        Some(Dispute::Won) => true,
                        Some(Dispute::Opened | Dispute::Lost) => !payment.refunded,
                        None => false,
                    },
                })
            },
        )
    }),
    ("1: the sale takes no money that the gateway doesn't have", |_, world| {
        each(world, |sale, row| {
            PaymentKind::ALL.into_iter().all(|kind| {
                let has = |attempt: &Attempt| {
                    world.payments.get(&Try::of(attempt.id)).is_some_and(Payment::is_kept)
                };
                kept(row, kind).all(has)
                    && (!is_paid(row.stored.status(), kind) || world.has(sale, kind))
            })
        })
    }),
    ("1: what waits for its customer at the gateway is an open attempt of its sale", |_, world| {
        world.payments.iter().filter(|(_, payment)| payment.is(Said::Waits)).all(|(tried, _)| {
            let mut attempts = world.row(tried.sale).stored.all_attempts();
            attempts.any(|(_, attempt)| attempt.id == tried.id() && attempt.state.is_open())
        })
    }),
    ("1: a request to pay makes one attempt, and a refund that is due is asked for", |_, world| {
        each(world, |_, row| {
            let keys: BTreeSet<_> = row
                .stored
                .all_attempts()
                .map(|(kind, attempt)| (kind, attempt.key.to_string()))
                .collect();
            let due = row
                .stored
                .all_attempts()
                .any(|(_, attempt)| matches!(attempt.state, AttemptState::RefundDue(_)));
            keys.len() == row.stored.all_attempts().count() && (!due || row.refund_asked)
        })
    }),
    (
        "2: at most one live sale has the vehicle, and the vehicle's record says which",
        |_, world| {
            let live = |row: &Row| row.stored.vehicle().is_some() && !row.stored.status().is_lost();
            each(world, |sale, row| live(row) == (world.holder == Some(sale)))
        },
    ),
    (
        "3: the factory builds only for a sale with a kept señal, and the sale knows it",
        |_, world| {
            each(world, |sale, row| {
                let status = row.stored.status();
                match row.order {
                    Some(Said::Yes) => {
                        !matches!(status, Status::OrderRejected | Status::Cancelled)
                            && world.has(sale, PaymentKind::Signal)
                    }
                    _ => row.stored.order().is_none(),
                }
            })
        },
    ),
    (
        "4: neither status nor history goes back, and nobody loses a sale before its deadline",
        |_, world| !world.went_back,
    ),
    ("4: each step happens once", |_, world| {
        each(world, |_, row| {
            let money = |kind| {
                matches!(
                    kind,
                    FactKind::RefundDue
                        | FactKind::Refunded
                        | FactKind::PaymentReversed
                        | FactKind::PaymentReinstated
                )
            };
            let steps = || row.stored.facts.iter().filter(|fact| !money(fact.0));
            steps().map(|fact| fact.0).collect::<BTreeSet<_>>().len() == steps().count()
        })
    }),
    (
        "10: what has not happened yet waits for money that the bank took back, \
         which is a case until it is ours or answered for",
        |_, world| {
            let reversed =
                |row: &Row| row.stored.all_attempts().any(|(_, attempt)| attempt.back.taken() > 0);
            let answered_for =
                |row: &Row| row.stored.cases.iter().any(|case| case.closure.is_some());
            let case = |row: &Row| row.stored.is_on_hold() == (reversed(row) && !answered_for(row));
            !world.went_ahead && each(world, |_, row| case(row))
        },
    ),
    ("10: only a vehicle that is paid in full and held is registered", |_, world| {
        each(world, |_, row| match (row.registrar, row.stored.registration()) {
            (Some(registrar), _) => registrar.paid_in_full && registrar.held,
            (None, registration) => registration.is_none(),
        })
    }),
];

fn each(world: &World, holds: impl Fn(u8, &Row) -> bool) -> bool {
    (0..).zip(&world.sales).all(|(sale, row)| holds(sale, row))
}

/// The attempts whose money the sale keeps.
fn kept(row: &Row, kind: PaymentKind) -> impl Iterator<Item = &Attempt> {
    row.stored
        .attempts(kind)
        .iter()
        .filter(|attempt| matches!(attempt.state, AttemptState::Captured(_)))
}

/// Whether a sale of this status has this payment, and keeps it.
fn is_paid(status: Status, kind: PaymentKind) -> bool {
    match kind {
        PaymentKind::Signal => !matches!(
            status,
            Status::SaleRegistered | Status::Lapsed | Status::OrderRejected | Status::Cancelled
        ),
        PaymentKind::Balance => {
            matches!(
                status,
                Status::PaymentReceived | Status::VehicleRegistered | Status::ReadyForDelivery
            )
        }
    }
}
