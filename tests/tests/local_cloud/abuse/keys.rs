//! Idempotency keys: unusable ones, and one key for two requests.

use super::{Case, employee_calls, run};
use crate::World;
use anyhow::Result;
use serde_json::json;
use stack::demo::sale;

pub(super) async fn keys(world: &World) -> Result<()> {
    let id = world.registered(&sale("keys@example.com")).await?;
    let employee = world.employee().await?;
    let token = employee.api.token().unwrap_or_default().to_owned();
    let mut cases = Vec::new();
    let with_keys = ["register-sale", "pay-signal", "make-final-payment"];
    for call in employee_calls(world)?.into_iter().filter(|call| with_keys.contains(&call.name())) {
        let case = |name: String| {
            Case {
                headers: vec![("content-type".into(), "application/json".into())],
                ..call.case(name, &id)
            }
            .bearer(&token)
        };
        let long = "k".repeat(256);
        let longer = "k".repeat(4_000);
        for (what, key) in [
            ("an inner blank", "a b"),
            ("an inner tab", "a\tb"),
            ("256 characters", &long),
            ("4000 characters", &longer),
        ] {
            let case = case(format!("{} under a key with {what}", call.name()))
                .header("idempotency-key", key);
            cases.push(case.gets(400, "idempotency-key-invalid"));
        }
        if call.name() != "register-sale" {
            cases.push(
                case(format!("{} without a key", call.name())).gets(400, "idempotency-key-missing"),
            );
        }
    }
    let (key, body) = (stack::demo::key().replace("k-", "used-"), sale("one-key@example.com"));
    employee.post("/sales", &key, &body).await?.expect(201)?;
    for (what, pointer, value) in [
        ("another address", "/customer/email", json!("another@example.com")),
        ("another name", "/customer/full_name", json!("Ana Other")),
        ("another phone", "/customer/phone", json!("+34600111223")),
        ("another language", "/customer/language", json!("en")),
        ("another street", "/customer/address/street", json!("Calle Menor 2")),
        ("another city", "/customer/address/city", json!("Toledo")),
        ("another postal code", "/customer/address/postal_code", json!("28014")),
        ("no options", "/plan/options", json!([])),
        ("another option", "/plan/options/0", json!("TOW-BAR")),
        ("another plan", "/plan/code", json!("TERRA-FAMILY")),
        ("no such plan", "/plan/code", json!("NONE")),
    ] {
        let mut other = body.clone();
        if let Some(field) = other.pointer_mut(pointer) {
            *field = value;
        }
        let case =
            Case::new(format!("register-sale under a used key with {what}"), "POST", "/sales")
                .bearer(&token);
        cases.push(
            case.header("idempotency-key", &key).json(&other).gets(422, "idempotency-key-reused"),
        );
    }
    run(world, "idempotency keys", 25, cases, &["one-key@example.com"]).await
}
