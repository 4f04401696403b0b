//! Every reachable state of the sale's rules: the domain's own `decide`, `evolve`, `effects` and
//! `vehicle_change`, in a world where each function is a process that reads, commits, calls its
//! partner and commits again, where any process may be overtaken or crash between any two steps,
//! and where the partners' webhooks come late, in any order, any number of times.
//!
//! `cargo test -p testkit --test model_check -- --nocapture` prints how many states there are.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "all of this is test code")]

mod steps;
mod world;

use domain::sale::{
    Attempt, AttemptState, Command, FactKind, Milestone, PaymentKind, PaymentMethod,
    PaymentOutcome, Status, decide, evolve,
};
use stateright::{Checker, HasDiscoveries, Model, Property};
use std::collections::{BTreeMap, BTreeSet};
use steps::{Act, Action, Bank, Scope, Store};
use world::{
    Dispute, Payment, Row, Said, Try, World, new_sale, order, row, stock_sale, time, token, vehicle,
};

/// The model: a case, with a store.
struct Lifecycles {
    start: World,
    scope: Scope,
    possible: &'static [(&'static str, Condition)],
    store: Store,
}

impl Lifecycles {
    fn of(case: &Case, store: Store) -> Self {
        Self { start: (case.start)(), scope: case.scope, possible: case.possible, store }
    }
}

impl Model for Lifecycles {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![self.start.clone()]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        steps::possible(world, self.scope, actions);
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        steps::next(world, action, self.store)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut all: Vec<_> =
            ALWAYS.into_iter().map(|(name, holds)| Property::always(name, holds)).collect();
        all.extend(self.possible.iter().map(|(name, holds)| Property::sometimes(name, *holds)));
        all
    }
}

type Condition = fn(&Lifecycles, &World) -> bool;

/// What holds in every state, by the number of the invariant in the design.
const ALWAYS: [(&str, Condition); 10] = [
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
                    AttemptState::Unknown
                    | AttemptState::Processing(_)
                    | AttemptState::Declined(_) => !payment.refunded,
                    // What was given back after a dispute was won, the news of its end shows: that is
                    // on its way.
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
        "10: what has not happened yet waits for money that the bank took back, which is a case until it is ours or answered for",
        |_, world| {
            let reversed = |row: &Row| {
                row.stored
                    .all_attempts()
                    .any(|(_, attempt)| matches!(attempt.state, AttemptState::Reversed(_)))
            };
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

/// Where a check begins, how much happens in it, and what some run of it comes to: so that the
/// above is not true of a world in which nothing happens.
struct Case {
    name: &'static str,
    start: fn() -> World,
    scope: Scope,
    possible: &'static [(&'static str, Condition)],
}

/// From the registration to the order.
const UNTIL_THE_ORDER: Scope =
    Scope { processes: 3, ticks: 1, requests: 1, bank: Bank::Slow, milestones: &[], acts: &[] };
/// From the vehicle on its way to the end.
const FROM_THE_ARRIVAL: Scope =
    Scope { milestones: &[Milestone::AvailableForCustomer], ..UNTIL_THE_ORDER };

const ORDERED: (&str, Condition) =
    ("the order is placed", |_, world| has_status(world, Status::OrderPlaced));
const REFUSED: (&str, Condition) = ("a refused order's señal goes back", |_, world| {
    has_status(world, Status::OrderRejected) && refunds(world, PaymentKind::Signal) == 1
});
const LAPSED: (&str, Condition) = ("the sale lapses", |_, world| has_status(world, Status::Lapsed));
const DELIVERED: (&str, Condition) =
    ("the vehicle is delivered", |_, world| has_status(world, Status::ReadyForDelivery));
const UNASSIGNED: (&str, Condition) =
    ("the vehicle is sin asignar", |_, world| has_status(world, Status::SinAsignar));

