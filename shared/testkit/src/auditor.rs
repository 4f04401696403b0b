//! The auditor: judges a run by what the partners' books, the mails, the clients' answers and the
//! final table say. It knows the invariants of the business and nothing of the code that keeps
//! them.

use crate::memory::{MailKind, NOTIFICATIONS, State, has};
use crate::simulation::{BURST, ClientAnswer, MAX_SKEW, PATIENCE, Run};
use domain::sale::{
    Account, Answer, AttemptState, CaseKind, Fact, FactKind, Notification, PaymentKind,
    PaymentOutcome, Sale, Status,
};
use domain::{SaleId, Vin};
use std::collections::{BTreeMap, BTreeSet};

/// The invariants of the design, by its numbers, and the notifications' promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Invariant {
    /// 1: at most one captured señal and one captured balance a sale; every capture ends in a paid
    /// sale or a refund.
    Money,
    /// 2: at most one live sale a vehicle; sin asignar if and only if the deadline passed unpaid.
    Vehicle,
    /// 3: at most one factory order a sale.
    OneOrder,
    /// 4: status and milestone never go back.
    Forward,
    /// 5: every committed decision reaches the workflow, or an alarm.
    Workflow,
    /// 6: a 2xx answer is durable; the same key gets the same answer.
    Answers,
    /// 7: no partner call without a stored intent.
    Intent,
    /// 8: every sale ends, or sits in a named waiting state with a deadline.
    Ends,
    /// 9: nothing is held up: every fact's notification and every new customer's credentials
    /// arrive.
    Told,
    /// 10: no registration before full payment, or for a vehicle that the sale doesn't hold.
    Registration,
    /// 11: what counts as an unpaid reservation is what waits for its señal.
    Unpaid,
    /// 12: the ledger says what the gateway's books say, and whose the money is.
    Ledger,
    /// 14: what is prepared, and only that, is handed over to the delivery subsystem.
    Delivery,
    /// No code panics.
    Panic,
}

impl Invariant {
    /// Every invariant, for whoever has to report on each.
    pub const ALL: [Self; 14] = [
        Self::Money,
        Self::Vehicle,
        Self::OneOrder,
        Self::Forward,
        Self::Workflow,
        Self::Answers,
        Self::Intent,
        Self::Ends,
        Self::Told,
        Self::Registration,
        Self::Unpaid,
        Self::Ledger,
        Self::Delivery,
        Self::Panic,
    ];
}

/// Two deliveries of one message that are less than this apart, in milliseconds, may both find it
/// unsent.
const SAME_MOMENT: i64 = 2_000;

/// In this time, in milliseconds, the schedule comes round, whatever goes wrong in some of its
/// runs.
const ROUND: i64 = 6 * 60 * 60 * 1_000;

/// A call that was begun before news of a reversal may still arrive for so long, clocks that are
/// off included, in milliseconds.
const ON_ITS_WAY: i64 = 2 * 60 * 60 * 1_000;

/// In a run without a fault or a silent gateway nothing waits for the schedule, which comes later
/// than this, in milliseconds.
const AT_ONCE: i64 = 10 * 60 * 1_000;

/// One broken invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The invariant that doesn't hold.
    pub invariant: Invariant,
    /// What was seen.
    pub what: String,
}

