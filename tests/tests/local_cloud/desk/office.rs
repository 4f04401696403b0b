//! What the desk has beside its sales: the month's report, and the plans with their prices.

use super::clerk::Clerk;
use crate::browser::Visitor;
use crate::{Checked, World};
use anyhow::{Context, Result, ensure};
use domain::ZoneName;
use domain::use_cases::report::Month;
use jiff::Zoned;
use serde_json::{Value, json};
use stack::demo::sale;

/// The plan whose price is changed.
const PLAN: &str = "DESK-PRICED";

pub(super) async fn a_month_is_reported_on_and_a_price_changed_at_the_desk(
    world: &World,
) -> Result<()> {
    reports(world).await?;
    plans(world).await
}

/// The present month by the clock of the dealership in Madrid.
pub(crate) fn this_month() -> Result<Month> {
    let zone = ZoneName::parse("Europe/Madrid")?;
    Month::of(Zoned::now().timestamp(), &zone).context("the calendar is over")
}

async fn reports(world: &World) -> Result<()> {
    world.registered(&sale("reported@example.com")).await?;
    let manager = Clerk::of(world, "MAD-01", "sales dealership-manager").await?;
    let month = this_month()?;
    let begun = manager.get("reports?lang=en").await?.expect(303)?;
    ensure!(begun.to == format!("reports/{month}?lang=en"), "{begun:?}");
    let api = world.somebody("MAD-01", &["auditor"]).await?;
    let sold = async || -> Result<u64> {
        let report = api.get(&format!("/reports/{month}")).await?.expect(200)?.body;
        report.pointer("/sold").and_then(Value::as_u64).context("nothing is sold")
    };
    // Others sell meanwhile.
    let before = sold().await?;
    let page = manager.get(&format!("reports/{month}?lang=en")).await?.expect(200)?;
    let table = manager.get(&format!("reports/{month}.csv?lang=en")).await?.expect(200)?;
    let after = sold().await?;
    let said = |text: &str, from: &str, to: char| -> Result<u64> {
        let (_, rest) = text.split_once(from).with_context(|| format!("no {from} in {text}"))?;
        Ok(rest.split(to).next().unwrap_or_default().parse()?)
    };
    let shown = said(&page.body, "Sold</th><td>", '<')?;
    let written = said(&table.body, "\r\nsales,sold,Sold,sales,", ',')?;
    for number in [shown, written] {
        ensure!((before..=after).contains(&number) && number > 0, "{number} of {before}..{after}");
    }
    ensure!(page.body.matches("<svg role=\"img\"").count() >= 1, "{}", page.body);
    Ok(())
}

/// Puts the plan, as the product department does.
async fn put(product: &Checked<'_>) -> Result<()> {
    let option = json!({ "code": "GPS", "price": 50_000 });
    let tariff = |country: &str, price: u64| {
        json!({ "country": country, "currency": "EUR", "price": price, "signal": 100_000,
                "options": [option] })
    };
    let plan = json!({ "base_platform": "CITY-E", "names": { "es": "City" },
                       "tariffs": [tariff("ES", 2_400_000), tariff("PT", 2_500_000)] });
    product.put(&format!("/plans/{PLAN}"), &plan).await?.expect(200).map(drop)
}

