//! The customer pays in a browser: on the gateway's page, with the bank's challenge, or by transfer.

use super::{activate, log_in, more_time};
use crate::browser::Visitor;
use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use stack::demo::{MILESTONES, sale};
use stack::eventually;

pub(super) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(
            world,
            "a_customer_pays_on_the_gateway_s_page_and_the_rest_by_transfer",
            a_customer_pays_on_the_gateway_s_page_and_the_rest_by_transfer,
        ),
        trial(
            world,
            "a_payment_that_was_abandoned_is_made_otherwise",
            a_payment_that_was_abandoned_is_made_otherwise,
        ),
    ]
}

/// A card whose bank asks.
const ASKED_CARD: &str = "4000002760003184";
/// The gateway's page.
const HOSTED: &str = "/c/pay/";

/// A customer, logged in, at the purchase whose señal is due.
async fn reserved(world: &World, story: &str, email: &str) -> Result<(Visitor, String)> {
    let visitor = Visitor::new(story).await?;
    let id = world.registered(&sale(email)).await?;
    activate(world, &visitor, email).await?;
    log_in(&visitor, email).await?;
    visitor.follow("main .purchases a", &format!("/portal/expediente/{id}")).await?;
    Ok((visitor, id))
}

/// Sends the form of the gateway's page, which leads to the bank's.
async fn send_card(visitor: &Visitor) -> Result<()> {
    if visitor.evaluate("!!document.getElementById('email')").await? {
        visitor.write("email", "ana@example.com").await?;
    }
    for (field, text) in
        [("number", ASKED_CARD), ("expiry", "12/34"), ("cvc", "123"), ("name", "Ana Garcia")]
    {
        visitor.write(field, text).await?;
    }
    visitor.leave_for("form button", "/challenge/").await
}

/// Sends what the purchase's page says is missing to the account that it names.
pub(super) async fn send_what_is_missing(world: &World, visitor: &Visitor) -> Result<()> {
    let [missing, iban] = instructions(visitor).await?;
    world.stack.transfer(&iban, cents(&missing)?).await
}

/// The amount that is missing and the account, as they are copied.
async fn instructions(visitor: &Visitor) -> Result<[String; 2]> {
    let copied =
        "[...document.querySelectorAll('[data-copy]')].slice(0, 2).map(one => one.dataset.copy)";
    let found: Vec<String> = visitor.evaluate(copied).await?;
    found.try_into().ok().context("there are no instructions")
}

fn cents(amount: &str) -> Result<u64> {
    Ok(amount.replace([',', '.'], "").parse()?)
}

async fn a_customer_pays_on_the_gateway_s_page_and_the_rest_by_transfer(
    world: &World,
) -> Result<()> {
    let (visitor, id) = reserved(world, "by-card", "by-card@example.com").await?;
    let purchase = format!("/portal/expediente/{id}");
    visitor.look("1-reserved").await?;
    visitor.follow("a.main", "/pay").await?;
    visitor.tab_through().await?;
    visitor.look("2-ways").await?;
    visitor.leave_for("main button.main", HOSTED).await?;
    visitor.look("3-gateway").await?;
    send_card(&visitor).await?;
    visitor.look("4-challenge").await?;
    visitor.leave_for("button.quiet", HOSTED).await?;
    visitor.look("5-failed").await?;
    visitor.open(&world.portal(&format!("expediente/{id}"))).await?;
    visitor.look("6-to-go-on").await?;
    visitor.leave_for("a.main", HOSTED).await?;
    send_card(&visitor).await?;
    visitor.follow("button:not(.quiet)", &purchase).await?;
    visitor.look("7-back").await?;
    let paid = world.sale_with(&id, "OrderPlaced").await?;
    let order = paid.pointer("/order/order_id").and_then(serde_json::Value::as_str);
    let order = order.context("there is no order")?;
    visitor.open(&world.portal(&format!("expediente/{id}"))).await?;
    let receipts: usize =
        visitor.evaluate("document.querySelectorAll('a[href*=\"/receipt/\"]').length").await?;
    ensure!(receipts == 1, "{receipts} receipts");
    visitor.look("8-paid").await?;
    world.stack.partners.advance(order, MILESTONES[5]).await?;
    world.sale_with(&id, MILESTONES[5]).await?;
    more_time(world, &id).await?;
    visitor.open(&world.portal(&format!("expediente/{id}"))).await?;
    visitor.follow("a.main", "/pay").await?;
    visitor.tick("bank_transfer").await?;
    visitor.enter(&purchase).await?;
    visitor.tab_through().await?;
    visitor.look("9-transfer").await?;
    send_what_is_missing(world, &visitor).await?;
    world.sale_with(&id, "ReadyForDelivery").await?;
    visitor.open(&world.portal(&format!("expediente/{id}"))).await?;
    visitor.look("10-paid-in-full").await?;
    ensure!(visitor.seen().errors.is_empty(), "{:?}", visitor.seen().errors);
    visitor.leave().await
}

async fn a_payment_that_was_abandoned_is_made_otherwise(world: &World) -> Result<()> {
    let (visitor, id) = reserved(world, "abandoned", "abandons@example.com").await?;
    let purchase = format!("/portal/expediente/{id}");
    visitor.follow("a.main", "/pay").await?;
    visitor.leave_for("main button.main", HOSTED).await?;
    send_card(&visitor).await?;
    visitor.open(&world.portal(&format!("expediente/{id}"))).await?;
    visitor.look("1-abandoned").await?;
    visitor.follow(".hero a[href$='/pay']", "/pay").await?;
    visitor.tick("bank_transfer").await?;
    visitor.look("2-otherwise").await?;
    visitor.enter(&purchase).await?;
    visitor.look("3-transfer").await?;
    let [_, iban] = instructions(&visitor).await?;
    world.stack.transfer(&iban, 40_000).await?;
    eventually(PATIENCE, "the page shows what came", async || {
        visitor.open(&world.portal(&format!("expediente/{id}"))).await?;
        let came: bool = visitor.evaluate("!!document.querySelector('.transfer .sum')").await?;
        Ok(came.then_some(()))
    })
    .await?;
    visitor.look("4-in-part").await?;
    send_what_is_missing(world, &visitor).await?;
    world.sale_with(&id, "OrderPlaced").await?;
    visitor.open(&world.portal(&format!("expediente/{id}"))).await?;
    visitor.look("5-paid").await?;
    visitor.leave().await
}
