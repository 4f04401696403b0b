//! End to end: the functions behind the template's API, on the local cloud with functions'
//! roles enforced, over HTTP. The tests share a few stacks, each of which has one test at a time, so
//! that calls can be counted: what a test waits for, it waits for beside the others.

#![expect(
    clippy::indexing_slicing,
    reason = "all of this is test code, which clippy can't see since it has its own main"
)]

mod abuse;
mod accounts;
mod browser;
mod cases;
mod conformance;
mod contracts;
mod delivery;
mod desk;
mod expediente;
mod faults;
mod lists;
mod managers;
mod money;
mod money_back;
mod notifications;
mod ops;
mod partner_requests;
mod permissions;
mod plans;
mod portal;
mod registration;
mod requests;
mod schema;
mod stock;
mod stories;
mod webhooks;

use anyhow::{Context, Result};
use conformance::{Checked, Description};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};
use stack::demo::{events, key, with_documents};
use stack::{Settings, Stack, eventually};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::Duration;
use tokio::runtime::Runtime;
use tools::narrator::Narrator;

/// How long anything may take to happen.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a test has.
struct World {
    stack: Stack,
    description: Description,
}

impl World {
    async fn start() -> Result<Self> {
        // The customer has 18 seconds for the balance: long enough to pay, short enough to wait for.
        let settings = Settings { final_payment_window: 18, recheck: 3, ..Settings::default() };
        let stack = Stack::start(&settings, &Narrator::default()).await?;
        Ok(Self { stack, description: Description::read()? })
    }

    /// The API as an employee of the dealership `MAD-01`.
    async fn employee(&self) -> Result<Checked<'_>> {
        self.somebody("MAD-01", &["sales"]).await
    }

    async fn somebody(&self, dealership: &str, roles: &[&str]) -> Result<Checked<'_>> {
        Ok(Checked {
            api: self.stack.api(dealership, roles).await?,
            description: &self.description,
        })
    }

    /// Waits until the sale remembers an event.
    async fn sale_with(&self, id: &str, event: &str) -> Result<Value> {
        let (api, path) = (self.employee().await?, format!("/sales/{id}"));
        eventually(PATIENCE, &format!("the sale remembers {event}"), async || {
            let sale = api.get(&path).await?.expect(200)?.body;
            Ok(events(&sale).iter().any(|known| known == event).then_some(sale))
        })
        .await
    }

    /// A registered sale, with what the authority wants on file.
    async fn registered(&self, body: &Value) -> Result<String> {
        let (api, body) = (
            self.somebody("MAD-01", &["sales", "dealership-manager"]).await?,
            with_documents(body.clone()),
        );
        Ok(api.post("/sales", &key(), &body).await?.expect(201)?.text("/sale_id").to_owned())
    }

    /// A sale whose señal is paid and whose order is placed, and the order's id.
    async fn ordered(&self, email: &str) -> Result<(String, String)> {
        let id = self.registered(&stack::demo::sale(email)).await?;
        self.pay(&id, "signal-payment", stack::demo::GOOD_CARD).await?;
        let sale = self.sale_with(&id, "OrderPlaced").await?;
        Ok((
            id,
            sale.pointer("/order/order_id").and_then(Value::as_str).unwrap_or_default().to_owned(),
        ))
    }

    async fn pay(&self, id: &str, payment: &str, card: &str) -> Result<()> {
        let body = json!({ "method": "card", "payment_method": card });
        self.employee()
            .await?
            .post(&format!("/sales/{id}/{payment}"), &key(), &body)
            .await?
            .expect(200)
            .map(drop)
    }
}

/// How many stacks there are at most. One leaves nine tenths of two cores idle, since its tests
/// mostly wait for what has its time; more than these would make deadlines pass that a test means
/// to meet.
const STACKS: usize = 4;

/// The stacks that the tests share, each started when a test finds none free.
struct Worlds {
    runtime: Runtime,
    places: [Mutex<Option<World>>; STACKS],
}

