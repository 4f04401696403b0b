//! The customer's web pages in a real browser. `target/screenshots` keeps what they look like.

mod paying;

use crate::browser::Visitor;
use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::json;
use stack::demo::{MILESTONES, key, prepared, sale};
use stack::eventually;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    let mut trials = vec![
        trial(
            world,
            "the_portal_s_first_page_is_small_and_still",
            the_portal_s_first_page_is_small_and_still,
        ),
        trial(
            world,
            "a_customer_goes_from_the_mail_to_the_receipt",
            a_customer_goes_from_the_mail_to_the_receipt,
        ),
        trial(
            world,
            "a_customer_reads_that_the_vehicle_is_lost",
            a_customer_reads_that_the_vehicle_is_lost,
        ),
        trial(
            world,
            "an_account_is_activated_with_scripts_off",
            an_account_is_activated_with_scripts_off,
        ),
        trial(
            world,
            "the_portal_shows_nobody_else_s_purchase",
            the_portal_shows_nobody_else_s_purchase,
        ),
    ];
    trials.extend(paying::trials(world));
    trials
}

const PASSWORD: &str = "a-long-walk-by-the-sea";
/// The most that the first page may cost over the wire, in bytes.
const MOST_BYTES: f64 = 50_000.0;

impl World {
    fn portal(&self, page: &str) -> String {
        format!("{}/portal/{page}", self.stack.api_url)
    }
}

/// The customer has 18 seconds for the balance, or a day more.
pub(crate) async fn more_time(world: &World, id: &str) -> Result<()> {
    let manager = world.somebody("MAD-01", &["dealership-manager"]).await?;
    let due: jiff::Timestamp =
        manager.get(&format!("/sales/{id}")).await?.expect(200)?.text("/pay_by").parse()?;
    let later = due + jiff::SignedDuration::from_hours(24);
    let extension = json!({ "pay_by": later, "reason": "the customer takes a good look" });
    let path = format!("/sales/{id}/deadline-extension");
    manager.post(&path, &key(), &extension).await?.expect(200).map(drop)
}

async fn log_in(visitor: &Visitor, email: &str) -> Result<()> {
    visitor.write("email", email).await?;
    visitor.write("password", PASSWORD).await?;
    visitor.enter("/portal/expediente").await
}

async fn activate(world: &World, visitor: &Visitor, email: &str) -> Result<()> {
    let mailed = world.credentials(email, 0).await?;
    visitor.open(&mailed.link).await?;
    let address = visitor.address().await?;
    ensure!(
        !address.contains(&mailed.token),
        "the code stays in the address: a history would keep it"
    );
    visitor.write("initial", &mailed.initial_password).await?;
    visitor.write("new", PASSWORD).await?;
    visitor.enter("login?notice=activated").await
}

async fn the_portal_s_first_page_is_small_and_still(world: &World) -> Result<()> {
    let visitor = Visitor::new("first-page").await?;
    visitor.open(&world.portal("login")).await?;
    let shift: f64 = visitor
        .evaluate(
            "new Promise(done => { let sum = 0; \
             new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value }) \
                 .observe({ type: 'layout-shift', buffered: true }); \
             setTimeout(() => done(sum), 300) })",
        )
        .await?;
    let seen = visitor.seen();
    ensure!(shift == 0.0, "the page shifts by {shift}");
    ensure!(
        seen.bytes > 1_000.0 && seen.bytes < MOST_BYTES,
        "{} bytes: {:?}",
        seen.bytes,
        seen.requests
    );
    let foreign = |url: &&String| {
        !url.starts_with(&world.stack.api_url) && !url.starts_with("data:") && *url != "about:blank"
    };
    let foreign: Vec<_> = seen.requests.iter().filter(foreign).collect();
    ensure!(foreign.is_empty(), "asked of others: {foreign:?}");
    ensure!(seen.errors.is_empty(), "{:?}", seen.errors);
    println!(
        "the first page: {} requests, {} bytes, shift {shift}",
        seen.requests.len(),
        seen.bytes
    );
    visitor.tab_through().await?;
    visitor.look("log-in").await?;
    visitor.open(&world.portal("forgot?lang=de")).await?;
    visitor.look("forgot").await?;
    visitor.open(&world.portal("reset-password?lang=fr")).await?;
    visitor.look("reset-password").await?;
    visitor.open(&world.portal("forgot?lang=de")).await?;
    // The same for an address that nobody has.
    visitor.write("email", "nobody@example.com").await?;
    visitor.enter("login?notice=link").await?;
    visitor.leave().await
}

