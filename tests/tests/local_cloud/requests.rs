//! What the API takes and refuses.

use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::{Value, json};
use stack::api::Api;
use stack::demo::{key, sale};
use stack::{MAX_UNPAID, eventually};

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(world, "the_same_key_gets_the_same_sale", the_same_key_gets_the_same_sale),
        trial(
            world,
            "a_reservation_too_many_waits_until_another_is_paid_or_ended",
            a_reservation_too_many,
        ),
        trial(world, "every_fault_of_a_body_is_listed", every_fault_of_a_body_is_listed),
        trial(
            world,
            "requests_that_can_t_be_read_are_refused",
            requests_that_can_t_be_read_are_refused,
        ),
        trial(
            world,
            "nobody_gets_in_without_a_token_of_ours",
            nobody_gets_in_without_a_token_of_ours,
        ),
        trial(world, "roles_and_dealerships_keep_apart", roles_and_dealerships_keep_apart),
    ]
}

/// Invariant 6: a repeat gets the first answer, and another request under the key is a fault.
async fn the_same_key_gets_the_same_sale(world: &World) -> Result<()> {
    let (api, key, body) = (world.employee().await?, key(), sale("repeat@example.com"));
    let first = api.post("/sales", &key, &body).await?.expect(201)?;
    let second = api.post("/sales", &key, &body).await?.expect(201)?;
    ensure!(
        first.body == second.body
            && first.headers.get("location") == second.headers.get("location"),
        "{first:?} {second:?}"
    );
    let mut other = body.clone();
    other["plan"]["options"] = json!([]);
    let reused = api.post("/sales", &key, &other).await?.expect(422)?;
    ensure!(reused.text("/type").ends_with("/idempotency-key-reused"), "{reused:?}");
    // The customer is known now; the sale is another.
    let again = api.post("/sales", &stack::demo::key(), &body).await?.expect(201)?;
    ensure!(again.text("/sale_id") != first.text("/sale_id"), "{again:?}");
    Ok(())
}

/// Neither an employee nor a dealership registers without end while nobody pays.
async fn a_reservation_too_many(world: &World) -> Result<()> {
    let seller = world.somebody("CAP-01", &["sales", "dealership-manager"]).await?;
    // All places but one are taken: by sales that were registered earlier, and whose items are not
    // needed here.
    let earlier: Vec<String> = (1..MAX_UNPAID).map(|number| format!("earlier-{number}")).collect();
    let set = json!({ "SS": earlier });
    let unpaid = json!({ "PK": { "S": "DEALERSHIP#CAP-01" }, "SK": { "S": "UNPAID" }, "sales": set, "of#e-17": set });
    let put = json!({ "TableName": world.stack.output("TableName")?, "Item": unpaid });
    world.stack.cloud.json("dynamodb", "DynamoDB_20120810.PutItem", put).await?;

    let (first, second) = (sale("cap-first@example.com"), sale("cap-second@example.com"));
    let (first_key, second_key) = (key(), key());
    let last = seller.post("/sales", &first_key, &first).await?.expect(201)?;
    let refused = seller.post("/sales", &second_key, &second).await?.expect(409)?;
    ensure!(refused.text("/type").ends_with("/too-many-unpaid"), "{refused:?}");
    ensure!(refused.text("/detail").starts_with("the employee has"), "{refused:?}");
    let again = seller.post("/sales", &first_key, &first).await?.expect(201)?;
    ensure!(again.body == last.body, "a repeat is answered the same");
    let path = format!("/sales/{}/cancellation", last.text("/sale_id"));
    seller.post(&path, &key(), &json!({ "reason": "changed her mind" })).await?.expect(200)?;
    eventually(PATIENCE, "there is room again", async || {
        let answer = seller.post("/sales", &second_key, &second).await?;
        Ok((answer.status == 201).then_some(()))
    })
    .await?;
    Ok(())
}

