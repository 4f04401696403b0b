//! A dealership's day in a real browser: what is sold from stock and from the factory, what a
//! manager decides, a vehicle that is handed over, and an auditor, who reads.

use super::{CUSTOMER, sale_of};
use crate::browser::Visitor;
use crate::portal::more_time;
use crate::stock::lost;
use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Context, Result, ensure};
use jiff::{Span, Zoned};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use stack::demo::{MILESTONES, sale};
use stack::eventually;

pub(super) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(
            world,
            "from_stock_and_factory_to_the_hand_over_in_a_browser",
            from_stock_and_factory_to_the_hand_over_in_a_browser,
        ),
        trial(world, "a_manager_decides_in_a_browser", a_manager_decides_in_a_browser),
        trial(
            world,
            "an_auditor_reads_and_can_t_act_in_a_browser",
            an_auditor_reads_and_can_t_act_in_a_browser,
        ),
    ]
}

/// A browser at the desk, and who is there.
pub(super) struct Day<'a> {
    world: &'a World,
    pub(super) visitor: Visitor,
}

impl<'a> Day<'a> {
    /// A browser in which this person is logged in.
    async fn of(world: &'a World, story: &str, who: &str) -> Result<Self> {
        let day = Self { world, visitor: Visitor::new(story).await? };
        day.visitor.speak("en").await?;
        day.is_now(who).await?;
        Ok(day)
    }

    /// The next person sits down.
    async fn is_now(&self, who: &str) -> Result<()> {
        self.visitor.open(&self.world.desk("begin")).await?;
        self.visitor.leave_for(&format!("#{who}"), "/desk/").await
    }

    async fn open(&self, page: &str) -> Result<()> {
        self.visitor.open(&self.world.desk(page)).await
    }

    /// The sale's page, once it says this.
    async fn sees(&self, id: &str, said: &str) -> Result<()> {
        eventually(PATIENCE, &format!("the page says {said}"), async || {
            self.open(&format!("sales/{id}?lang=en")).await?;
            let text: String = self.visitor.evaluate("document.body.innerText").await?;
            // A style sheet may write it in capitals.
            Ok(text.to_lowercase().contains(&said.to_lowercase()).then_some(()))
        })
        .await
    }

    /// Unfolds what can be done, and finds it open.
    async fn unfold(&self, action: &str) -> Result<()> {
        self.visitor.click(&format!("#{action} summary")).await?;
        let open: bool =
            self.visitor.evaluate(&format!("document.getElementById('{action}').open")).await?;
        ensure!(open, "{action} stays folded");
        Ok(())
    }

    /// Sends the form of what is unfolded.
    async fn act(&self, action: &str) -> Result<()> {
        self.visitor.send(&format!("#{action} button.main")).await?;
        let address = self.visitor.address().await?;
        ensure!(address.contains("notice=done"), "{action} leads to {address}");
        Ok(())
    }

    /// Fills in the customer of the form of a sale, and registers it.
    async fn sell(&self, name: &str, email: &str) -> Result<String> {
        let own = [("customer/full_name", name), ("customer/email", email)];
        let typed = CUSTOMER.into_iter().filter(|(field, text)| {
            let is_chosen = field.ends_with("language") || field.ends_with("country");
            field.starts_with("customer/") && !text.is_empty() && !is_chosen
        });
        for (field, text) in typed {
            let text = own.iter().find(|(name, _)| *name == field).map_or(text, |(_, text)| text);
            self.visitor.write(&format!("sell-{}", field.replace('/', "-")), text).await?;
        }
        self.visitor.send("p:last-of-type button.main").await?;
        sale_of(&self.visitor.address().await?)
    }

    /// Shows the payment's code, which the customer follows on the own phone and pays.
    async fn takes(&self, payment: &str) -> Result<String> {
        self.unfold(payment).await?;
        self.act(payment).await?;
        self.visitor.evaluate("document.querySelector('a.page').href").await
    }

    /// What went wrong in the browser is nothing.
    async fn ends(self) -> Result<()> {
        let seen = self.visitor.seen();
        ensure!(seen.wrong().is_empty(), "{:?}", seen.errors);
        println!("pictures: {}", self.visitor.pictures().display());
        self.visitor.leave().await
    }
}

async fn from_stock_and_factory_to_the_hand_over_in_a_browser(world: &World) -> Result<()> {
    let (_, vehicle) = lost(world, "desk-lost@example.com").await?;
    let day = Day::of(world, "desk-day", "e-17").await?;
    let visitor = &day.visitor;
    day.open("stock?lang=en").await?;
    visitor.look("1-stock").await?;
    visitor.follow(&format!("a[href$='vehicle={vehicle}']"), &vehicle).await?;
    visitor.look("2-sell-from-stock").await?;
    let of_stock = day.sell("Ines Prat Soler", "ines.desk@example.com").await?;
    let sold = world.employee().await?.get(&format!("/sales/{of_stock}")).await?.expect(200)?;
    ensure!(sold.text("/vehicle_id") == vehicle, "another vehicle: {sold:?}");
    let page = day.takes("pay-signal").await?;
    visitor.look("3-code-of-the-senal").await?;
    world.stack.pay_on_page(&page).await?;
    more_time_once_due(world, &of_stock).await?;
    day.sees(&of_stock, "Balance awaited").await?;
    visitor.look("4-senal-paid").await?;

    day.open("sell?lang=en").await?;
    visitor.tick("plan-TERRA").await?;
    let built = day.sell("Bruno Gil Mora", "bruno.desk@example.com").await?;
    let page = day.takes("pay-signal").await?;
    world.stack.pay_on_page(&page).await?;
    let ordered = world.sale_with(&built, "OrderPlaced").await?;
    let order = ordered.pointer("/order/order_id").and_then(Value::as_str);
    world.stack.partners.advance(order.context("no order")?, MILESTONES[5]).await?;
    more_time_once_due(world, &built).await?;
    day.sees(&built, "Balance awaited").await?;
    let page = day.takes("pay-balance").await?;
    world.stack.pay_on_page(&page).await?;

    // What the authority wants is put on file by a manager, and nobody else.
    day.is_now("m-3").await?;
    day.sees(&built, "Documents missing").await?;
    visitor.look("5-documents-missing").await?;
    for digit in ["1", "2", "3"] {
        day.unfold("documents").await?;
        visitor.write("documents-documents-0-sha256", &digit.repeat(64)).await?;
        day.act("documents").await?;
    }
    day.is_now("e-17").await?;
    day.sees(&built, "Ready for delivery").await?;
    day.unfold("deliver").await?;
    let checks = ["pre_delivery_inspection", "cleaning", "plates_mounted", "papers_and_keys"];
    for check in checks {
        visitor.tick(&format!("deliver-{check}")).await?;
    }
    let date = Zoned::now().date().checked_add(Span::new().days(3))?.to_string();
    visitor.set("deliver-appointment-date", &date).await?;
    visitor.set("deliver-appointment-time", "10:30").await?;
    visitor.look("6-delivery").await?;
    day.act("deliver").await?;
    day.sees(&built, "Passed to delivery").await?;
    visitor.look("7-handed-over").await?;
    day.ends().await
}

