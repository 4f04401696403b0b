//! End to end: the functions behind the template's API, on the local cloud with functions'
//! roles enforced, over HTTP. One stack for all tests, one test at a time, so that calls can be
//! counted.

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

use anyhow::Result;
use conformance::{Checked, Description};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};
use stack::demo::{events, key, with_documents};
use stack::{Settings, Stack, eventually};
use std::process::ExitCode;
use std::sync::Arc;
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

type Shared = Arc<(Runtime, Option<World>)>;

/// A test by this name.
fn trial<F>(world: &Shared, name: &'static str, test: F) -> Trial
where
    F: AsyncFnOnce(&World) -> Result<()> + Send + 'static,
{
    let world = Arc::clone(world);
    Trial::test(name, move || {
        let (runtime, world) = &*world;
        let Some(world) = world else { return Err(Failed::from("there is no stack")) };
        runtime.block_on(test(world)).map_err(|fault| Failed::from(format!("{fault:#}")))
    })
}

fn main() -> Result<ExitCode> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    let runtime = Runtime::new()?;
    let world = if arguments.list {
        None
    } else {
        // The customer has 12 seconds for the balance, so that nobody has to wait for an unpaid
        // sale.
        let settings = Settings { final_payment_window: 12, recheck: 3, ..Settings::default() };
        let stack = runtime.block_on(Stack::start(&settings, &Narrator::default()))?;
        Some(World { stack, description: Description::read()? })
    };
    let world: Shared = Arc::new((runtime, world));
    // First, while no other sale's deadline can change the table under them.
    let mut trials = abuse::trials(&world);
    trials.extend(stories::trials(&world));
    trials.extend(requests::trials(&world));
    trials.extend(plans::trials(&world));
    trials.extend(stock::trials(&world));
    trials.extend(lists::trials(&world));
    trials.extend(registration::trials(&world));
    trials.extend(delivery::trials(&world));
    trials.extend(notifications::trials(&world));
    trials.extend(money::trials(&world));
    trials.extend(money_back::trials(&world));
    trials.extend(cases::trials(&world));
    trials.extend(managers::trials(&world));
    trials.extend(expediente::trials(&world));
    trials.extend(portal::trials(&world));
    trials.extend(desk::trials(&world));
    trials.extend(webhooks::trials(&world));
    trials.extend(contracts::trials(&world));
    trials.extend(faults::trials(&world));
    trials.extend(ops::trials(&world));
    trials.extend(accounts::trials(&world));
    trials.extend(schema::trials(&world));
    // The last: by then every function has done all that it does.
    trials.extend(partner_requests::trials(&world));
    trials.extend(permissions::trials(&world));
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The stack ends with the last of these, before the process does.
    drop(world);
    Ok(conclusion.exit_code())
}
