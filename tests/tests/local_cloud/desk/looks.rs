//! The desk in a real browser.

use super::{CUSTOMER, World};
use crate::browser::Visitor;
use crate::{PATIENCE, Shared, trial};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use stack::demo::{GOOD_CARD, sale};
use stack::eventually;

/// The most that the first page may cost over the wire, in bytes.
const MOST_BYTES: f64 = 60_000.0;

pub(super) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(world, "an_employee_sells_in_a_browser", an_employee_sells_in_a_browser),
        trial(
            world,
            "what_is_new_comes_and_what_is_written_stays_in_a_browser",
            what_is_new_comes_and_what_is_written_stays_in_a_browser,
        ),
    ]
}

async fn an_employee_sells_in_a_browser(world: &World) -> Result<()> {
    let visitor = Visitor::new("desk").await?;
    visitor.open(&world.desk("board")).await?;
    visitor.leave_for("a.main", "/issuer/authorize").await?;
    visitor.follow("#m-3", "/desk/board").await?;
    drop(visitor.seen());
    visitor.open(&world.desk("board")).await?;
    let seen = visitor.seen();
    ensure!(seen.bytes < MOST_BYTES, "{} bytes: {:?}", seen.bytes, seen.requests);
    visitor.look("1-board").await?;
    visitor.tab_through().await?;
    visitor.open(&world.desk("sell")).await?;
    visitor.look("2-sell").await?;
    for (field, text) in CUSTOMER.into_iter().filter(|(name, text)| {
        let is_typed = name.starts_with("customer/") && !text.is_empty();
        is_typed && !name.ends_with("language") && !name.ends_with("country")
    }) {
        // A customer to whom no other trial sells.
        let text = if field == "customer/email" { "nerea.looks@example.com" } else { text };
        visitor.write(&format!("sell-{}", field.replace('/', "-")), text).await?;
    }
    visitor.tick("plan-CITY").await?;
    visitor.enter("notice=sold").await?;
    visitor.look("3-sold").await?;
    visitor.follow("#pay-signal summary", "notice=sold").await?;
    visitor.look("4-take-the-senal").await?;
    visitor.follow("#pay-signal button.main", "notice=done").await?;
    visitor.look("5-code").await?;
    visitor.tab_through().await?;
    visitor.open(&world.desk("board?lang=de")).await?;
    visitor.look("6-board-german").await?;
    for (number, page) in ["cases", "stock", "plans", "find?q=Nerea"].into_iter().enumerate() {
        visitor.open(&world.desk(page)).await?;
        visitor.look(&format!("{}-list", number + 7)).await?;
    }
    ensure!(visitor.seen().errors.is_empty(), "{:?}", visitor.seen().errors);
    println!("pictures: {}", visitor.pictures().display());
    visitor.leave().await
}

/// The sale goes on while somebody writes on its page, and beside it on the board.
async fn what_is_new_comes_and_what_is_written_stays_in_a_browser(world: &World) -> Result<()> {
    let id = world.registered(&sale("watched@example.com")).await?;
    let visitor = Visitor::new("desk-watched").await?;
    visitor.open(&world.desk("begin")).await?;
    visitor.leave_for("#m-3", "/desk/board").await?;
    visitor.open(&world.desk(&format!("sales/{id}?lang=en"))).await?;
    visitor.click("#correct summary").await?;
    visitor.write("correct-reason", "Half a sen").await?;
    visitor.click("#credentials summary").await?;
    world.pay(&id, "signal-payment", GOOD_CARD).await?;
    world.sale_with(&id, "OrderPlaced").await?;
    eventually(PATIENCE, "the page says what is new", async || {
        let said = "document.getElementById('status').innerText + document.querySelector('.news').innerText";
        let said: String = visitor.evaluate(said).await?;
        Ok((said.to_lowercase().starts_with("ordered") && said.contains("Updated")).then_some(()))
    })
    .await?;
    let left: [String; 2] = visitor
        .evaluate("[document.getElementById('correct-reason').value, document.querySelector('#pay-signal .hint').innerText]")
        .await?;
    ensure!(left[0] == "Half a sen", "what was written is {}", left[0]);
    ensure!(!left[1].contains("Opens a payment"), "it can still be paid: {}", left[1]);
    let open: Vec<String> = visitor
        .evaluate("[...document.querySelectorAll('.action[open]')].map(one => one.id)")
        .await?;
    ensure!(open == ["correct", "credentials"], "{open:?}");
    visitor.look("1-news").await?;
    // Once nothing is being written, nothing is sent that is there already.
    visitor.set("correct-reason", "").await?;
    visitor.evaluate::<bool>("(document.activeElement.blur(), true)").await?;
    eventually(PATIENCE, "nothing is sent again", async || {
        let last = "performance.getEntriesByType('resource').at(-1).responseStatus";
        Ok((visitor.evaluate::<u16>(last).await? == 304).then_some(()))
    })
    .await?;
    ensure!(visitor.seen().errors.is_empty(), "{:?}", visitor.seen().errors);
    visitor.leave().await
}