/// The balance has seconds here: a day more, once it is due.
async fn more_time_once_due(world: &World, id: &str) -> Result<()> {
    world.sale_with(id, "AvailableForCustomer").await?;
    more_time(world, id).await
}

async fn a_manager_decides_in_a_browser(world: &World) -> Result<()> {
    let (extended, order) = world.ordered("desk-extended@example.com").await?;
    world.stack.partners.advance(&order, MILESTONES[5]).await?;
    more_time_once_due(world, &extended).await?;
    let cancelled = world.registered(&sale("desk-cancelled@example.com")).await?;
    let (disputed, _) = world.ordered("desk-disputed@example.com").await?;
    let payment = world.stack.payment_of(&disputed).await?;
    world.stack.at_the_gateway(&format!("payments/{payment}/disputes"), &json!({})).await?;

    let day = Day::of(world, "desk-manager", "m-3").await?;
    let visitor = &day.visitor;
    day.sees(&extended, "Balance awaited").await?;
    day.unfold("extend").await?;
    let later = Zoned::now().checked_add(Span::new().days(3))?;
    visitor.set("extend-pay_by", &later.strftime("%Y-%m-%dT10:00").to_string()).await?;
    visitor.write("extend-reason", "The bank takes its time").await?;
    visitor.look("1-extend").await?;
    day.act("extend").await?;
    day.sees(&extended, "The bank takes its time").await?;
    visitor.look("2-extended").await?;

    day.unfold("correct").await?;
    visitor.set("correct-phone", "no number").await?;
    visitor.write("correct-reason", "It was a digit short").await?;
    visitor.send("#correct button.main").await?;
    visitor.look("3-not-corrected").await?;
    visitor.set("correct-phone", "611 222 333").await?;
    day.act("correct").await?;
    day.sees(&extended, "+34611222333").await?;
    visitor.look("4-corrected").await?;

    day.sees(&cancelled, "Registered").await?;
    day.unfold("cancel").await?;
    visitor.write("cancel-reason", "The customer changed their mind").await?;
    visitor.look("5-cancel").await?;
    day.act("cancel").await?;
    day.sees(&cancelled, "The customer changed their mind").await?;
    visitor.look("6-cancelled").await?;

    crate::cases::listed(world, &disputed, true).await?;
    day.open("cases?lang=en").await?;
    visitor.look("7-cases").await?;
    visitor.follow(&format!("a[href*='{disputed}']"), &disputed).await?;
    day.sees(&disputed, "Close a case").await?;
    day.unfold("close-case").await?;
    visitor.write("close-case-reason", "The bank was answered by letter").await?;
    visitor.look("8-case").await?;
    day.act("close-case").await?;
    crate::cases::listed(world, &disputed, false).await?;
    day.sees(&disputed, "The bank was answered by letter").await?;
    visitor.look("9-case-closed").await?;
    day.ends().await
}

async fn an_auditor_reads_and_can_t_act_in_a_browser(world: &World) -> Result<()> {
    let id = world.registered(&sale("desk-audited@example.com")).await?;
    let day = Day::of(world, "desk-auditor", "a-1").await?;
    let visitor = &day.visitor;
    day.open("board?lang=en").await?;
    let ways: Vec<String> = visitor
        .evaluate("[...document.querySelectorAll('header nav a')].map(way => way.innerText)")
        .await?;
    ensure!(!ways.iter().any(|way| way == "Sell"), "an auditor is sent to sell: {ways:?}");
    ensure!(ways.iter().any(|way| way == "Reports"), "an auditor has no reports: {ways:?}");
    visitor.look("1-board").await?;
    day.sees(&id, "Ana García").await?;
    let forms: usize = visitor.evaluate("document.querySelectorAll('main form').length").await?;
    ensure!(forms == 0, "{forms} forms");
    for (action, why) in [
        ("pay-signal", "It is done by: sales, dealership manager"),
        ("cancel", "It is done by: dealership manager"),
        ("close-case", "It is done by: dealership manager"),
    ] {
        let said: String = visitor
            .evaluate(&format!("document.querySelector('#{action} .hint').innerText"))
            .await?;
        ensure!(said == why, "{action}: {said}");
    }
    visitor.look("2-sale").await?;
    day.open("sell?lang=en").await?;
    visitor.look("3-refused").await?;
    day.ends().await
}
