//! Steps that are well formed, by who may take them, and out of turn.

use super::{Case, run};
use crate::World;
use crate::plans::{UNBUILDABLE, put_unbuildable};
use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};
use stack::demo::{GOOD_CARD, MILESTONES, key, sale};

/// What each step is answered, in this order: señal, balance, cancellation, another deadline.
type Answers = [&'static str; 4];

pub(super) async fn business_flow(world: &World) -> Result<()> {
    let token = world
        .somebody("MAD-01", &["sales", "dealership-manager"])
        .await?
        .api
        .token()
        .unwrap_or_default()
        .to_owned();
    let mut cases = Vec::new();
    for (state, id, answers) in states(world).await? {
        cases.extend(
            steps(world, state, &id, answers).await?.into_iter().map(|case| case.bearer(&token)),
        );
    }
    run(world, "business flow", 30, cases, &["Ana García", "flow-"]).await
}

/// A sale in each state that it stays in, whatever time goes by.
async fn states(world: &World) -> Result<Vec<(&'static str, String, Answers)>> {
    let manager = world.somebody("MAD-01", &["dealership-manager"]).await?;
    let registered = world.registered(&sale("flow-registered@example.com")).await?;
    let (ordered, _) = world.ordered("flow-ordered@example.com").await?;
    let cancelled = world.registered(&sale("flow-cancelled@example.com")).await?;
    let why = json!({ "reason": "changed her mind" }).to_string();
    let headers = [("content-type", "application/json")];
    manager
        .send(Method::POST, &format!("/sales/{cancelled}/cancellation"), &headers, Some(why))
        .await?
        .expect(200)?;
    put_unbuildable(&world.somebody("HQ", &["product"]).await?.api).await?;
    let mut unbuildable = sale("flow-rejected@example.com");
    unbuildable["plan"] = json!({ "code": UNBUILDABLE, "options": [] });
    let rejected = world.registered(&unbuildable).await?;
    world.pay(&rejected, "signal-payment", GOOD_CARD).await?;
    world.sale_with(&rejected, "Refunded").await?;
    let (unpaid, order) = world.ordered("flow-unpaid@example.com").await?;
    world.stack.partners.advance(&order, MILESTONES[5]).await?;
    world.sale_with(&unpaid, "SinAsignar").await?;
    let (delivered, order) = world.ordered("flow-delivered@example.com").await?;
    world.stack.partners.advance(&order, MILESTONES[5]).await?;
    world.sale_with(&delivered, "AvailableForCustomer").await?;
    world.pay(&delivered, "final-payment", GOOD_CARD).await?;
    world.sale_with(&delivered, "ReadyForDelivery").await?;
    Ok(vec![
        // Its señal may be paid, and it may be cancelled.
        ("registered", registered, ["", "payment-not-due", "", "no-deadline"]),
        (
            "ordered",
            ordered,
            ["already-paid", "payment-not-due", "order-already-placed", "no-deadline"],
        ),
        // A cancellation that comes again is answered as the first.
        ("cancelled", cancelled, ["sale-ended", "sale-ended", "", "sale-ended"]),
        ("refused by the factory", rejected, ["sale-ended"; 4]),
        // The señal is forfeit: it was paid.
        ("not paid in time", unpaid, ["already-paid", "sale-ended", "sale-ended", "sale-ended"]),
        (
            "delivered",
            delivered,
            ["already-paid", "already-paid", "order-already-placed", "no-deadline"],
        ),
    ])
}

async fn steps(world: &World, state: &str, id: &str, answers: Answers) -> Result<Vec<Case>> {
    let [signal, balance, cancellation, extension] = answers;
    let (card, account) = (GOOD_CARD, world.stack.bank_account().await?);
    let by = |method: &str, token: &str| json!({ "method": method, "payment_method": token });
    let until = |year: u16| json!({ "pay_by": format!("{year}-01-01T00:00:00Z"), "reason": "the bank is slow" });
    let steps: [(&str, &str, Value, &'static str); 9] = [
        ("a señal by card", "signal-payment", by("card", card), signal),
        ("a señal by bank", "signal-payment", by("sepa_debit", &account), signal),
        ("a balance by card", "final-payment", by("card", card), balance),
        ("a balance by bank", "final-payment", by("sepa_debit", &account), balance),
        ("a cancellation", "cancellation", json!({ "reason": "second thoughts" }), cancellation),
        (
            "another cancellation",
            "cancellation",
            json!({ "reason": "third thoughts" }),
            cancellation,
        ),
        ("a deadline in the past", "deadline-extension", until(2020), extension),
        ("a deadline to come", "deadline-extension", until(2030), extension),
        ("a deadline that nobody lives to see", "deadline-extension", until(9000), extension),
    ];
    let refused = steps.into_iter().filter(|(.., problem)| !problem.is_empty());
    let case = |(what, path, body, problem): (&str, &str, Value, &'static str)| {
        let case = Case::new(
            format!("{what} of a sale that is {state}"),
            "POST",
            format!("/sales/{id}/{path}"),
        );
        case.header("idempotency-key", key()).json(&body).gets(409, problem)
    };
    Ok(refused.map(case).collect())
}
