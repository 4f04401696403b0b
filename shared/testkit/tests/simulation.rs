//! The simulation itself under test: a fixed part and a fresh one of what `cargo xtask simulate`
//! runs a million times.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what the tests share fails as a test does")]

use domain::ids::{PaymentMethodToken, ShortDigest};
use domain::ports::{Message, RequestKey, SaleStore};
use domain::sale::{Means, Milestone, PaymentKind, Sale, Status};
use domain::use_cases::{follow_factory, pay, place_order, register_sale, relay};
use domain::{AttemptId, CustomerId, DealershipId, SaleId, Vin};
use jiff::Timestamp;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use testkit::asl::Machine;
use testkit::campaign::{self, Tally};
use testkit::faults::Plan;
use testkit::memory::{Ports, World};
use testkit::runbook::Runbook;
use testkit::simulation::{EPOCH, Scenario, Script, WINDOW, register_input};
use testkit::{exhaustive, lifecycle, story};

fn machine() -> Machine {
    lifecycle::machine().unwrap()
}

fn assert_holds(machine: &Machine, tally: &Tally) {
    if let Some(failure) = tally.failures.first() {
        panic!("{:?}\n{}", failure.violations, story::tell(machine, &failure.scenario));
    }
}

/// The same seeds each time, and every way that a sale can end is among them.
#[test]
fn fixed_seeds_break_nothing() {
    let machine = machine();
    let tally = campaign::random(&machine, 1, 1_000, |_| {});
    assert_holds(&machine, &tally);
    assert!(tally.lifecycles >= 1_000);
    let ends =
        [Status::ReadyForDelivery, Status::SinAsignar, Status::Lapsed, Status::OrderRejected];
    assert!(ends.iter().all(|end| tally.endings.contains_key(end)), "{:?}", tally.endings);
    assert!(tally.resales >= 200, "vehicles are sold again: {}", tally.resales);
    assert_eq!(
        tally.endings.values().sum::<u64>(),
        tally.lifecycles + tally.resales,
        "each sale ends: {:?}",
        tally.endings
    );
    assert_eq!(tally.faults.len(), 8, "every kind of fault is injected: {:?}", tally.faults);
}

/// Seeds that broke an invariant once. A returned debit was told while the gateway could not be
/// asked about it, for longer than it went on telling. Of two buyers of one vehicle, the later had
/// the slower clock. A payment was given up that the gateway's books had.
#[test]
fn seeds_that_broke_something_don_t_any_more() {
    let machine = machine();
    for seed in
        [10_813, 10_917, 52_717, 208_397, 211_514, 268_049, 7_002_319, 1_795_600_187_169_055]
    {
        // As they were: there were no outages then.
        let scenario = Scenario { outage: None, ..campaign::scenario(seed) };
        let (_, violations) = campaign::judge(&machine, &scenario);
        assert!(violations.is_empty(), "seed {seed}: {violations:?}");
    }
}

/// New seeds each time; a failure prints its own, to be replayed by `cargo xtask simulate --seed`.
#[test]
#[expect(clippy::disallowed_methods, reason = "the seeds have to be fresh")]
fn fresh_seeds_break_nothing() {
    let first = u64::try_from(Timestamp::now().as_microsecond()).unwrap();
    println!("seeds from {first} on");
    let machine = machine();
    assert_holds(&machine, &campaign::random(&machine, first, 500, |_| {}));
}

/// What no command ends: the fault is a partner's, a reader's, or needs a release, and no call of a
/// sale's fails by it for good.
const MENDED_ELSEWHERE: [&str; 6] = [
    "HandOverDeadLettersAlarm",
    "ApiLatencyAlarm",
    "LoggedErrorsAlarm",
    "MailBouncesAlarm",
    "MailComplaintsAlarm",
    "Spend",
];