/// Every violation of a run that has come to its end.
pub fn audit(run: &Run) -> Vec<Violation> {
    run.world.with(|state| {
        let mut found = Findings(Vec::new());
        money(run, state, &mut found);
        ledger(state, &mut found);
        vehicles(run, state, &mut found);
        stock(state, &mut found);
        orders(state, &mut found);
        for sale in &state.regressions {
            found.add(Invariant::Forward, format!("{sale} went back"));
        }
        answers(run, state, &mut found);
        endings(run, state, &mut found);
        prompt(run, state, &mut found);
        told(run, state, &mut found);
        registrations(run, state, &mut found);
        deliveries(state, &mut found);
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

struct Findings(Vec<Violation>);

impl Findings {
    fn add(&mut self, invariant: Invariant, what: String) {
        self.0.push(Violation { invariant, what });
    }

    fn check(&mut self, holds: bool, invariant: Invariant, what: impl FnOnce() -> String) {
        if !holds {
            self.add(invariant, what());
        }
    }
}

/// The gateway's account is what the gateway holds; the rest says whose that is: customers' until
/// they have their vehicle, the dealership's from then on, and of a sale that was lost only a señal
/// that is forfeit.
fn ledger(state: &State, found: &mut Findings) {
    let mut held: BTreeMap<SaleId, i64> = BTreeMap::new();
    for payment in state.payments.values() {
        let captured = matches!(payment.outcome, PaymentOutcome::Captured(_));
        if captured && !payment.reversed && payment.refunds.is_empty() {
            let sum = held.entry(payment.sale).or_default();
            *sum = sum.saturating_add(i64::try_from(payment.amount).unwrap_or(i64::MAX));
        }
    }
    for (id, row) in &state.sales {
        let (sale, balances) = (&row.sale, row.sale.balances());
        let of = |account| balances.get(&account).copied().unwrap_or_default();
        let sum: i64 = balances.values().sum();
        found
            .check(sum == 0, Invariant::Ledger, || format!("{id}'s accounts don't balance: {sum}"));
        let (booked, held) = (of(Account::Gateway), held.get(id).copied().unwrap_or_default());
        found.check(booked == held, Invariant::Ledger, || {
            format!("{id} has {booked} at the gateway by its ledger, and {held} there")
        });
        let amount = |money: domain::Money| i64::try_from(money.minor()).unwrap_or(i64::MAX);
        let (price, signal) = (amount(sale.terms.price()), amount(sale.terms.signal()));
        let (earned, forfeited) = match sale.status() {
            Status::ReadyForDelivery | Status::HandedOver => (price, 0),
            Status::SinAsignar => (0, signal),
            _ => (0, 0),
        };
        let (sales, forfeits) =
            (of(Account::Sales).saturating_neg(), of(Account::Forfeits).saturating_neg());
        found.check((sales, forfeits) == (earned, forfeited), Invariant::Ledger, || {
            format!("{id} is {}, and earned {sales} and {forfeits}", sale.status())
        });
    }
}

fn sale_of(state: &State, id: SaleId) -> Option<&Sale> {
    state.sales.get(&id).map(|row| &row.sale)
}

fn money(run: &Run, state: &State, found: &mut Findings) {
    let mut kept: BTreeMap<(SaleId, PaymentKind), u32> = BTreeMap::new();
    for payment in state.payments.values() {
        let id = &payment.id;
        found.check(payment.intent_stored, Invariant::Intent, || {
            format!("{id} was asked for with no stored attempt")
        });
        found.check(payment.refunds.len() <= 1, Invariant::Money, || {
            format!("{id} was refunded {} times", payment.refunds.len())
        });
        let Some(sale) = sale_of(state, payment.sale) else {
            found.add(Invariant::Money, format!("{id} belongs to no sale"));
            continue;
        };
        let asked = sale.amount_due(payment.kind).minor();
        found.check(payment.amount == asked, Invariant::Money, || {
            format!("{id} charged {} where {asked} was due", payment.amount)
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
        if payment.reversed {
            let known = sale
                .all_attempts()
                .any(|(_, known)| known.state == AttemptState::Reversed(id.clone()));
            // Open, or closed by a manager: never by itself.
            let mut cases = sale.cases.iter().filter(|case| case.kind == CaseKind::PaymentReversed);
            let case = cases.any(|case| case.closed_at.is_none() || case.closure.is_some());
            found.check(known && case, Invariant::Money, || {
                format!("{id} was taken back, and {} has no case", payment.sale)
            });
            found.check(payment.refunds.is_empty(), Invariant::Money, || {
                format!("{id} was taken back and refunded")
            });
        } else if captured && payment.refunds.is_empty() {
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
            let booked = sale
                .all_attempts()
                .any(|(_, known)| known.state == AttemptState::Captured(id.clone()));
            found.check(booked, Invariant::Money, || {
                format!("{id} is captured at the gateway, not in the table")
            });
        }
        if !payment.refunds.is_empty() {
            let forfeit =
                payment.kind == PaymentKind::Signal && sale.status() == Status::SinAsignar;
            let owner_paid = sale.all_attempts().any(|(_, known)| {
                known.id == payment.attempt && matches!(known.state, AttemptState::Refunded(..))
            });
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
            && p.refunds.is_empty()
            && matches!(p.outcome, PaymentOutcome::Captured(_))
    })
}

fn vehicles(run: &Run, state: &State, found: &mut Findings) {
    let mut live: BTreeMap<&str, SaleId> = BTreeMap::new();
    for (id, row) in &state.sales {
        let sale = &row.sale;
        let Some(vehicle) = sale.vehicle() else { continue };
        let holder = state.vehicles.get(vehicle).and_then(|known| known.holder);
        if sale.status().is_lost() {
            found.check(holder != Some(*id), Invariant::Vehicle, || {
                format!("{id} lost {vehicle} and still holds it")
            });
            found.check(!has(sale, FactKind::PaymentReceived), Invariant::Vehicle, || {
                format!("{id} paid and lost {vehicle}")
            });
            let told_at = fact_time(sale, FactKind::AvailableForCustomer);
            let lost_at = fact_time(sale, FactKind::SinAsignar);
            let extended = run.answers.iter().filter_map(|answer| match answer {
                ClientAnswer::Extended { sale, pay_by } if sale == id => Some(*pay_by),
                _ => None,
            });
            let promised = extended.max().is_none_or(|pay_by| {
                lost_at.is_some_and(|lost| lost >= pay_by.saturating_sub(2 * MAX_SKEW))
            });
            found.check(promised, Invariant::Vehicle, || {
                format!("{id} lost {vehicle} before the deadline that a manager gave")
            });
            let window = i64::try_from(crate::simulation::WINDOW.as_millis()).unwrap_or(i64::MAX);
            let in_time = matches!((told_at, lost_at), (Some(told), Some(lost)) if lost.saturating_sub(told) >= window.saturating_sub(2 * MAX_SKEW));
            found.check(in_time, Invariant::Vehicle, || {
                format!("{id} lost {vehicle} before its deadline")
            });
        } else {
            found.check(holder == Some(*id), Invariant::Vehicle, || {
                format!("{id} has {vehicle}, whose record says otherwise")
            });
            if let Some(other) = live.insert(vehicle.as_str(), *id) {
                found.add(Invariant::Vehicle, format!("{id} and {other} both have {vehicle}"));
            }
        }
    }
}

/// Who had each vehicle from when until when, by the sales' own history: no two at once, the first
/// from the factory, the others from the stock of its dealership, as it was built; and its record
/// says so.
fn stock(state: &State, found: &mut Findings) {
    let mut held: BTreeMap<&Vin, Vec<(i64, i64, &Sale)>> = BTreeMap::new();
    let platform =
        |sale: &Sale| state.sales.get(&sale.id).map(|row| row.details.plan.base_platform.clone());
    for row in state.sales.values() {
        let sale = &row.sale;
        let arrived = fact_time(sale, FactKind::AtDealership).zip(sale.vehicle());
        let taken = fact_time(sale, FactKind::SaleRegistered)
            .zip(sale.stock.as_ref().map(|claim| &claim.vehicle));
        let ends = [FactKind::SinAsignar, FactKind::Lapsed, FactKind::Cancelled];
        let until = ends.into_iter().find_map(|kind| fact_time(sale, kind)).unwrap_or(i64::MAX);
        if let Some((from, vehicle)) = taken.or(arrived) {
            held.entry(vehicle).or_default().push((from, until, sale));
        }
    }
    for (vehicle, mut holders) in held {
        let Some(record) = state.vehicles.get(vehicle) else {
            found.add(Invariant::Vehicle, format!("{vehicle} has no record"));
            continue;
        };
        // In the order of the record: the clocks of two functions may tell another one.
        holders.sort_by_key(|(.., sale)| record.sales.iter().position(|known| *known == sale.id));
        let ids: BTreeSet<SaleId> = holders.iter().map(|(_, _, sale)| sale.id).collect();
        let known: BTreeSet<SaleId> = record.sales.iter().copied().collect();
        let listed = ids == known && record.sales.len() == known.len();
        found.check(listed, Invariant::Vehicle, || {
            format!("{vehicle} doesn't know its sales: {:?}", record.sales)
        });
        let live = holders.iter().any(|(_, until, _)| *until == i64::MAX);
        let in_stock = record.stock.is_some() && record.holder.is_none();
        found.check(live != in_stock, Invariant::Vehicle, || {
            format!("{vehicle} is held or stock, and its record is wrong")
        });
        let built: Vec<_> = holders
            .iter()
            .filter(|(_, _, sale)| sale.stock.is_none())
            .map(|(_, _, sale)| *sale)
            .collect();
        found.check(built.len() == 1, Invariant::Vehicle, || {
            format!("{vehicle} was built for {} sales", built.len())
        });
        for pair in holders.windows(2) {
            let [(_, until, former), (from, _, next)] = pair else { continue };
            let after = from.saturating_add(2 * MAX_SKEW) >= *until && *until != i64::MAX;
            found.check(after, Invariant::Vehicle, || {
                format!("{} took {vehicle} while {} had it", next.id, former.id)
            });
            let same = former.dealership == next.dealership && platform(former) == platform(next);
            found.check(same, Invariant::Vehicle, || {
                format!("{} was sold {vehicle} as something else", next.id)
            });
        }
        for (_, _, sale) in holders.iter().filter(|(_, _, sale)| sale.stock.is_some()) {
            let order = state.orders.values().any(|order| order.reference == sale.id);
            found.check(!order, Invariant::OneOrder, || {
                format!("{} took {vehicle} and ordered another", sale.id)
            });
        }
    }
}

fn fact_time(sale: &Sale, kind: FactKind) -> Option<i64> {
    sale.facts.iter().find(|fact| fact.0 == kind).map(|Fact(_, at)| at.as_millisecond())
}

fn orders(state: &State, found: &mut Findings) {
    let mut seen = BTreeSet::new();
    for order in state.orders.values() {
        let sale = order.reference;
        found.check(seen.insert(sale), Invariant::OneOrder, || format!("{sale} was ordered twice"));
        found.check(order.intent_stored, Invariant::Intent, || {
            format!("{} was ordered with no stored intent", order.id)
        });
        let known = sale_of(state, sale);
        let paid = known.is_some_and(|sale| has(sale, FactKind::ReservationPaid));
        found.check(paid, Invariant::OneOrder, || {
            format!("{} was ordered before its señal", order.id)
        });
        let cancelled = known.is_some_and(|sale| sale.status() == Status::Cancelled);
        found.check(!cancelled, Invariant::OneOrder, || {
            format!("{} was ordered for {sale}, which is cancelled", order.id)
        });
        let booked = known.and_then(Sale::order).is_some_and(|booked| booked.id == order.id);
        found.check(booked, Invariant::OneOrder, || {
            format!("{} is in the factory's books, not in the table", order.id)
        });
    }
}

fn answers(run: &Run, state: &State, found: &mut Findings) {
    let mut registered: BTreeMap<u64, SaleId> = BTreeMap::new();
    let mut paid: BTreeMap<(u64, SaleId, PaymentKind), Answer> = BTreeMap::new();
    for answer in &run.answers {
        match answer {
            ClientAnswer::Registered { key, sale } => {
                found.check(state.sales.contains_key(sale), Invariant::Answers, || {
                    format!("{sale} was answered 201 and is not there")
                });
                let first = *registered.entry(*key).or_insert(*sale);
                found.check(first == *sale, Invariant::Answers, || {
                    format!("one key, two sales: {first} and {sale}")
                });
            }
            ClientAnswer::Cancelled { sale } => {
                let cancelled =
                    sale_of(state, *sale).is_some_and(|known| known.status() == Status::Cancelled);
                found.check(cancelled, Invariant::Answers, || {
                    format!("{sale} was answered as cancelled and is not")
                });
            }
            ClientAnswer::Extended { sale, pay_by } => {
                let kept = sale_of(state, *sale).is_some_and(|known| {
                    known.extensions.iter().any(|e| e.to.as_millisecond() == *pay_by)
                });
                found.check(kept, Invariant::Answers, || {
                    format!("{sale} was given more time and doesn't know it")
                });
            }
            ClientAnswer::CaseClosed { sale, kind } => {
                let closed = sale_of(state, *sale).is_some_and(|known| {
                    known.cases.iter().any(|case| {
                        case.kind == *kind && case.closure.is_some() && case.closed_at.is_some()
                    })
                });
                found.check(closed, Invariant::Answers, || {
                    format!("{sale} was answered that its {} is closed", kind.as_str())
                });
            }
            ClientAnswer::Paid { key, sale, kind, answer } => {
                let first = *paid.entry((*key, *sale, *kind)).or_insert(*answer);
                found.check(first == *answer, Invariant::Answers, || {
                    format!("one key, two answers for {sale}: {first:?} and {answer:?}")
                });
                let captured = state.payments.values().any(|p| {
                    p.sale == *sale
                        && p.kind == *kind
                        && matches!(p.outcome, PaymentOutcome::Captured(_))
                });
                found.check(*answer != Answer::Captured || captured, Invariant::Answers, || {
                    format!("{sale} was answered 200 with no capture")
                });
            }
        }
    }
    // Every try of one employee carries one key: one customer's request is one sale, answered or
    // not.
    let requests = state.requests.len();
    found.check(state.sales.len() <= requests, Invariant::Answers, || {
        format!("{} sales for {requests} requests", state.sales.len())
    });
}

/// In a run without a fault, what one step waits for reaches the next at once.
const PROMPT: i64 = 3 * 60 * 60 * 1_000;

/// Nothing that was decided lies about, and nobody loses a sale while money is on its way.
fn prompt(run: &Run, state: &State, found: &mut Findings) {
    for (id, row) in &state.sales {
        let paid_at = fact_time(&row.sale, FactKind::ReservationPaid);
        let ends = [FactKind::OrderPlaced, FactKind::OrderRejected, FactKind::Cancelled];
        let next = ends.into_iter().find_map(|kind| fact_time(&row.sale, kind));
        let held = has(&row.sale, FactKind::PaymentReversed);
        let late = !held
            && matches!((paid_at, next), (Some(paid), Some(next)) if next.saturating_sub(paid) > PROMPT);
        found.check(!late || !state.faults.is_empty(), Invariant::Workflow, || {
            format!("{id} was ordered late")
        });
        let calm =
            !held && !run.skewed && state.faults.is_empty() && state.gateway_down.0 == i64::MAX;
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

fn endings(run: &Run, state: &State, found: &mut Findings) {
    found.check(run.at_rest, Invariant::Ends, || "the run never comes to rest".to_owned());
    for id in &run.restless {
        found.add(Invariant::Ends, format!("{id} is not at rest at the end of time"));
    }
    for (id, row) in &state.sales {
        let ended = crate::simulation::ended(&row.sale);
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

fn told(run: &Run, state: &State, found: &mut Findings) {
    // What has to come, and what may: a milestone that another fact follows within minutes needs no
    // mail of its own, but gets one where clocks or a fault keep the two apart.
    let mut expected: BTreeMap<(&str, MailKind), u64> = BTreeMap::new();
    let mut allowed: BTreeMap<(&str, MailKind), u64> = BTreeMap::new();
    let calm = !run.skewed && state.faults.is_empty();
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
                notification(later.0).is_some()
                    && passed < i64::try_from(BURST.as_millis()).unwrap_or(0)
            };
            let superseded =
                may_wait && row.sale.facts.iter().skip(nth.saturating_add(1)).any(soon);
            let place = notification(fact.0)
                .and_then(|told| NOTIFICATIONS.iter().position(|known| *known == told));
            let Some(place) = place else { continue };
            let by_all =
                [MailKind::Notification(place), MailKind::Push(place), MailKind::Text(place)];
            for kind in by_all.into_iter().take(usize::try_from(channels).unwrap_or(1)) {
                for (counts, counted) in
                    [(&mut expected, !superseded), (&mut allowed, !superseded || !calm)]
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
        found.check(!copied || !state.faults.is_empty(), Invariant::Told, || {
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
        _ => return None,
    })
}

/// The lines of the checklist.
const CHECKS: usize = 4;

fn deliveries(state: &State, found: &mut Findings) {
    for (id, row) in &state.sales {
        let sale = &row.sale;
        let handed_over = has(sale, FactKind::HandedOver);
        let kinds: BTreeSet<&str> = sale.checks.iter().map(|check| check.kind.as_str()).collect();
        let prepared =
            kinds.len() == CHECKS && sale.checks.len() == CHECKS && sale.appointment.is_some();
        found.check(handed_over == prepared, Invariant::Delivery, || {
            format!("{id} has {} checks done, and is handed over: {handed_over}", sale.checks.len())
        });
        let told = state.taken_over.iter().any(|told| told.sale_id == *id);
        found.check(told == handed_over, Invariant::Delivery, || {
            format!("{id} is handed over: {handed_over}; the delivery subsystem was told: {told}")
        });
    }
}

fn registrations(run: &Run, state: &State, found: &mut Findings) {
    for entry in state.registrations.values() {
        let sale = entry.sale;
        found.check(entry.balance_captured, Invariant::Registration, || {
            format!("{sale} was registered before full payment")
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
