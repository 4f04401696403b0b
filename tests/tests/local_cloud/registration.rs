//! Each country's registration, as its authority may take it: at once, days later, refused until
//! the dealership has seen to it, or not reached for a while.

use crate::conformance::Checked;
use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use stack::demo::{GOOD_CARD, key, sale, with_documents};
use stack::eventually;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(world, "spain_registers", async |world: &World| registers(world, "ES").await),
        trial(world, "portugal_registers", async |world: &World| registers(world, "PT").await),
        trial(world, "france_registers", async |world: &World| registers(world, "FR").await),
        trial(world, "germany_registers", async |world: &World| registers(world, "DE").await),
        trial(world, "italy_registers", async |world: &World| registers(world, "IT").await),
        trial(
            world,
            "nothing_is_registered_before_full_payment",
            nothing_is_registered_before_full_payment,
        ),
    ]
}

/// A dealership of one country.
struct Dealership<'a> {
    world: &'a World,
    api: Checked<'a>,
    country: &'a str,
}

impl<'a> Dealership<'a> {
    async fn of(world: &'a World, country: &'a str) -> Result<Self> {
        let roles = ["sales", "dealership-manager"];
        let api = world.stack.api_in(country, &format!("REG-{country}"), &roles).await?;
        Ok(Self { world, api: Checked { api, description: &world.description }, country })
    }

    fn body(&self, email: &str) -> Value {
        let mut body = sale(email);
        body["customer"]["address"]["country"] = json!(self.country);
        // Five digits are a postal code in the other countries.
        if self.country == "PT" {
            body["customer"]["address"]["postal_code"] = json!("1100-053");
        }
        body
    }

    /// A sale that is paid in full from the moment when the authority behaves like this.
    async fn paid(&self, body: &Value, behaviour: Option<Value>) -> Result<String> {
        let id =
            self.api.post("/sales", &key(), body).await?.expect(201)?.text("/sale_id").to_owned();
        if let Some(mut behaviour) = behaviour {
            behaviour["partner"] = json!("registry");
            behaviour["reference"] = json!(id);
            self.world.stack.partners.behave(&behaviour).await?;
        }
        let payment = json!({ "method": "card", "payment_method": GOOD_CARD });
        self.api
            .post(&format!("/sales/{id}/signal-payment"), &key(), &payment)
            .await?
            .expect(200)?;
        let sale = self.until(&id, "OrderPlaced").await?;
        let order = sale.pointer("/order/order_id").and_then(Value::as_str).context("no order")?;
        self.world.stack.partners.advance(order, "AvailableForCustomer").await?;
        self.until(&id, "AvailableForCustomer").await?;
        self.api
            .post(&format!("/sales/{id}/final-payment"), &key(), &payment)
            .await?
            .expect(200)?;
        Ok(id)
    }

    async fn sale(&self, id: &str) -> Result<Value> {
        Ok(self.api.get(&format!("/sales/{id}")).await?.expect(200)?.body)
    }

    async fn until(&self, id: &str, event: &str) -> Result<Value> {
        eventually(PATIENCE, &format!("{} remembers {event}", self.country), async || {
            let sale = self.sale(id).await?;
            Ok(stack::demo::events(&sale).iter().any(|known| known == event).then_some(sale))
        })
        .await
    }

    /// Waits until the dealership has to see to this.
    async fn asked_for(&self, id: &str, kind: &str) -> Result<()> {
        eventually(PATIENCE, &format!("{} has the case {kind}", self.country), async || {
            let cases = self.api.get("/cases").await?.expect(200)?.body;
            let is_it = |case: &Value| case["sale_id"] == id && case["kind"] == kind;
            Ok(cases["cases"].as_array().into_iter().flatten().any(is_it).then_some(()))
        })
        .await
    }

    /// How often the authority was asked for the sale, under any key.
    async fn registrations(&self, id: &str) -> Result<usize> {
        let books = self.world.stack.partners.ledger().await?;
        let of_sale = |known: &&Value| {
            known["reference"].as_str().is_some_and(|reference| reference.starts_with(id))
        };
        Ok(books["registrations"].as_array().into_iter().flatten().filter(of_sale).count())
    }
}