async fn a_customer_goes_from_the_mail_to_the_receipt(world: &World) -> Result<()> {
    let (visitor, email) = (Visitor::new("paid").await?, "browses@example.com");
    let (id, order) = world.ordered(email).await?;
    let mailed = world.credentials(email, 0).await?;
    visitor.open(&mailed.link).await?;
    visitor.look("1-activate").await?;
    activate(world, &visitor, email).await?;
    log_in(&visitor, email).await?;
    visitor.look("2-list").await?;
    let purchase = format!("/portal/expediente/{id}");
    visitor.follow("main .purchases a", &purchase).await?;
    visitor.look("3-ordered").await?;
    for (number, milestone) in MILESTONES.into_iter().enumerate() {
        world.stack.partners.advance(&order, milestone).await?;
        world.sale_with(&id, milestone).await?;
        visitor.open(&world.portal(&format!("expediente/{id}"))).await?;
        let done: usize =
            visitor.evaluate("document.querySelectorAll('.timeline .done').length").await?;
        ensure!(done == number + 4, "{done} steps are done after {milestone}");
        if number == 2 {
            visitor.look("4-on-its-way").await?;
            expected_later(world, &visitor, email, &id, &order).await?;
        }
    }
    more_time(world, &id).await?;
    visitor.follow("a.main", "/pay").await?;
    visitor.tab_through().await?;
    visitor.look("5-pay").await?;
    visitor.tick("bank_transfer").await?;
    visitor.enter(&purchase).await?;
    paying::send_what_is_missing(world, &visitor).await?;
    world.sale_with(&id, "ReadyForDelivery").await?;
    visitor.open(&world.portal(&format!("expediente/{id}"))).await?;
    let plate: String =
        visitor.evaluate("document.querySelector('.plate')?.textContent ?? ''").await?;
    ensure!(!plate.is_empty(), "the vehicle has no plate");
    visitor.look("6-ready").await?;
    let receipts: usize =
        visitor.evaluate("document.querySelectorAll('a[href*=\"/receipt/\"]').length").await?;
    ensure!(receipts == 2, "{receipts} receipts");
    visitor.follow("dl div:last-child a[href*='/receipt/']", "").await?;
    visitor.look("7-receipt").await?;
    visitor.print("7-receipt").await?;
    let prepared = prepared();
    world
        .employee()
        .await?
        .post(&format!("/sales/{id}/delivery"), &key(), &prepared)
        .await?
        .expect(200)?;
    visitor.open(&world.portal(&format!("expediente/{id}"))).await?;
    let told: String = visitor.evaluate("document.querySelector('main').textContent").await?;
    ensure!(told.contains("El día y el lugar de la entrega están acordados"), "{told}");
    visitor.look("8-arranged").await?;
    visitor.open(&world.portal("account")).await?;
    visitor.look("9-account").await?;
    visitor.follow("main a[href='preferences']", "/portal/preferences").await?;
    visitor.tab_through().await?;
    visitor.look("10-preferences").await?;
    visitor.tick("progress-email").await?;
    visitor.tick("payment-sms").await?;
    visitor.enter("preferences?notice=saved").await?;
    let ticked: Vec<String> = visitor
        .evaluate("[...document.querySelectorAll('input:checked')].map(box => box.id)")
        .await?;
    let expected = [
        "progress-push",
        "payment-email",
        "payment-push",
        "payment-sms",
        "delivery-email",
        "delivery-push",
    ];
    ensure!(ticked == expected, "{ticked:?}");
    // Another session's new password ends this one.
    let elsewhere = world.customer(None)?.log_in(email, PASSWORD).await?.expect(201)?;
    let other = world.customer(Some(elsewhere.text("/token")))?;
    let change =
        json!({ "current_password": PASSWORD, "new_password": "a-longer-walk-by-the-sea" });
    other.json(Method::POST, "/account/password", &change).await?.expect(204)?;
    visitor.open(&world.portal(&format!("expediente/{id}"))).await?;
    ensure!(
        visitor.address().await?.contains("/portal/login"),
        "an ended session shows {}",
        visitor.address().await?
    );
    ensure!(visitor.seen().errors.is_empty(), "{:?}", visitor.seen().errors);
    println!("pictures: {}", visitor.pictures().display());
    visitor.leave().await
}