const CASES: [Case; 14] = [
    Case {
        name: "a señal: payment, webhooks and timeout at once",
        start: || world(vec![row(new_sale(0))], BTreeMap::new()),
        scope: UNTIL_THE_ORDER,
        possible: &[ORDERED, REFUSED, LAPSED],
    },
    Case {
        name: "a señal: two requests to pay at once",
        start: || world(vec![row(new_sale(0))], BTreeMap::new()),
        scope: Scope { processes: 2, requests: 2, bank: Bank::Prompt, ..UNTIL_THE_ORDER },
        possible: &[ORDERED, REFUSED, LAPSED],
    },
    Case {
        name: "a señal: a bank that changes its mind",
        start: || world(vec![row(new_sale(0))], BTreeMap::new()),
        scope: Scope { processes: 1, requests: 2, bank: Bank::Fickle, ..UNTIL_THE_ORDER },
        possible: &[
            ORDERED,
            ("of two payments one goes back", |_, world| {
                has_status(world, Status::OrderPlaced) && refunds(world, PaymentKind::Signal) == 1
            }),
            ("money that comes too late goes back", |_, world| {
                has_status(world, Status::Lapsed) && refunds(world, PaymentKind::Signal) == 1
            }),
        ],
    },
    Case {
        name: "a balance: payment, webhooks, timeout and registration at once",
        start: || built(1),
        scope: FROM_THE_ARRIVAL,
        possible: &[DELIVERED, UNASSIGNED],
    },
    Case {
        name: "a balance: two requests to pay at once",
        start: || built(1),
        scope: Scope { processes: 2, requests: 2, bank: Bank::Prompt, ..FROM_THE_ARRIVAL },
        possible: &[DELIVERED, UNASSIGNED],
    },
    Case {
        name: "a balance: a bank that changes its mind",
        start: || built(1),
        scope: Scope { processes: 1, requests: 2, bank: Bank::Fickle, ..FROM_THE_ARRIVAL },
        possible: &[
            ("of two payments one goes back", |_, world| {
                has_status(world, Status::ReadyForDelivery)
                    && refunds(world, PaymentKind::Balance) == 1
            }),
            ("money that comes too late goes back", |_, world| {
                has_status(world, Status::SinAsignar) && refunds(world, PaymentKind::Balance) == 1
            }),
        ],
    },
    Case {
        name: "a whole sale",
        start: || world(vec![row(new_sale(0))], BTreeMap::new()),
        scope: Scope {
            processes: 2,
            ticks: 2,
            bank: Bank::Prompt,
            milestones: &[
                Milestone::InTransit,
                Milestone::AtDealership,
                Milestone::AvailableForCustomer,
            ],
            ..UNTIL_THE_ORDER
        },
        possible: &[DELIVERED, UNASSIGNED, REFUSED, LAPSED],
    },
    Case {
        name: "a señal: payment, cancellation and the order at once",
        start: || world(vec![row(new_sale(0))], BTreeMap::new()),
        scope: Scope { processes: 2, acts: &[Act::Cancel], ..UNTIL_THE_ORDER },
        possible: &[
            ORDERED,
            ("a paid sale is cancelled and its señal goes back", |_, world| {
                has_status(world, Status::Cancelled) && refunds(world, PaymentKind::Signal) == 1
            }),
        ],
    },
    Case {
        name: "a señal that the bank takes back",
        start: || world(vec![row(new_sale(0))], BTreeMap::new()),
        scope: Scope {
            processes: 2,
            bank: Bank::Prompt,
            acts: &[Act::Cancel, Act::Dispute(PaymentKind::Signal)],
            ..UNTIL_THE_ORDER
        },
        possible: &[
            ORDERED,
            ("the order waits for a señal that the bank took back", |_, world| {
                has_status(world, Status::ReservationPaid) && world.row(0).stored.is_on_hold()
            }),
            ("what a won dispute brings back to a cancelled sale is given back", |_, world| {
                has_status(world, Status::Cancelled)
                    && world
                        .payments
                        .values()
                        .any(|payment| payment.refunded && !payment.disputed.is_empty())
            }),
        ],
    },
    Case {
        name: "a balance: payment, a later deadline and the timeout at once",
        start: || built(1),
        scope: Scope {
            processes: 2,
            ticks: 2,
            acts: &[Act::Extend],
            bank: Bank::Prompt,
            ..FROM_THE_ARRIVAL
        },
        possible: &[
            DELIVERED,
            UNASSIGNED,
            ("the customer pays in the time that a manager gave", |_, world| {
                let row = world.row(0);
                world.tick > 0
                    && row.stored.extensions.len() == 1
                    && has_status(world, Status::ReadyForDelivery)
            }),
        ],
    },
    Case {
        name: "a balance that the bank takes back",
        start: || built(1),
        scope: Scope {
            processes: 2,
            bank: Bank::Prompt,
            acts: &[Act::Dispute(PaymentKind::Balance)],
            ..FROM_THE_ARRIVAL
        },
        possible: &[
            DELIVERED,
            ("a registered vehicle waits for its money", |_, world| {
                has_status(world, Status::VehicleRegistered) && world.row(0).stored.is_on_hold()
            }),
            (
                "a manager answers for what the bank keeps, and the vehicle is delivered",
                |_, world| {
                    let closed =
                        world.row(0).stored.cases.iter().any(|case| case.closure.is_some());
                    closed && has_status(world, Status::ReadyForDelivery)
                },
            ),
        ],
    },
    Case {
        name: "two sales of one vehicle",
        start: || built(2),
        scope: Scope { processes: 2, ticks: 2, bank: Bank::Prompt, ..FROM_THE_ARRIVAL },
        possible: &[
            ("the second sale gets what the first lost", |_, world| {
                has_status(world, Status::SinAsignar) && has_status(world, Status::ReadyForDelivery)
            }),
            ("both lose the vehicle, one after the other", |_, world| {
                world.sales.iter().all(|row| row.stored.status() == Status::SinAsignar)
            }),
        ],
    },
    Case {
        name: "a stock vehicle: payments, cancellation and timeouts at once",
        start: || World { holder: Some(0), ..world(vec![row(stock_sale(0, 0))], BTreeMap::new()) },
        scope: Scope {
            processes: 2,
            ticks: 2,
            bank: Bank::Prompt,
            acts: &[Act::Cancel],
            ..UNTIL_THE_ORDER
        },
        possible: &[
            DELIVERED,
            UNASSIGNED,
            ("an unpaid señal gives the vehicle back", |_, world| {
                has_status(world, Status::Lapsed) && world.holder.is_none()
            }),
            ("a cancelled sale gives the vehicle back", |_, world| {
                has_status(world, Status::Cancelled) && world.holder.is_none()
            }),
        ],
    },
    Case {
        name: "a vehicle that is sin asignar is sold again",
        start: || built(1),
        scope: Scope {
            processes: 2,
            ticks: 2,
            bank: Bank::Prompt,
            acts: &[Act::Resell],
            ..FROM_THE_ARRIVAL
        },
        possible: &[
            ("the next customer gets what the first one lost", |_, world| {
                has_status(world, Status::SinAsignar) && has_status(world, Status::ReadyForDelivery)
            }),
            ("it is sin asignar again", |_, world| {
                world.sales.len() == 2
                    && world.sales.iter().all(|row| row.stored.status() == Status::SinAsignar)
            }),
        ],
    },
];

