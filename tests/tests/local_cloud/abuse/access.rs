//! Function-level and object-level access.

use super::{Call, calls, employee_calls, run};
use crate::World;
use anyhow::Result;
use edge::{Callers, Role};
use serde_json::{Value, json};
use stack::demo::sale;

const EMAIL: &str = "victim@example.com";

/// Who may not call any of an operation: without a token of ours, or with roles that it doesn't
/// have.
pub(super) async fn functions(world: &World) -> Result<()> {
    let id = world.registered(&sale(EMAIL)).await?;
    let claims = json!({ "sub": "e-1", "roles": ["sales", "dealership-manager", "auditor"], "dealership_id": "MAD-01", "country": "ES" });
    let token = async |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        world.stack.partners.token(&claims).await
    };
    let good = world.stack.partners.token(&claims).await?;
    let mut parts = good.split('.');
    let (head, payload, signature) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let session = {
        world.activated("intruder@example.com").await?;
        world.session("intruder@example.com").await?
    };
    // {"alg":"none","typ":"JWT"} and {"alg":"HS256","typ":"JWT"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.");
    let symmetric = format!("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{payload}.{signature}");
    let strangers = [
        ("no words of a token", "not-a-token".to_owned()),
        ("an empty signature", format!("{head}.{payload}.")),
        (
            "a cut signature",
            format!(
                "{head}.{payload}.{}",
                signature.get(..signature.len() - 8).unwrap_or_default()
            ),
        ),
        ("no algorithm", unsigned),
        ("another algorithm", symmetric),
        ("another key", token("sign_with", json!("other_key")).await?),
        ("another audience", token("audience", json!("another")).await?),
        ("an expired token", token("expires_in", json!(-60)).await?),
    ];
    let mut cases = Vec::new();
    for call in calls(world)? {
        let (name, refused): (_, &[u16]) = match call.operation.callers() {
            Callers::Employees(_) => (call.name(), &[401, 403]),
            Callers::Customers => (call.name(), &[401]),
            Callers::Anybody => continue,
        };
        cases.push(call.case(format!("{name} without a token"), &id).gets_one_of(refused));
        let basic = call
            .case(format!("{name} with basic credentials"), &id)
            .header("authorization", "Basic YTpi");
        cases.push(basic.gets_one_of(refused));
        for (what, token) in &strangers {
            cases.push(
                call.case(format!("{name} with {what}"), &id).bearer(token).gets_one_of(refused),
            );
        }
        let Callers::Employees(roles) = call.operation.callers() else {
            cases.push(
                call.case(format!("{name} as an employee"), &id)
                    .bearer(&good)
                    .gets(401, "unauthenticated"),
            );
            continue;
        };
        let session = call.case(format!("{name} with a customer's session"), &id).bearer(&session);
        cases.push(session.gets_one_of(refused));
        let others = Role::all().filter(|role| !roles.contains(role)).map(Role::as_str);
        for role in others.chain(["Sales", "DEALERSHIP-MANAGER", "admin", "sale", "salesx", ""]) {
            let token = token("roles", json!([role])).await?;
            cases.push(
                call.case(format!("{name} as {role:?}"), &id).bearer(&token).gets(403, "forbidden"),
            );
        }
        for (claim, value) in [("dealership_id", json!("")), ("country", json!("Spain"))] {
            let token = token(claim, value).await?;
            cases.push(
                call.case(format!("{name} with an unusable {claim}"), &id)
                    .bearer(&token)
                    .gets(403, "forbidden"),
            );
        }
    }
    run(world, "function-level access", 80, cases, &[EMAIL, "Ana García", "+34600111222"]).await
}

/// Other dealerships' sales, and sales that there are not.
pub(super) async fn objects(world: &World) -> Result<()> {
    let id = world.registered(&sale("owner@example.com")).await?;
    let roles = ["sales", "dealership-manager"];
    let ours = world.somebody("MAD-01", &roles).await?;
    let ours = ours.api.token().unwrap_or_default().to_owned();
    let mut others = Vec::new();
    for dealership in ["MAD-02", "LIS-02", "MAD-011", "AD-01"] {
        others.push((
            dealership,
            world.somebody(dealership, &roles).await?.api.token().unwrap_or_default().to_owned(),
        ));
    }
    let no_hyphens = id.replace('-', "");
    let near = |from: char, to: char| {
        id.chars()
            .rev()
            .enumerate()
            .map(|(at, c)| if at == 0 && c == from { to } else { c })
            .collect::<String>()
    };
    let neighbour: String = if id.ends_with('0') {
        near('0', '1')
    } else {
        format!("{}0", id.get(..35).unwrap_or_default())
    };
    let strange = [
        ("a neighbour's id", neighbour.as_str()),
        ("the nil id", "00000000-0000-0000-0000-000000000000"),
        ("no hyphens", &no_hyphens),
        ("a number", "1"),
        ("null", "null"),
        ("a star", "*"),
        ("a quote", "'%20OR%20'1'='1"),
        ("a table's key", "SALE%23x"),
        ("a template", "%7B%7Bid%7D%7D"),
        ("an id and more", &format!("{id}0")),
        ("a very long id", &"a".repeat(2_000)),
    ];
    let mut cases = Vec::new();
    for call in employee_calls(world)?.into_iter().filter(Call::is_about_a_sale) {
        for (dealership, token) in &others {
            cases.push(
                call.case(format!("{} by {dealership}", call.name()), &id)
                    .bearer(token)
                    .gets(404, "sale-not-found"),
            );
        }
        for (what, text) in strange {
            if text != id {
                cases.push(
                    call.case(format!("{} of {what}", call.name()), text)
                        .bearer(&ours)
                        .gets(404, "sale-not-found"),
                );
            }
        }
    }
    run(
        world,
        "object-level access",
        80,
        cases,
        &["owner@example.com", "Ana García", "+34600111222"],
    )
    .await
}
