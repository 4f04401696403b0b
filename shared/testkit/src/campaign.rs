//! Many runs on all cores, each judged by the auditor, and what they came to.

use crate::asl::Machine;
use crate::auditor::{Invariant, Violation, audit};
use crate::faults::{Fault, Plan};
use crate::rng::Rng;
use crate::runbook::Runbook;
use crate::simulation::{Outage, Run, Scenario, run};
use domain::sale::{Balances, Status};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many failing runs are kept to look at.
const KEPT: usize = 8;
/// After how many jobs a worker tells of them.
pub(crate) const TOLD_EVERY: u64 = 500;

/// A run that broke an invariant.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What was run.
    pub scenario: Scenario,
    /// What was broken.
    pub violations: Vec<Violation>,
}

/// What runs came to.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// How many runs there were.
    pub runs: u64,
    /// Sales that were begun in them.
    pub lifecycles: u64,
    /// Sales of stock vehicles beside them.
    pub resales: u64,
    /// Calls to something outside a process.
    pub calls: u64,
    /// State machine transitions.
    pub transitions: u64,
    /// What was put before an operator, by the alarm's name.
    pub alarms: BTreeMap<&'static str, u64>,
    /// Faults by kind.
    pub faults: BTreeMap<Fault, u64>,
    /// How the sales ended.
    pub endings: BTreeMap<Status, u64>,
    /// What the sales' ledgers say together, in minor units.
    pub ledger: Balances,
    /// Violations by invariant.
    pub violations: BTreeMap<Invariant, u64>,
    /// The first runs with violations.
    pub failures: Vec<Failure>,
}

/// The run that a seed stands for: how many customers, how much goes wrong.
pub fn scenario(seed: u64) -> Scenario {
    let mut rng = Rng::new(seed.rotate_left(32));
    let sales = 1 + rng.below(6);
    let per_mille = rng.pick(&[0, 5, 20, 50, 100, 250]).copied().unwrap_or(20);
    Scenario {
        seed,
        sales,
        plan: Plan::Random { per_mille },
        script: None,
        outage: Outage::of(seed),
        skewed: per_mille > 0,
        story: false,
        runbook: Runbook::default(),
    }
}

/// Runs a scenario and judges it. A panic of the code is a violation too, and leaves no run.
pub fn judge(machine: &Machine, scenario: &Scenario) -> (Option<Run>, Vec<Violation>) {
    // Nothing that the run touched outlives it.
    match catch_unwind(AssertUnwindSafe(|| run(machine, scenario))) {
        Ok(run) => {
            let violations = audit(&run);
            (Some(run), violations)
        }
        Err(_) => (
            None,
            vec![Violation { invariant: Invariant::Panic, what: "the code panicked".to_owned() }],
        ),
    }
}

/// Random runs from a seed on, until so many lifecycles were begun.
pub fn random(
    machine: &Machine,
    first_seed: u64,
    lifecycles: u64,
    tell: impl Fn(&Tally) + Sync,
) -> Tally {
    let mut begun = 0_u64;
    let scenarios = (first_seed..).map(scenario).take_while(move |scenario| {
        let goes_on = begun < lifecycles;
        begun = begun.saturating_add(scenario.sales);
        goes_on
    });
    on_all_cores(scenarios, |scenario, tally| drop(tally.take(machine, scenario)), TOLD_EVERY, tell)
}