fn each(world: &World, holds: impl Fn(u8, &Row) -> bool) -> bool {
    (0..).zip(&world.sales).all(|(sale, row)| holds(sale, row))
}

fn has_status(world: &World, status: Status) -> bool {
    world.sales.iter().any(|row| row.stored.status() == status)
}

/// How many payments of a kind went back.
fn refunds(world: &World, kind: PaymentKind) -> usize {
    world.payments.iter().filter(|(tried, payment)| tried.kind == kind && payment.refunded).count()
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

/// A world with these sales, in which nothing is under way.
fn world(sales: Vec<Row>, payments: BTreeMap<Try, Payment>) -> World {
    World {
        tick: 0,
        sales,
        holder: None,
        payments,
        processes: Vec::new(),
        went_back: false,
        went_ahead: false,
    }
}

/// So many sales whose señal is paid, for each of which the factory built the same vehicle.
fn built(sales: u8) -> World {
    let mut payments = BTreeMap::new();
    let sales = (0..sales).map(|sale| {
        let tried = Try { sale, kind: PaymentKind::Signal, request: 0, copy: false };
        payments.insert(tried, Payment::new(Said::Yes));
        let commands = [
            Command::StartPayment {
                kind: tried.kind,
                attempt: tried.id(),
                key: tried.key(),
                fingerprint: tried.key(),
                method: PaymentMethod::Card,
                token: token(),
            },
            Command::RecordPayment {
                attempt: tried.id(),
                outcome: PaymentOutcome::Captured(tried.payment()),
                answers_request: true,
            },
            Command::RequestOrder,
            Command::ConfirmOrder(order(sale)),
            Command::ReportMilestone {
                order: order(sale).id,
                milestone: Milestone::InTransit,
                vehicle: Some(vehicle()),
                estimated_delivery: None,
                final_payment_window: jiff::SignedDuration::ZERO,
            },
        ];
        let built = commands.into_iter().fold(new_sale(sale), |sale, command| {
            let events = decide(&sale, command, time(0)).unwrap();
            evolve(&sale, &events, time(0))
        });
        Row { order: Some(Said::Yes), ..row(built) }
    });
    let sales = sales.collect();
    world(sales, payments)
}

/// Looks at every state that can be reached; answers how many there are.
fn exhaust(case: &Case) -> usize {
    let checker = Lifecycles::of(case, Store::Sound).checker().threads(2).spawn_bfs().join();
    let (states, steps, depth) =
        (checker.unique_state_count(), checker.state_count(), checker.max_depth());
    println!("{}: {states} states, {steps} transitions, {depth} deep", case.name);
    checker.assert_properties();
    states
}

#[test]
fn every_reachable_state_keeps_the_invariants() {
    let states: usize = CASES.iter().map(exhaust).sum();
    println!("together: {states} states, which are all");
    assert!(states >= 100_000, "{states} states are fewer than were asked for");
}

/// The first property to fail with this store, and the steps that lead there.
fn broken(case: &Case, store: Store) -> (&'static str, Vec<Action>) {
    let names: BTreeSet<_> = ALWAYS.into_iter().map(|(name, _)| name).collect();
    let checker = Lifecycles::of(case, store)
        .checker()
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    let found = checker.discoveries().into_iter().find(|(name, _)| names.contains(name));
    assert!(found.is_some(), "{}: {store:?} breaks nothing", case.name);
    let (name, path) = found.unwrap();
    let steps = path.into_actions();
    println!("{}, {store:?}: \"{name}\" fails after {steps:?}", case.name);
    (name, steps)
}

/// The check sees what it is for: wherever processes overtake each other, a commit that compares no
/// versions breaks an invariant.
#[test]
fn a_store_that_takes_any_version_breaks_them() {
    for case in CASES.iter().filter(|case| case.scope.processes > 1) {
        broken(case, Store::AnyVersion);
    }
}

#[test]
fn a_store_that_takes_any_holder_gives_one_vehicle_to_two_sales() {
    let (name, _) = broken(&CASES[11], Store::AnyHolder);
    assert!(name.starts_with("2:"), "{name}");
    let (name, steps) = broken(&CASES[13], Store::AnyHolder);
    assert!(name.starts_with("2:") && steps.contains(&Action::Resell), "{name}, {steps:?}");
}