async fn every_fault_of_a_body_is_listed(world: &World) -> Result<()> {
    let api = world.employee().await?;
    let mut body = sale("not an address");
    body["customer"]["phone"] = json!("12");
    body["customer"]["address"]["country"] = json!("Spain");
    body["payment"] = json!({ "price": 1 });
    body["plan"]["colour"] = json!("red");
    let refused = api.post("/sales", &key(), &body).await?.expect(422)?;
    let faults = refused.body.get("errors").and_then(Value::as_array).cloned().unwrap_or_default();
    let pointers: Vec<&str> =
        faults.iter().filter_map(|fault| fault.get("pointer")?.as_str()).collect();
    for wanted in [
        "/customer/email",
        "/customer/phone",
        "/customer/address/country",
        "/payment",
        "/plan/colour",
    ] {
        ensure!(
            pointers.iter().any(|pointer| pointer.trim_start_matches('#') == wanted),
            "{wanted} is not in {pointers:?}"
        );
    }
    Ok(())
}

async fn requests_that_can_t_be_read_are_refused(world: &World) -> Result<()> {
    let api = world.employee().await?;
    let post = async |kind: &str, body: &str| {
        api.send(Method::POST, "/sales", &[("content-type", kind)], Some(body.to_owned())).await
    };
    post("application/json", "{").await?.expect(400)?;
    post("text/plain", "{}").await?.expect(415)?;
    post("application/json", &format!("\"{}\"", "x".repeat(70_000))).await?.expect(413)?;
    let id = world.registered(&sale("keyless@example.com")).await?;
    let payment = json!({ "method": "card", "payment_method": "pm_1" }).to_string();
    let path = format!("/sales/{id}/signal-payment");
    let keyless = api
        .send(Method::POST, &path, &[("content-type", "application/json")], Some(payment))
        .await?
        .expect(400)?;
    ensure!(keyless.text("/type").ends_with("/idempotency-key-missing"), "{keyless:?}");
    let early = api
        .post(
            &format!("/sales/{id}/final-payment"),
            &key(),
            &json!({ "method": "card", "payment_method": "pm_1" }),
        )
        .await?;
    ensure!(early.expect(409)?.text("/type").ends_with("/payment-not-due"));
    let unknown = api
        .post(&path, &key(), &json!({ "method": "card", "payment_method": "pm_unknown" }))
        .await?
        .expect(402)?;
    ensure!(
        unknown.text("/decline") == "invalid_payment_method" || unknown.status == 402,
        "{unknown:?}"
    );
    Ok(())
}

/// No anonymous access (R-01 of `docs/requirements.md`).
async fn nobody_gets_in_without_a_token_of_ours(world: &World) -> Result<()> {
    let url = world.stack.api_url.clone();
    let claims =
        json!({ "sub": "e-1", "roles": ["sales"], "dealership_id": "MAD-01", "country": "ES" });
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims
    };
    let mut tokens = vec![None, Some("not.a.token".to_owned())];
    for claims in [
        with("sign_with", json!("other_key")),
        with("audience", json!("another")),
        with("expires_in", json!(-60)),
    ] {
        tokens.push(Some(world.stack.partners.token(&claims).await?));
    }
    for token in tokens {
        let answer = Api::new(url.clone(), token.clone())?
            .get("/sales/01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e")
            .await?;
        ensure!(matches!(answer.status, 401 | 403), "{token:?} gets {answer:?}");
    }
    Ok(())
}

async fn roles_and_dealerships_keep_apart(world: &World) -> Result<()> {
    let id = world.registered(&sale("apart@example.com")).await?;
    let path = format!("/sales/{id}");
    let auditor = world.somebody("MAD-01", &["auditor"]).await?;
    auditor.get(&path).await?.expect(200)?;
    auditor.post("/sales", &key(), &sale("auditor@example.com")).await?.expect(403)?;
    let other = world.somebody("LIS-02", &["sales"]).await?;
    other.get(&path).await?.expect(404)?;
    let payment = json!({ "method": "card", "payment_method": "pm_1" });
    other.post(&format!("{path}/signal-payment"), &key(), &payment).await?.expect(404)?;
    let nobody = world.somebody("MAD-01", &["visitor"]).await?;
    nobody.get(&path).await?.expect(403)?;
    world.employee().await?.get("/sales/none").await?.expect(404)?;
    Ok(())
}
