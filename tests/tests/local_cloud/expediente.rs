//! What customers see and do themselves.

use crate::{Checked, PATIENCE, Shared, World, trial};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::{Value, json};
use stack::api::Api;
use stack::cloud::SentMail;
use stack::demo::{GOOD_CARD, MILESTONES, key, prepared};
use stack::eventually;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(
            world,
            "a_customer_follows_and_pays_an_own_purchase",
            a_customer_follows_and_pays_an_own_purchase,
        ),
        trial(world, "a_purchase_that_failed_shows_as_such", a_purchase_that_failed_shows_as_such),
    ]
}

/// The password that the customers of these tests choose.
const PASSWORD: &str = "a-long-walk-by-the-sea";

/// What stands after a label in a mail's text.
fn after<'a>(mail: &'a SentMail, label: &str) -> Option<&'a str> {
    mail.text.lines().find_map(|line| line.trim().strip_prefix(label)).map(str::trim)
}

/// The customer with this address, activated with what the mail says, and logged in.
async fn customer<'a>(world: &'a World, email: &str) -> Result<Checked<'a>> {
    let mail = eventually(PATIENCE, "the credentials are there", async || {
        Ok(world
            .stack
            .cloud
            .mails()
            .await?
            .into_iter()
            .find(|mail| mail.to == email && mail.text.contains("/activate#")))
    })
    .await?;
    let token = after(&mail, "Activar la cuenta:")
        .and_then(|link| link.split_once('#'))
        .context("no link")?
        .1;
    let initial = after(&mail, "Contraseña inicial:").context("no initial password")?;
    let nobody = Checked {
        api: Api::new(world.stack.api_url.clone(), None)?,
        description: &world.description,
    };
    let body = json!({ "token": token, "initial_password": initial, "new_password": PASSWORD });
    nobody.post("/account/activation", &key(), &body).await?.expect(204)?;
    let body = json!({ "username": email, "password": PASSWORD });
    let opened = nobody.post("/account/sessions", &key(), &body).await?.expect(201)?;
    let token = opened.text("/token").to_owned();
    Ok(Checked {
        api: Api::new(world.stack.api_url.clone(), Some(token))?,
        description: &world.description,
    })
}

async fn a_customer_follows_and_pays_an_own_purchase(world: &World) -> Result<()> {
    let (id, order) = world.ordered("follows@example.com").await?;
    let (others, _) = world.ordered("another-follower@example.com").await?;
    let ours = customer(world, "follows@example.com").await?;
    let path = format!("/expediente/{id}");

    let list = ours.get("/expediente").await?.expect(200)?;
    ensure!(
        list.body.pointer("/expedientes").and_then(Value::as_array).map(Vec::len) == Some(1),
        "{list:?}"
    );
    ensure!(list.text("/expedientes/0/sale_id") == id, "{list:?}");
    let seen = ours.get(&path).await?.expect(200)?;
    ensure!(
        seen.text("/next/step") == "manufacture" && seen.text("/order/order_id") == order,
        "{seen:?}"
    );
    ensure!(seen.body.pointer("/payments/signal/receipts/0/receipt_id").is_some(), "{seen:?}");
    let etag = seen.headers.get("etag").cloned().context("no ETag")?;
    let known = [("if-none-match", etag.as_str())];
    ours.send(Method::GET, &path, &known, None).await?.expect(304)?;

    // Another's purchase, and nobody's.
    for elsewhere in [&others, "01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e", "x"] {
        ours.get(&format!("/expediente/{elsewhere}")).await?.expect(404)?;
    }
    let nobody = Checked {
        api: Api::new(world.stack.api_url.clone(), None)?,
        description: &world.description,
    };
    nobody.get(&path).await?.expect(401)?;
    nobody.get("/expediente").await?.expect(401)?;
    let payment = json!({ "method": "card", "payment_method": GOOD_CARD });
    let pay = |sale: &str| format!("/expediente/{sale}/final-payment");
    ours.post(&pay(&id), &key(), &payment).await?.expect(409)?;
    ours.post(&pay(&others), &key(), &payment).await?.expect(404)?;
    nobody.post(&pay(&id), &key(), &payment).await?.expect(401)?;
    world.stack.partners.advance(&order, MILESTONES[5]).await?;
    world.sale_with(&id, "AvailableForCustomer").await?;
    let due = ours.send(Method::GET, &path, &known, None).await?.expect(200)?;
    ensure!(due.text("/next/step") == "pay_balance" && !due.text("/next/by").is_empty(), "{due:?}");
    // The customer thinks better of a transfer.
    let transfer = json!({ "method": "bank_transfer" });
    ours.post(&pay(&id), &key(), &transfer).await?.expect(202)?;
    let once = key();
    let paid = ours.post(&pay(&id), &once, &payment).await?.expect(200)?;
    ensure!(
        ours.post(&pay(&id), &once, &payment).await?.expect(200)?.body == paid.body,
        "a repeat is answered the same"
    );
    world.sale_with(&id, "ReadyForDelivery").await?;
    let done = ours.get(&path).await?.expect(200)?;
    ensure!(
        done.text("/next/step") == "deliver" && !done.text("/registration/plate").is_empty(),
        "{done:?}"
    );
    ensure!(done.text("/payments/balance/receipts/0/state") == "captured", "{done:?}");
    let number = done.text("/payments/balance/receipts/0/receipt_id");
    let paper = format!("/portal{path}/receipt/{number}.pdf");
    let pdf = ours.api.get(&paper).await?.expect(200)?;
    ensure!(pdf.headers.get("content-type").is_some_and(|kind| kind == "application/pdf"));
    ensure!(pdf.raw.starts_with("%PDF-") && pdf.raw.trim_end().ends_with("%%EOF"), "{}", pdf.raw);
    let prepared = prepared();
    world
        .employee()
        .await?
        .post(&format!("/sales/{id}/delivery"), &key(), &prepared)
        .await?
        .expect(200)?;
    let arranged = ours.get(&path).await?.expect(200)?;
    ensure!(
        arranged.body["appointment"] == prepared["appointment"]
            && arranged.text("/next/step") == "receive",
        "{arranged:?}"
    );
    ensure!(
        arranged.text("/documents/0/kind") == "identity"
            && !arranged.body.to_string().contains("sha256"),
        "{arranged:?}"
    );
    ensure!(
        !arranged.body.to_string().contains("checks"),
        "the checklist is the dealership's: {arranged:?}"
    );
    Ok(())
}

async fn a_purchase_that_failed_shows_as_such(world: &World) -> Result<()> {
    let (id, order) = world.ordered("loses@example.com").await?;
    let ours = customer(world, "loses@example.com").await?;
    world.stack.partners.advance(&order, MILESTONES[5]).await?;
    world.sale_with(&id, "SinAsignar").await?;
    let lost = ours.get(&format!("/expediente/{id}")).await?.expect(200)?;
    ensure!(
        lost.body.pointer("/failed") == Some(&json!(true)) && lost.text("/status") == "SinAsignar",
        "{lost:?}"
    );
    // The vehicle is stock now; the customer keeps access, with no active vehicle.
    ensure!(
        lost.body.pointer("/vehicle_id").is_none() && lost.body.pointer("/next").is_none(),
        "{lost:?}"
    );
    Ok(())
}