async fn plans(world: &World) -> Result<()> {
    let product = world.somebody("HQ", &["product"]).await?;
    put(&product).await?;
    let prices = async || -> Result<Value> {
        let listed = product.get("/plans").await?.expect(200)?.body;
        let plans = listed.pointer("/plans").and_then(Value::as_array).cloned();
        let is_ours = |plan: &Value| plan.get("code").and_then(Value::as_str) == Some(PLAN);
        plans.into_iter().flatten().find(is_ours).context("the plan is gone")
    };
    let clerk = Clerk::of(world, "HQ", "product").await?;
    ensure!(clerk.get("plans").await?.expect(200)?.body.contains(PLAN));
    let page = format!("plans/{PLAN}?lang=es");
    let form = |step: &'static str, price: &'static str, seen: &str| {
        [
            ("tariffs/ES/price", price),
            ("tariffs/ES/signal", "1.000,00 €"),
            ("tariffs/ES/options/GPS/price", "500"),
            ("tariffs/PT/price", "25000,00"),
            ("tariffs/PT/signal", "1000,00"),
            ("tariffs/PT/options/GPS/price", "500,00"),
            ("names/es", "City"),
            ("names/de", "<b>Stadt</b>"),
            ("step", step),
            ("seen", seen),
        ]
        .map(|(name, text)| (name, text.to_owned()))
    };
    let send = async |fields: [(&str, String); 10]| {
        clerk.send(&page, &fields.each_ref().map(|(name, text)| (*name, text.as_str()))).await
    };
    let refused = send(form("compare", "24.60", "")).await?.expect(422)?;
    let (fault, typed) = ("id=\"plan-tariffs-ES-price-fault\"", "value=\"24.60\"");
    ensure!(refused.body.contains(fault) && refused.body.contains(typed), "{}", refused.body);
    let compared = send(form("compare", "24.600,00", "")).await?.expect(200)?;
    ensure!(compared.body.contains("+600,00\u{a0}€ (+2,5 %)"), "{}", compared.body);
    ensure!(compared.body.matches("<del>").count() == 2, "{}", compared.body);
    ensure!(!compared.body.contains("<b>Stadt"), "a name is markup");
    ensure!(prices().await?.pointer("/tariffs/0/price") == Some(&json!(2_400_000)));
    send(form("save", "24.600,00", "")).await?.expect(409)?;
    let (_, seen) =
        compared.body.split_once("name=\"seen\" value=\"").context("nothing is seen")?;
    let seen = seen.split('"').next().unwrap_or_default();
    for _ in 0..2 {
        let saved = send(form("save", "24.600,00", seen)).await?.expect(303)?;
        ensure!(saved.to.ends_with(&format!("plans/{PLAN}?notice=done")), "{saved:?}");
    }
    let saved = prices().await?;
    ensure!(saved.pointer("/tariffs/0/price") == Some(&json!(2_460_000)), "{saved}");
    ensure!(saved.pointer("/tariffs/1/price") == Some(&json!(2_500_000)), "{saved}");
    ensure!(saved.pointer("/updated_by") == Some(&json!("e-17")), "{saved}");
    Ok(())
}

/// By day and by night, on a desk and 320 points wide, and nothing that axe-core finds serious.
pub(super) async fn reports_and_plans_can_be_used_in_a_browser(world: &World) -> Result<()> {
    world.registered(&sale("drawn@example.com")).await?;
    put(&world.somebody("HQ", &["product"]).await?).await?;
    let visitor = Visitor::new("desk-office").await?;
    visitor.open(&world.desk("begin")).await?;
    visitor.leave_for("#m-3", "/desk/board").await?;
    visitor.look("board").await?;
    let month = this_month()?;
    visitor.open(&world.desk(&format!("reports/{month}?lang=de"))).await?;
    visitor.tab_through().await?;
    visitor.look("report").await?;
    visitor.open(&world.desk("begin")).await?;
    visitor.leave_for("#p-1", "/desk/plans").await?;
    visitor.open(&world.desk(&format!("plans/{PLAN}"))).await?;
    visitor.look("plan").await?;
    let price = "document.getElementById('plan-tariffs-ES-price').value = '25000'";
    visitor.evaluate::<String>(price).await?;
    visitor.leave_for("button[value=compare]", "?lang=").await?;
    visitor.look("plan-compared").await?;
    visitor.enter(&format!("plans/{PLAN}?notice=done")).await?;
    visitor.open(&world.desk("plans?lang=en")).await?;
    visitor.send("main a.main").await?;
    for (field, text) in [
        ("plan_code", "DESK-ADDED"),
        ("base_platform", "CITY-E"),
        ("countries", "ES EUR, PT EUR"),
        ("option_codes", "GPS"),
    ] {
        visitor.write(&format!("plan-{field}"), text).await?;
    }
    visitor.send("main button.main").await?;
    visitor.look("new-plan").await?;
    for (field, text) in [("price", "21000"), ("signal", "700"), ("options-GPS-price", "500")] {
        visitor.write(&format!("plan-tariffs-ES-{field}"), text).await?;
    }
    visitor.write("plan-tariffs-PT-price", "22000").await?;
    visitor.send("button[value=compare]").await?;
    visitor.look("new-plan-refused").await?;
    visitor.write("plan-tariffs-PT-signal", "700").await?;
    visitor.send("button[value=compare]").await?;
    visitor.look("new-plan-compared").await?;
    visitor.send("button[value=save]").await?;
    let address = visitor.address().await?;
    ensure!(address.ends_with("plans/DESK-ADDED?notice=done"), "it leads to {address}");
    let seen = visitor.seen();
    ensure!(seen.wrong().is_empty(), "{:?}", seen.errors);
    visitor.leave().await
}
