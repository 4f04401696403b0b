//! The desk in a real browser.

use super::{CUSTOMER, World};
use crate::browser::Visitor;
use crate::{Shared, trial};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;

/// The most that the first page may cost over the wire, in bytes.
const MOST_BYTES: f64 = 60_000.0;

pub(super) fn trials(world: &Shared) -> Vec<Trial> {
    vec![trial(world, "an_employee_sells_in_a_browser", an_employee_sells_in_a_browser)]
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
        visitor.write(&format!("sell-{}", field.replace('/', "-")), text).await?;
    }
    visitor.tick("plan-CITY").await?;
    visitor.follow("button.main", "notice=sold").await?;
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