async fn registers(world: &World, country: &str) -> Result<()> {
    let dealership = Dealership::of(world, country).await?;
    let email = |mode: &str| format!("{mode}-{}@example.com", country.to_lowercase());
    let required = {
        let id = dealership
            .api
            .post("/sales", &key(), &dealership.body(&email("asks")))
            .await?
            .expect(201)?;
        let sale = dealership.sale(id.text("/sale_id")).await?;
        sale["authority"]["required_documents"].as_array().context("no authority")?.clone()
    };
    let documents: Vec<Value> =
        required.iter().map(|kind| json!({ "kind": kind, "sha256": "ab".repeat(32) })).collect();
    let complete = |mode: &str| {
        let mut body = dealership.body(&email(mode));
        body["documents"] = json!(documents);
        body
    };
    let bodies = ["at-once", "late", "down"].map(complete);
    let [at_once, late, down] = &bodies;
    let (at_once, late, down) = tokio::try_join!(
        dealership.paid(at_once, None),
        dealership.paid(late, Some(json!({ "behaviour": "pending", "times": 2 }))),
        dealership.paid(down, Some(json!({ "behaviour": "error", "times": 1000 }))),
    )?;
    // It stays down: people are told, and it is asked on, until it is up again.
    dealership.asked_for(&down, "authority_silent").await?;
    world.stack.partners.recover(&down).await?;
    // Nothing is on file yet, and what comes then can't be read.
    let refusal =
        Some(json!({ "behaviour": "refuse", "reason": "the identity card can't be read" }));
    let refused = dealership.paid(&dealership.body(&email("refused")), refusal).await?;
    dealership.asked_for(&refused, "documents_missing").await?;
    let sale = dealership.sale(&refused).await?;
    ensure!(
        sale["authority"]["missing_documents"] == json!(required)
            && sale["status"] == "PaymentReceived",
        "{sale}"
    );
    ensure!(
        dealership.registrations(&refused).await? == 0,
        "the authority was asked without documents"
    );
    let on_file = json!({ "documents": documents });
    let answer = dealership
        .api
        .post(&format!("/sales/{refused}/documents"), &key(), &on_file)
        .await?
        .expect(200)?;
    ensure!(answer.body["missing_documents"] == json!([]), "{answer:?}");
    dealership.asked_for(&refused, "registration_refused").await?;
    let sale = dealership.sale(&refused).await?;
    ensure!(sale["authority"]["refusal"] == "the identity card can't be read", "{sale}");
    let (path, anew) =
        (format!("/sales/{refused}/registration"), json!({ "reason": "a legible copy was sent" }));
    let desk = world.stack.api_in(country, &format!("REG-{country}"), &["sales"]).await?;
    desk.post(&path, &key(), &anew).await?.expect(403)?;
    dealership.api.post(&path, &key(), &anew).await?.expect(202)?;

    for id in [at_once, late, down, refused] {
        let sale = dealership.until(&id, "ReadyForDelivery").await?;
        ensure!(dealership.registrations(&id).await? == 1, "{id} was registered more than once");
        let plate =
            sale.pointer("/registration/plate").and_then(Value::as_str).context("no plate")?;
        let rules = domain::country::Country::of(domain::CountryCode::parse(country)?)
            .context("no rules")?;
        ensure!(rules.has_form(&domain::Plate::parse(plate)?), "{plate} is no plate of {country}");
        let charges = sale["authority"]["charges"].as_array().context("no charges")?;
        ensure!(
            charges
                .iter()
                .any(|charge| charge["kind"] == "tax" && charge["amount"].as_u64() > Some(0)),
            "{sale}"
        );
        ensure!(
            sale["cases"]
                .as_array()
                .into_iter()
                .flatten()
                .all(|case| case.get("closed_at").is_some()),
            "{sale}"
        );
        dealership
            .api
            .post(&format!("/sales/{id}/registration"), &key(), &anew)
            .await?
            .expect(409)?;
    }
    Ok(())
}

/// of `docs/requirements.md`.
async fn nothing_is_registered_before_full_payment(world: &World) -> Result<()> {
    let (id, _) = world.ordered("unregistered@example.com").await?;
    let manager = world.somebody("MAD-01", &["dealership-manager"]).await?;
    let (path, body) =
        (format!("/sales/{id}/registration"), json!({ "reason": "the customer is in a hurry" }));
    let early = manager.post(&path, &key(), &body).await?.expect(409)?;
    ensure!(early.text("/type").ends_with("/registration-not-due"), "{early:?}");
    world.employee().await?.post(&path, &key(), &body).await?.expect(403)?;
    let elsewhere = world
        .somebody("LIS-02", &["dealership-manager"])
        .await?
        .post(&path, &key(), &body)
        .await?
        .expect(404)?;
    ensure!(elsewhere.text("/type").ends_with("/sale-not-found"), "{elsewhere:?}");
    // Nor do employees put documents on file, alone or with a registration.
    let sales = world.employee().await?;
    sales
        .post("/sales", &key(), &with_documents(sale("no-manager@example.com")))
        .await?
        .expect(403)?;
    let documents = json!({ "documents": [{ "kind": "identity", "sha256": "ab".repeat(32) }] });
    sales.post(&format!("/sales/{id}/documents"), &key(), &documents).await?.expect(403)?;
    Ok(())
}