/// The factory expects the vehicle later: the mail says so, and the page what was expected before.
async fn expected_later(
    world: &World,
    visitor: &Visitor,
    email: &str,
    id: &str,
    order: &str,
) -> Result<()> {
    // Far from the factory's three months, on whatever day this runs.
    let year = jiff::Zoned::now().year() + 2;
    let (later, shown) = (format!("{year}-04-02"), format!("2 de abril de {year}"));
    let reason = "El barco sale más tarde";
    let moved = json!({ "status": MILESTONES[2], "estimated_delivery": later, "reason": reason });
    world.stack.partners.send_webhook(order, &moved).await?;
    let mail = eventually(PATIENCE, "the customer is told of the new estimate", async || {
        let mut mails = world.stack.cloud.mails().await?.into_iter();
        Ok(mails.find(|mail| mail.to == email && mail.text.contains(&shown)))
    })
    .await?;
    visitor.open(&world.portal(&format!("expediente/{id}"))).await?;
    let told: String = visitor.evaluate("document.querySelector('main').textContent").await?;
    ensure!(told.contains(&shown) && told.contains(reason), "{told}");
    visitor.look("4-expected-later").await?;
    visitor.read(&mail.html).await?;
    visitor.look("4-mail").await
}

async fn a_customer_reads_that_the_vehicle_is_lost(world: &World) -> Result<()> {
    let (visitor, email) = (Visitor::new("unpaid").await?, "hesitates@example.com");
    let (id, order) = world.ordered(email).await?;
    activate(world, &visitor, email).await?;
    log_in(&visitor, email).await?;
    world.stack.partners.advance(&order, MILESTONES[5]).await?;
    world.sale_with(&id, "SinAsignar").await?;
    visitor.open(&world.portal(&format!("expediente/{id}"))).await?;
    let (lost, can_pay): (usize, usize) =
        visitor.evaluate("[document.querySelectorAll('.hero.lost').length, document.querySelectorAll('a.main').length]").await?;
    ensure!((lost, can_pay) == (1, 0), "it has to show as lost, with nothing to pay");
    visitor.look("lost").await?;
    visitor.open(&world.portal("expediente")).await?;
    visitor.look("list").await?;
    visitor.leave().await
}

async fn an_account_is_activated_with_scripts_off(world: &World) -> Result<()> {
    let (visitor, email) = (Visitor::new("no-scripts").await?, "no-scripts@example.com");
    world.registered(&sale(email)).await?;
    let mailed = world.credentials(email, 0).await?;
    visitor.scripts(false).await?;
    visitor.open(&world.portal("activate")).await?;
    visitor.write("code", &mailed.token).await?;
    visitor.write("initial", &mailed.initial_password).await?;
    visitor.write("new", PASSWORD).await?;
    visitor.enter("login?notice=activated").await?;
    log_in(&visitor, email).await?;
    visitor.scripts(true).await?;
    visitor.look("list").await?;
    visitor.leave().await
}

async fn the_portal_shows_nobody_else_s_purchase(world: &World) -> Result<()> {
    let (visitor, email) = (Visitor::new("others").await?, "curious@example.com");
    world.registered(&sale(email)).await?;
    let others = world.registered(&sale("private@example.com")).await?;
    activate(world, &visitor, email).await?;
    log_in(&visitor, email).await?;
    for elsewhere in [others.as_str(), "01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e", "x"] {
        visitor.open(&world.portal(&format!("expediente/{elsewhere}"))).await?;
        let status: u16 = visitor
            .evaluate("performance.getEntriesByType('navigation')[0].responseStatus")
            .await?;
        ensure!(status == 404, "{elsewhere} answers {status}");
        let steps: usize =
            visitor.evaluate("document.querySelectorAll('.timeline').length").await?;
        ensure!(steps == 0, "{elsewhere} is shown");
    }
    visitor.look("nothing").await?;
    // A session that ended opens nothing.
    visitor.follow("form[action$=logout] button", "/portal/login").await?;
    visitor.open(&world.portal(&format!("expediente/{others}"))).await?;
    ensure!(visitor.address().await?.ends_with("/portal/login"), "{}", visitor.address().await?);
    visitor.leave().await
}
