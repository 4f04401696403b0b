//! The employees' pages: log-in by the issuer, a sale from the form to the delivery, and who is
//! kept out. `target/screenshots` keeps what they look like.

mod abuse;
mod clerk;
mod day;
mod looks;
mod office;
mod walk;

use crate::{Shared, World, trial};
use anyhow::{Context, Result, ensure};
use clerk::Clerk;
use libtest_mimic::Trial;
pub(crate) use office::this_month;
use serde_json::Value;
use stack::demo::{MILESTONES, sale};

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    let mut trials = vec![
        trial(
            world,
            "an_employee_logs_in_and_out_at_the_desk",
            an_employee_logs_in_and_out_at_the_desk,
        ),
        trial(
            world,
            "a_sale_goes_from_the_desk_s_form_to_delivery",
            a_sale_goes_from_the_desk_s_form_to_delivery,
        ),
        trial(world, "a_manager_decides_at_the_desk", a_manager_decides_at_the_desk),
        trial(
            world,
            "a_month_is_reported_on_and_a_price_changed_at_the_desk",
            office::a_month_is_reported_on_and_a_price_changed_at_the_desk,
        ),
        trial(
            world,
            "reports_and_plans_can_be_used_in_a_browser",
            office::reports_and_plans_can_be_used_in_a_browser,
        ),
        trial(world, "the_desk_keeps_out_who_may_not", abuse::the_desk_keeps_out_who_may_not),
    ];
    trials.extend(looks::trials(world));
    trials.extend(day::trials(world));
    trials.extend(walk::trials(world));
    trials
}

/// What the forms of a sale are sent to.
const ACTIONS: [&str; 11] = [
    "pay-signal",
    "pay-balance",
    "documents",
    "deliver",
    "correct",
    "extend",
    "resubmit",
    "close-case",
    "credentials",
    "cancel",
    "erase",
];

/// A customer as an employee types it.
const CUSTOMER: [(&str, &str); 14] = [
    ("customer/full_name", "Nerea Vidal Roca"),
    ("customer/email", "nerea.desk@example.com"),
    ("customer/phone", "612 345 678"),
    ("customer/language", "es"),
    ("customer/tax_id", ""),
    ("customer/address/street", "Calle Mayor 1"),
    ("customer/address/postal_code", "28013"),
    ("customer/address/city", "Madrid"),
    ("customer/address/country", "ES"),
    ("plan/code", "CITY"),
    ("options", "CITY/GPS"),
    ("options", "TERRA/TOW-BAR"),
    ("vehicle_id", ""),
    ("delivery/to", "dealership"),
];

impl World {
    fn desk(&self, page: &str) -> String {
        format!("{}/desk/{page}", self.stack.api_url)
    }
}

/// The sale that a page leads to.
fn sale_of(to: &str) -> Result<String> {
    let (_, id) = to.rsplit_once("sales/").context("it leads to no sale")?;
    Ok(id.split('?').next().unwrap_or_default().to_owned())
}

async fn an_employee_logs_in_and_out_at_the_desk(world: &World) -> Result<()> {
    let clerk = Clerk::nobody(world)?;
    ensure!(clerk.get("board").await?.expect(303)?.to == "log-in");
    clerk.get("log-in").await?.expect(200)?;
    let (waits, answer) = clerk.answer("MAD-01", "sales").await?;
    // Another browser has no log-in that waits; nor has this one for another state.
    clerk.opens(&answer, "").await?.expect(401)?;
    let (others, _) = clerk.answer("MAD-01", "sales").await?;
    clerk.opens(&answer, &others).await?.expect(401)?;
    clerk.opens(&format!("{answer}x"), &waits).await?.expect(401)?;
    // That one was used up by the attempt.
    clerk.opens(&answer, &waits).await?.expect(401)?;
    let (waits, answer) = clerk.answer("MAD-01", "sales").await?;
    clerk.opens(&answer, &waits).await?.expect(200)?;
    clerk.opens(&answer, &waits).await?.expect(401)?;
    // A code that the issuer never gave.
    let (waits, answer) = clerk.answer("MAD-01", "sales").await?;
    clerk.opens(&answer.replace("code-", "code-0"), &waits).await?.expect(401)?;
    // An employee without a dealership.
    let (waits, answer) = clerk.answer(" ", "sales").await?;
    let refused = clerk.opens(&answer, &waits).await?.expect(403)?;
    ensure!(refused.body.contains("dealership_id"), "{}", refused.body);
    let clerk = Clerk::of(world, "MAD-01", "sales").await?;
    clerk.get("board").await?.expect(200)?;
    let left = clerk.send("log-out", &[]).await?.expect(200)?;
    ensure!(left.body.contains("/end-session?"), "{}", left.body);
    ensure!(clerk.get("board").await?.expect(303)?.to == "log-in");
    let again = clerk.send("sell", &[]).await?.expect(303)?;
    ensure!(again.to == "log-in?notice=over", "{again:?}");
    Ok(())
}

