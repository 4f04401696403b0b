//! Object-level access.

use super::{employee_calls, run};
use crate::World;
use anyhow::Result;
use xtask::demo::sale;

/// Other dealerships' sales, and sales that there are not.
pub(super) async fn objects(world: &World) -> Result<()> {
    let id = world.registered(&sale("owner@example.com")).await?;
    let roles = ["sales", "dealership-manager"];
    let ours = world.somebody("MAD-01", &roles).await?;
    let ours = ours.api.token().unwrap_or_default().to_owned();
    let mut others = Vec::new();
    for dealership in ["MAD-02", "LIS-02", "MAD-011", "AD-01"] {
        others.push((dealership, world.somebody(dealership, &roles).await?.api.token().unwrap_or_default().to_owned()));
    }
    let no_hyphens = id.replace('-', "");
    let near = |from: char, to: char| {
        id.chars().rev().enumerate().map(|(at, c)| if at == 0 && c == from { to } else { c }).collect::<String>()
    };
    let neighbour: String = if id.ends_with('0') { near('0', '1') } else { format!("{}0", id.get(..35).unwrap_or_default()) };
    let strange = [
        ("a neighbour's id", neighbour.as_str()),
        ("the nil id", "00000000-0000-0000-0000-000000000000"),
        ("capitals", &id.to_uppercase()),
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
    for call in employee_calls().into_iter().filter(|call| call.name != "register-sale") {
        for (dealership, token) in &others {
            cases.push(call.case(format!("{} by {dealership}", call.name), &id).bearer(token).gets(404, "sale-not-found"));
        }
        for (what, text) in strange {
            if text != id {
                cases.push(call.case(format!("{} of {what}", call.name), text).bearer(&ours).gets(404, "sale-not-found"));
            }
        }
    }
    run(world, "object-level access", 80, cases, &["owner@example.com", "Ana García", "+34600111222"]).await
}
