//! The cases: where each check begins, how much happens, and what may come of it.

use crate::model::Condition;
use crate::steps::{Act, Bank, Scope};
use crate::world::{
    Payment, Row, Said, Try, World, new_sale, order, row, stock_sale, time, token, vehicle,
};
use domain::sale::{
    Command, Means, Milestone, PaymentKind, PaymentOutcome, Status, decide, evolve,
};
use std::collections::BTreeMap;

/// Where a check begins, how much happens in it, and what some run of it comes to: so that the
/// properties are not true of a world in which nothing happens.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) start: fn() -> World,
    pub(crate) scope: Scope,
    pub(crate) possible: &'static [(&'static str, Condition)],
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

/// Every case that is checked.
pub(crate) const CASES: [Case; 17] = [
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
    Case {
        name: "a señal: a page that waits for its customer, and another request",
        start: || world(vec![row(new_sale(0))], BTreeMap::new()),
        scope: Scope { processes: 2, ticks: 0, requests: 2, bank: Bank::Asks, ..UNTIL_THE_ORDER },
        possible: &[
            ORDERED,
            ("the page is ended, and another pays", |_, world| {
                has_ended(world, PaymentKind::Signal) && has_status(world, Status::OrderPlaced)
            }),
        ],
    },
    Case {
        name: "a señal: a page that waits for its customer, and a cancellation",
        start: || world(vec![row(new_sale(0))], BTreeMap::new()),
        scope: Scope { processes: 2, bank: Bank::Asks, acts: &[Act::Cancel], ..UNTIL_THE_ORDER },
        possible: &[
            LAPSED,
            ("the page is ended, and the sale cancelled", |_, world| {
                has_ended(world, PaymentKind::Signal) && has_status(world, Status::Cancelled)
            }),
            ("what was paid meanwhile goes back", |_, world| {
                has_status(world, Status::Cancelled) && refunds(world, PaymentKind::Signal) == 1
            }),
        ],
    },
    Case {
        name: "a balance: a page that waits for its customer, and the timeout",
        start: || built(1),
        scope: Scope { processes: 2, bank: Bank::Asks, ..FROM_THE_ARRIVAL },
        possible: &[
            DELIVERED,
            ("the page is ended, and the vehicle is sin asignar", |_, world| {
                has_ended(world, PaymentKind::Balance) && has_status(world, Status::SinAsignar)
            }),
        ],
    },
];

fn has_status(world: &World, status: Status) -> bool {
    world.sales.iter().any(|row| row.stored.status() == status)
}

/// Whether a page was left, or ended.
fn has_ended(world: &World, kind: PaymentKind) -> bool {
    world.payments.iter().any(|(tried, payment)| tried.kind == kind && payment.is(Said::Ended))
}

/// How many payments of a kind went back.
fn refunds(world: &World, kind: PaymentKind) -> usize {
    world.payments.iter().filter(|(tried, payment)| tried.kind == kind && payment.refunded).count()
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
                at_desk: false,
                means: Means::Card(token()),
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