async fn a_sale_goes_from_the_desk_s_form_to_delivery(world: &World) -> Result<()> {
    let clerk = Clerk::of(world, "MAD-01", "sales dealership-manager").await?;
    let empty = clerk.get("sell").await?.expect(200)?;
    let key = empty.key("action=\"sell")?;
    let with = |changed: &[(&'static str, &'static str)]| {
        let mut fields: Vec<(&str, String)> = vec![("key", key.clone())];
        fields.extend(CUSTOMER.iter().map(|(name, text)| {
            let other = changed.iter().find(|(field, _)| field == name);
            (*name, other.map_or(*text, |(_, text)| *text).to_owned())
        }));
        fields
    };
    let send = async |page: &str, fields: Vec<(&str, String)>| {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        clerk.send(page, &fields).await
    };
    let faulty = [("customer/email", "nobody"), ("customer/phone", "12"), ("plan/code", "NONE")];
    let refused = send("sell", with(&faulty)).await?.expect(422)?;
    for kept in ["Nerea Vidal Roca", "value=\"nobody\"", "value=\"12\"", "Calle Mayor 1"] {
        ensure!(refused.body.contains(kept), "{kept} is lost");
    }
    for field in ["customer-email", "customer-phone"] {
        ensure!(refused.body.contains(&format!("id=\"sell-{field}-fault\"")), "{field}");
    }
    let sold = send("sell", with(&[])).await?.expect(303)?;
    let again = send("sell", with(&[])).await?.expect(303)?;
    ensure!(sold.to == again.to, "one form, two sales: {} and {}", sold.to, again.to);
    let id = sale_of(&sold.to)?;
    let other = send("sell", with(&[("customer/full_name", "Nerea Vidal Prat")])).await?;
    let other = other.expect(422)?;
    ensure!(other.key("action=\"sell")? != key, "a key that is used up is offered again");
    let registered = world.employee().await?.get(&format!("/sales/{id}")).await?.expect(200)?;
    let options = registered.body.pointer("/plan/options").cloned();
    ensure!(options == Some(serde_json::json!(["GPS"])), "another plan's: {options:?}");

    let page = clerk.get(&format!("sales/{id}")).await?.expect(200)?;
    let key = page.key("/pay-signal")?;
    let pay = [("key", key.as_str()), ("method", "checkout")];
    for _ in 0..2 {
        clerk.send(&format!("sales/{id}/pay-signal"), &pay).await?.expect(303)?;
    }
    let page = clerk.get(&format!("sales/{id}")).await?.expect(200)?;
    ensure!(page.body.matches("<svg").count() == 1, "no code, or two: {}", page.body);
    let transfer = [("key", "another"), ("method", "bank_transfer")];
    clerk.send(&format!("sales/{id}/pay-signal"), &transfer).await?.expect(303)?;
    let page = clerk.get(&format!("sales/{id}")).await?.expect(200)?;
    let (_, iban) = page.body.split_once("<dt>IBAN</dt><dd>").context("no account")?;
    let iban = iban.split('<').next().unwrap_or_default().to_owned();
    ensure!(!page.body.contains("<svg"), "the page that was ended is still offered");
    world.stack.transfer(&iban, 80_000).await?;
    let sale = world.sale_with(&id, "OrderPlaced").await?;
    let order = sale.pointer("/order/order_id").and_then(Value::as_str).unwrap_or_default();

    let correction = [
        ("full_name", "Nerea Vidal Roca"),
        ("email", "nerea.desk@example.com"),
        ("phone", "611 222 333"),
        ("language", "es"),
        ("tax_id", ""),
        ("address/street", "Calle Mayor 1"),
        ("address/postal_code", "28013"),
        ("address/city", "Madrid"),
        ("address/country", "ES"),
        ("reason", "A new number"),
    ];
    clerk.send(&format!("sales/{id}/correct"), &correction).await?.expect(303)?;
    let page = clerk.get(&format!("sales/{id}")).await?.expect(200)?;
    ensure!(page.body.contains("A new number") && page.body.contains("e-17"), "{}", page.body);

    world.stack.partners.advance(order, MILESTONES[5]).await?;
    world.sale_with(&id, MILESTONES[5]).await?;
    let balance = [("key", "the-balance"), ("method", "bank_transfer")];
    clerk.send(&format!("sales/{id}/pay-balance"), &balance).await?.expect(303)?;
    let page = clerk.get(&format!("sales/{id}")).await?.expect(200)?;
    let (_, iban) = page.body.split_once("<dt>IBAN</dt><dd>").context("no account")?;
    let iban = iban.split('<').next().unwrap_or_default().to_owned();
    let due = registered.body.pointer("/terms/balance").and_then(Value::as_u64);
    world.stack.transfer(&iban, due.context("no balance")?).await?;
    world.sale_with(&id, "PaymentReceived").await?;
    for (number, kind) in stack::demo::documents().as_array().into_iter().flatten().enumerate() {
        let kind = kind.get("kind").and_then(Value::as_str).unwrap_or_default();
        let digest = format!("{number}").repeat(64);
        let document = [("kind", kind), ("documents/0/sha256", digest.as_str())];
        clerk.send(&format!("sales/{id}/documents"), &document).await?.expect(303)?;
    }
    world.sale_with(&id, "ReadyForDelivery").await?;
    let day = jiff::Zoned::now().date().checked_add(jiff::Span::new().days(3))?.to_string();
    let delivery = [
        ("checks", "pre_delivery_inspection"),
        ("checks", "cleaning"),
        ("checks", "plates_mounted"),
        ("checks", "papers_and_keys"),
        ("appointment/date", day.as_str()),
        ("appointment/time", "10:30"),
        ("appointment/place", "dealership"),
    ];
    clerk.send(&format!("sales/{id}/deliver"), &delivery).await?.expect(303)?;
    world.sale_with(&id, "HandedOver").await?;
    for page in ["cases", "overdue", "deliveries", "documents", "stock", "plans"] {
        clerk.get(page).await?.expect(200)?;
    }
    for wanted in ["nerea.desk@example.com", order] {
        let found = clerk.get(&format!("find?q={wanted}")).await?.expect(200)?;
        ensure!(found.body.contains(&id), "{wanted} doesn't find the sale");
    }
    Ok(())
}

