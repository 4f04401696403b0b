//! What a dealership's manager decides, and nobody else.

use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use stack::demo::{GOOD_CARD, MILESTONES, key, sale};
use stack::eventually;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(
            world,
            "a_sale_is_cancelled_before_its_order_only",
            a_sale_is_cancelled_before_its_order_only,
        ),
        trial(world, "a_later_deadline_is_waited_for", a_later_deadline_is_waited_for),
    ]
}

/// The workflow ends by itself, and the customer is told.
async fn a_sale_is_cancelled_before_its_order_only(world: &World) -> Result<()> {
    let manager = world.somebody("MAD-01", &["dealership-manager"]).await?;
    let (id, body) = (
        world.registered(&sale("cancelled@example.com")).await?,
        json!({ "reason": "changed her mind" }),
    );
    let path = format!("/sales/{id}/cancellation");
    world.employee().await?.post(&path, &key(), &body).await?.expect(403)?;
    let answer = manager.post(&path, &key(), &body).await?.expect(200)?;
    ensure!(
        manager.post(&path, &key(), &body).await?.expect(200)?.body == answer.body,
        "a repeat is answered the same"
    );
    let cancelled = world.sale_with(&id, "Cancelled").await?;
    ensure!(
        cancelled.pointer("/cancellation/reason") == Some(&json!("changed her mind")),
        "{cancelled}"
    );
    let machine = world.stack.output("StateMachineArn")?;
    eventually(PATIENCE, "the workflow has ended well", async || {
        Ok((world.stack.cloud.execution(machine, &id).await?.0 == "SUCCEEDED").then_some(()))
    })
    .await?;
    let payment = json!({ "method": "card", "payment_method": GOOD_CARD });
    let late = manager
        .post(&format!("/sales/{id}/signal-payment"), &key(), &payment)
        .await?
        .expect(409)?;
    ensure!(late.text("/type").ends_with("/sale-ended"), "{late:?}");

    let (ordered, _) = world.ordered("too-late@example.com").await?;
    let refused = manager
        .post(&format!("/sales/{ordered}/cancellation"), &key(), &body)
        .await?
        .expect(409)?;
    ensure!(refused.text("/type").ends_with("/order-already-placed"), "{refused:?}");
    Ok(())
}

/// The wait for the balance ends at the first deadline; the sale is not lost before the later one.
async fn a_later_deadline_is_waited_for(world: &World) -> Result<()> {
    let manager = world.somebody("MAD-01", &["dealership-manager"]).await?;
    let (id, order) = world.ordered("extended@example.com").await?;
    let path = format!("/sales/{id}/deadline-extension");
    let body = |pay_by: jiff::Timestamp| json!({ "pay_by": pay_by, "reason": "the bank is slow" });
    let early =
        manager.post(&path, &key(), &body("2099-01-01T00:00:00Z".parse()?)).await?.expect(409)?;
    ensure!(early.text("/type").ends_with("/no-deadline"), "{early:?}");
    world.stack.partners.advance(&order, MILESTONES[5]).await?;
    let awaited = world.sale_with(&id, "AvailableForCustomer").await?;
    let deadline: jiff::Timestamp =
        awaited.get("pay_by").and_then(Value::as_str).context("no deadline")?.parse()?;
    let later = deadline.checked_add(jiff::SignedDuration::from_secs(20))?;
    manager.post(&path, &key(), &body(later)).await?.expect(200)?;
    manager.post(&path, &key(), &body(deadline)).await?.expect(422)?;
    let lost = world.sale_with(&id, "SinAsignar").await?;
    let events = lost.get("events").and_then(Value::as_array).cloned().unwrap_or_default();
    let lost_at = events
        .iter()
        .find(|event| event.get("type") == Some(&json!("SinAsignar")))
        .and_then(|event| event.get("at")?.as_str());
    let lost_at: jiff::Timestamp = lost_at.context("no time")?.parse()?;
    ensure!(lost_at > later, "lost at {lost_at}, before {later}");
    Ok(())
}