impl Worlds {
    /// A stack for one test at a time.
    fn run(&self, test: impl AsyncFnOnce(&World) -> Result<()>) -> Result<()> {
        let mut place = self.places.iter().find_map(free).context("more tests than stacks")?;
        let world = match &mut *place {
            Some(world) => world,
            empty => empty.insert(self.runtime.block_on(World::start())?),
        };
        self.runtime.block_on(test(world))
    }

    /// All that were started, for a test that runs alone.
    fn run_with_all(&self, test: impl AsyncFnOnce(&[&World]) -> Result<()>) -> Result<()> {
        let places: Vec<_> = self.places.iter().filter_map(free).collect();
        let worlds: Vec<&World> = places.iter().filter_map(|place| place.as_ref()).collect();
        self.runtime.block_on(test(&worlds))
    }
}

/// The place, if no test has it; one that failed gave it back like any other.
fn free(place: &Mutex<Option<World>>) -> Option<MutexGuard<'_, Option<World>>> {
    match place.try_lock() {
        Ok(place) => Some(place),
        Err(TryLockError::Poisoned(place)) => Some(place.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

type Shared = Arc<Worlds>;

/// A test by this name, on one of the stacks.
fn trial<F>(worlds: &Shared, name: &'static str, test: F) -> Trial
where
    F: AsyncFnOnce(&World) -> Result<()> + Send + 'static,
{
    let worlds = Arc::clone(worlds);
    Trial::test(name, move || worlds.run(test).map_err(|fault| failed(&fault)))
}

/// A test by this name of what was done on all of the stacks.
fn trial_of_all<F>(worlds: &Shared, name: &'static str, test: F) -> Trial
where
    F: AsyncFnOnce(&[&World]) -> Result<()> + Send + 'static,
{
    let worlds = Arc::clone(worlds);
    Trial::test(name, move || worlds.run_with_all(test).map_err(|fault| failed(&fault)))
}

fn failed(fault: &anyhow::Error) -> Failed {
    Failed::from(format!("{fault:#}"))
}

fn main() -> Result<ExitCode> {
    let mut arguments = Arguments::from_args();
    let worlds: Shared = Arc::new(Worlds { runtime: Runtime::new()?, places: Default::default() });
    if !arguments.list {
        // The first before all tests: a stack that doesn't start is said once.
        worlds.run(async |_| Ok(()))?;
    }
    // First, while no other sale's deadline can change the table under them.
    let mut trials = abuse::trials(&worlds);
    // Then what takes longest, so that the end doesn't wait for one of these alone.
    trials.extend(ops::trials(&worlds));
    trials.extend(faults::trials(&worlds));
    trials.extend(portal::trials(&worlds));
    trials.extend(desk::trials(&worlds));
    trials.extend(stories::trials(&worlds));
    trials.extend(requests::trials(&worlds));
    trials.extend(plans::trials(&worlds));
    trials.extend(stock::trials(&worlds));
    trials.extend(lists::trials(&worlds));
    trials.extend(registration::trials(&worlds));
    trials.extend(delivery::trials(&worlds));
    trials.extend(notifications::trials(&worlds));
    trials.extend(money::trials(&worlds));
    trials.extend(money_back::trials(&worlds));
    trials.extend(cases::trials(&worlds));
    trials.extend(managers::trials(&worlds));
    trials.extend(expediente::trials(&worlds));
    trials.extend(webhooks::trials(&worlds));
    trials.extend(contracts::trials(&worlds));
    trials.extend(accounts::trials(&worlds));
    trials.extend(schema::trials(&worlds));
    arguments.test_threads = Some(STACKS);
    let conclusion = libtest_mimic::run(&arguments, trials);
    // Of all that was done: by then every function has done all that it does.
    let mut trials = partner_requests::trials(&worlds);
    trials.extend(permissions::trials(&worlds));
    arguments.test_threads = Some(1);
    let of_all = libtest_mimic::run(&arguments, trials);
    // The stacks end with the last of these, before the process does.
    drop(worlds);
    let passed = [conclusion, of_all].iter().all(|conclusion| !conclusion.has_failed());
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