async fn a_manager_decides_at_the_desk(world: &World) -> Result<()> {
    let manager = Clerk::of(world, "MAD-01", "sales dealership-manager").await?;
    let id = world.registered(&sale("decided@example.com")).await?;
    manager.send(&format!("sales/{id}/credentials"), &[]).await?.expect(303)?;
    // Without a reason it isn't done, and what is wrong is said in its place.
    let refused = manager.send(&format!("sales/{id}/cancel"), &[]).await?.expect(422)?;
    ensure!(refused.body.contains("id=\"cancel-reason-fault\""), "{}", refused.body);
    let reason = [("reason", "<b>Changed</b> \"his\" mind")];
    for _ in 0..2 {
        manager.send(&format!("sales/{id}/cancel"), &reason).await?.expect(303)?;
    }
    let page = manager.get(&format!("sales/{id}")).await?.expect(200)?;
    ensure!(page.body.contains("&#60;b&#62;Changed"), "the reason isn't there, or not escaped");
    let refused = manager.send(&format!("sales/{id}/pay-signal"), &[("key", "k")]).await?;
    ensure!([409, 422].contains(&refused.status), "{}", refused.status);
    // What isn't due says so.
    let refused = [("pay_by", "2030-01-01T10:00"), ("reason", "x")];
    manager.send(&format!("sales/{id}/extend"), &refused).await?.expect(409)?;
    let refused = [("kind", "payment_reversed"), ("reason", "x")];
    manager.send(&format!("sales/{id}/close-case"), &refused).await?.expect(404)?;
    manager.send(&format!("sales/{id}/resubmit"), &[("reason", "x")]).await?.expect(409)?;
    manager.send(&format!("sales/{id}/erase"), &[]).await?.expect(303)?;
    let page = manager.get(&format!("sales/{id}")).await?.expect(200)?;
    ensure!(!page.body.contains("decided@example.com"), "an erased customer is shown");

    let (id, order) = world.ordered("extended@example.com").await?;
    world.stack.partners.advance(&order, MILESTONES[5]).await?;
    world.sale_with(&id, MILESTONES[5]).await?;
    let later = jiff::Zoned::now().checked_add(jiff::Span::new().days(2))?;
    let later = later.strftime("%Y-%m-%dT%H:%M").to_string();
    let extension = [("pay_by", later.as_str()), ("reason", "The bank is slow")];
    for _ in 0..2 {
        manager.send(&format!("sales/{id}/extend"), &extension).await?.expect(303)?;
    }
    let sale = world.employee().await?.get(&format!("/sales/{id}")).await?.expect(200)?;
    let extensions = sale.body.pointer("/extensions").and_then(Value::as_array).map(Vec::len);
    ensure!(extensions == Some(1), "{extensions:?}");
    Ok(())
}