/// Does the jobs on all cores, each worker with a tally of its own, told every so many of its jobs.
pub fn on_all_cores<J: Send>(
    jobs: impl Iterator<Item = J> + Send,
    work: impl Fn(J, &mut Tally) + Sync,
    told_every: u64,
    tell: impl Fn(&Tally) + Sync,
) -> Tally {
    let (jobs, total) = (Mutex::new(jobs), Mutex::new(Tally::default()));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let worker = || {
        let (mut own, mut done) = (Tally::default(), 0_u64);
        loop {
            let job = lock(&jobs).next();
            done = done.saturating_add(1);
            if job.is_none() || done % told_every == 0 {
                let mut total = lock(&total);
                total.add(std::mem::take(&mut own));
                tell(&total);
            }
            let Some(job) = job else { return };
            work(job, &mut own);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(worker);
        }
    });
    total.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tally {
    /// Runs a scenario and counts what it came to.
    pub fn take(&mut self, machine: &Machine, scenario: Scenario) -> Option<Run> {
        let (run, violations) = judge(machine, &scenario);
        count(&mut self.runs, 1);
        count(&mut self.lifecycles, scenario.sales);
        if let Some(run) = &run {
            for alarm in &run.alarms {
                count(self.alarms.entry(alarm.name()).or_default(), 1);
            }
            run.transitions
                .values()
                .for_each(|made| count(&mut self.transitions, u64::from(*made)));
            run.world.with(|state| {
                count(&mut self.calls, state.calls);
                state
                    .faults
                    .iter()
                    .for_each(|(_, fault)| count(self.faults.entry(*fault).or_default(), 1));
                count(
                    &mut self.resales,
                    state.sales.values().filter(|row| row.sale.stock.is_some()).count() as u64,
                );
                state.sales.values().for_each(|row| book(&mut self.ledger, row.sale.balances()));
                state
                    .sales
                    .values()
                    .for_each(|row| count(self.endings.entry(row.sale.status()).or_default(), 1));
            });
        }
        for violation in &violations {
            count(self.violations.entry(violation.invariant).or_default(), 1);
        }
        if !violations.is_empty() && self.failures.len() < KEPT {
            self.failures.push(Failure { scenario, violations });
        }
        run
    }

    fn add(&mut self, other: Self) {
        count(&mut self.runs, other.runs);
        count(&mut self.lifecycles, other.lifecycles);
        count(&mut self.resales, other.resales);
        count(&mut self.calls, other.calls);
        count(&mut self.transitions, other.transitions);
        other
            .alarms
            .into_iter()
            .for_each(|(alarm, n)| count(self.alarms.entry(alarm).or_default(), n));
        other
            .faults
            .into_iter()
            .for_each(|(fault, n)| count(self.faults.entry(fault).or_default(), n));
        other
            .endings
            .into_iter()
            .for_each(|(status, n)| count(self.endings.entry(status).or_default(), n));
        book(&mut self.ledger, other.ledger);
        other
            .violations
            .into_iter()
            .for_each(|(invariant, n)| count(self.violations.entry(invariant).or_default(), n));
        self.failures.extend(other.failures);
        self.failures.sort_by_key(|failure| failure.scenario.seed);
        self.failures.truncate(KEPT);
    }

    /// How many violations there were.
    pub fn broken(&self) -> u64 {
        self.violations.values().sum()
    }

    /// Everything that was counted, for machines.
    pub fn report(&self) -> Value {
        let faults: BTreeMap<_, _> =
            self.faults.iter().map(|(fault, n)| (format!("{fault:?}"), n)).collect();
        let endings: BTreeMap<_, _> =
            self.endings.iter().map(|(status, n)| (status.as_str(), n)).collect();
        let kinds = Invariant::ALL
            .iter()
            .map(|kind| (format!("{kind:?}"), self.violations.get(kind).copied().unwrap_or(0)));
        let seeds: Vec<_> = self.failures.iter().map(|failure| failure.scenario.seed).collect();
        json!({
            "runs": self.runs,
            "lifecycles": self.lifecycles,
            "resales": self.resales,
            "calls": self.calls,
            "transitions": self.transitions,
            "alarms": self.alarms,
            "faults_injected": self.faults.values().sum::<u64>(),
            "faults": faults,
            "endings": endings,
            "ledger": self.ledger,
            "ledger_sum": self.ledger.values().sum::<i64>(),
            "violations": self.broken(),
            "violations_by_invariant": kinds.collect::<BTreeMap<_, _>>(),
            "failing_seeds": seeds,
        })
    }
}

fn count(counter: &mut u64, more: u64) {
    *counter = counter.saturating_add(more);
}

fn book(ledger: &mut Balances, more: Balances) {
    for (account, amount) in more {
        let held = ledger.entry(account).or_default();
        *held = held.saturating_add(amount);
    }
}