/// Each page of the runbook but a few has what mends its alarm's fault: with another command in its
/// place, the auditor sees what is left.
#[test]
fn the_runbook_s_commands_mend_what_raised_their_alarms() {
    let machine = machine();
    let runbook = Runbook::default();
    let pages = runbook.alarms();
    assert!(MENDED_ELSEWHERE.iter().all(|alarm| pages.contains(alarm)), "{pages:?}");
    for alarm in pages.into_iter().filter(|alarm| !MENDED_ELSEWHERE.contains(alarm)) {
        let raises = |seed: &u64| {
            let run = campaign::judge(&machine, &campaign::scenario(*seed)).0;
            run.is_some_and(|run| run.alarms.iter().any(|raised| raised.name() == alarm))
        };
        let seed = (1..20_000).find(raises).unwrap_or_else(|| panic!("no run raises {alarm}"));
        let scenario = campaign::scenario(seed);
        let command = scenario.runbook.repair(alarm).unwrap();
        println!("{alarm}: raised by seed {seed}, mended by {command}");
        assert_eq!(campaign::judge(&machine, &scenario).1, []);
        let runbook = scenario.runbook.with(command, "caas stuck");
        let (_, violations) = campaign::judge(&machine, &Scenario { runbook, ..scenario.clone() });
        assert!(!violations.is_empty(), "{alarm}: {command} mends nothing");
    }
}

/// A wait's token is written while a transaction holds the sale: DynamoDB refuses it for a moment.
#[test]
fn a_wait_that_meets_a_transaction_is_tried_again() {
    let definition = include_str!("../../../statemachine/sale_lifecycle.asl.json");
    let count = |text| definition.matches(text).count();
    let (waits, retried) =
        (count("updateItem.waitForTaskToken"), count("DynamoDb.TransactionConflictException"));
    assert!(waits > 0 && waits == retried, "{waits} waits, {retried} retried");
}

/// A failure can be looked at again: one seed, one run, to the last call.
#[test]
fn a_seed_replays_exactly() {
    let machine = machine();
    for seed in 1..40 {
        let scenario = campaign::scenario(seed);
        let once = story::tell(&machine, &scenario);
        assert!(once.lines().count() > 10, "{once}");
        assert_eq!(once, story::tell(&machine, &scenario));
    }
    assert_ne!(
        story::tell(&machine, &campaign::scenario(1)),
        story::tell(&machine, &campaign::scenario(2))
    );
}

/// What shrinking rests on: random faults, written down, are the same run.
#[test]
fn scripted_faults_repeat_a_random_run() {
    let machine = machine();
    for seed in 1..40 {
        let random = campaign::scenario(seed);
        let run = campaign::judge(&machine, &random).0.unwrap();
        let faults = run.world.with(|state| state.faults.clone());
        let scripted = Scenario { plan: Plan::Scripted(faults), ..random.clone() };
        let lines = |scenario| {
            story::tell(&machine, scenario).lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(lines(&random), lines(&scripted), "seed {seed}");
    }
}

/// Every call of each script, every fault. The pairs are `cargo xtask simulate --exhaustive`.
#[test]
fn every_single_fault_is_survived() {
    let machine = machine();
    for script in Script::ALL {
        let calls = exhaustive::calls(&machine, script);
        let tally = exhaustive::singles(&machine, script, |_| {});
        println!("{script:?}: {calls} calls, {} single faults", tally.runs);
        assert!(calls > 10 && tally.runs == calls * 8);
        assert_holds(&machine, &tally);
    }
}

/// The simulation is only as good as the definition that it interprets: all that the file matches
/// is understood.
#[test]
fn the_deployed_definition_is_understood() {
    let matched = machine().matched_errors();
    assert!(
        domain::task_errors::ALL
            .iter()
            .filter(|name| **name != "NeedsAttention")
            .all(|name| matched.contains(*name))
    );
}

/// Without latency every call answers at once: nothing ever waits.
fn now_or_never<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a call without latency waited"),
    }
}

/// An ordered sale, and the world that holds it.
fn ordered() -> (World, SaleId, domain::OrderId) {
    let now = Timestamp::from_second(EPOCH).unwrap();
    let world = World::new(1, now, Plan::Calm, false);
    let id = |n| uuid::Uuid::from_u128(n);
    let sale = SaleId::new(id(1));
    let order = now_or_never(async {
        let ports = Ports::new(&world, "test");
        let input = register_input(sale, CustomerId::new(id(2)), 0, false).unwrap();
        register_sale::register_sale(&ports, input, now).await.unwrap();
        let payment = pay::Input {
            sale,
            asker: pay::Asker::Dealership(DealershipId::parse("MAD-01").unwrap()),
            kind: PaymentKind::Signal,
            attempt: AttemptId::new(id(3)),
            request: RequestKey {
                key: ShortDigest::of(&[b"key"]),
                fingerprint: ShortDigest::of(&[b"body"]),
            },
            means: Means::Card(PaymentMethodToken::parse("pm_card").unwrap()),
            debit_limit: u64::MAX,
        };
        pay::pay(&ports, &ports, payment, now).await.unwrap();
        let patience = jiff::SignedDuration::from_hours(12);
        let placed = place_order::place_factory_order(&ports, &ports, sale, patience, now);
        let placed = placed.await.unwrap();
        placed.order().unwrap().id.clone()
    });
    world.with(|state| state.stream.clear());
    (world, sale, order)
}

/// Takes the reports in, one after the other, and relays what was committed. Answers the sale and
/// what it owes.
fn after(reports: &[Milestone]) -> (Sale, Vec<Message>) {
    let (world, sale, order) = ordered();
    now_or_never(async {
        let ports = Ports::new(&world, "test");
        for milestone in reports.iter().copied() {
            let vehicle = (milestone >= Milestone::AtDealership)
                .then(|| Vin::parse("VSS00000000000000").unwrap());
            let update = follow_factory::Update {
                sale,
                order: order.clone(),
                milestone,
                vehicle,
                estimated_delivery: None,
                reason: None,
            };
            let settings =
                follow_factory::Settings { final_payment_window: WINDOW, tell_beyond: 7 };
            follow_factory::take_factory_update(&ports, update, settings, world.time(0))
                .await
                .unwrap();
        }
        for change in world.with(|state| std::mem::take(&mut state.stream)) {
            relay::relay(&ports, &ports, &ports, &ports, &change).await.unwrap();
        }
        let mut sale = ports.sale(sale).await.unwrap().unwrap();
        // How many commits it took is the one thing that may differ.
        sale.version = 0;
        (sale, world.with(|state| std::mem::take(&mut state.messages)))
    })
}

fn permutations(items: &[Milestone]) -> Vec<Vec<Milestone>> {
    let Some((first, rest)) = items.split_first() else { return vec![vec![]] };
    let insert = |tail: Vec<Milestone>| {
        (0..=tail.len()).map(move |place| {
            let mut list = tail.clone();
            list.insert(place, *first);
            list
        })
    };
    permutations(rest).into_iter().flat_map(insert).collect()
}

/// Invariant 4, through the webhook's own use case and the relay: any order, with copies, ends in
/// the same state with the same notifications.
#[test]
fn webhooks_in_any_order_end_in_one_state_with_the_same_notifications() {
    let expected = after(&Milestone::ALL);
    assert_eq!(expected.0.status(), Status::FinalPaymentPending);
    assert_eq!(expected.1.len(), 6);
    let orders = permutations(&Milestone::ALL);
    assert_eq!(orders.len(), 720);
    for order in orders {
        let twice_each: Vec<_> = order.iter().flat_map(|milestone| [*milestone; 2]).collect();
        let again_backwards: Vec<_> = order.iter().chain(order.iter().rev()).copied().collect();
        for reports in [order, twice_each, again_backwards] {
            assert_eq!(after(&reports), expected, "{reports:?}");
        }
    }
}
