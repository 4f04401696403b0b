//! What the desk refuses: other dealerships, roles, forms of other sites, sessions that there are
//! not, and what is written where it doesn't belong.

use super::clerk::Clerk;
use super::office::this_month;
use super::{ACTIONS, CUSTOMER};
use crate::World;
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use stack::demo::sale;

/// The pages of a month's report, its table, and a plan.
const REPORT: &str = "reports/2026-02";
const TABLE: &str = "reports/2026-02.csv";
const PLAN: &str = "plans/CITY";
/// A price that nobody compared.
const SAVED: [(&str, &str); 3] = [("step", "save"), ("tariffs/ES/price", "1"), ("seen", "x")];

/// The abuse table of the desk.
pub(super) async fn the_desk_keeps_out_who_may_not(world: &World) -> Result<()> {
    let id = world.registered(&sale("kept@example.com")).await?;
    let manager = Clerk::of(world, "MAD-01", "dealership-manager").await?;
    let plan = async || -> Result<Option<Value>> {
        let listed = world.employee().await?.get("/plans").await?.expect(200)?.body;
        let plans = listed.get("plans").and_then(Value::as_array).cloned();
        Ok(plans.into_iter().flatten().find(|plan| plan.get("code") == Some(&json!("CITY"))))
    };
    let before = plan().await?;
    ensure!(before.is_some(), "there is no plan to change");
    let mut cases = 0;
    let mut check = |is: bool, what: String| {
        cases += 1;
        ensure!(is, "{what}");
        Ok(())
    };
    // Another dealership's sale doesn't exist, whatever is done to it.
    let elsewhere = Clerk::of(world, "SEV-01", "sales dealership-manager").await?;
    for other in [id.as_str(), "01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e", "x", "..%2f..%2fportal"] {
        let page = elsewhere.get(&format!("sales/{other}")).await?;
        check(page.status == 404, format!("{other} answers {}", page.status))?;
        for action in ACTIONS {
            let sent =
                elsewhere.send(&format!("sales/{other}/{action}"), &[("reason", "r")]).await?;
            check(sent.status == 404, format!("{action} of {other}: {}", sent.status))?;
        }
    }
    for wanted in ["kept@example.com", "kept", &id] {
        let found = elsewhere.get(&format!("find?q={wanted}")).await?;
        // The page repeats what was looked for.
        let link = format!("sales/{id}");
        check(!found.body.contains(&link), format!("{wanted} finds another's sale"))?;
    }
    check(!elsewhere.get("board").await?.body.contains(&id), "another's board".to_owned())?;
    // Roles: who reads changes nothing, who makes plans sees no sale.
    for (roles, pages, actions) in [
        ("auditor", &["sell", PLAN][..], &ACTIONS[..]),
        ("dealership-manager", &[PLAN], &[]),
        (
            "sales",
            &["cases", "reports", REPORT, TABLE, PLAN],
            &["documents", "extend", "resubmit", "close-case", "credentials", "cancel", "erase"],
        ),
        (
            "product",
            &["board", "find?q=x", "cases", "overdue", "stock", "sell", "reports", REPORT, TABLE],
            &ACTIONS,
        ),
        (
            "janitor",
            &[
                "board", "find?q=x", "cases", "overdue", "stock", "sell", "plans", "reports",
                REPORT, TABLE, PLAN,
            ],
            &ACTIONS,
        ),
    ] {
        let clerk = Clerk::of(world, "MAD-01", roles).await?;
        for page in pages {
            let page_of = clerk.get(page).await?;
            check(page_of.status == 403, format!("{page} as {roles}: {}", page_of.status))?;
        }
        for action in actions {
            let sent = clerk.send(&format!("sales/{id}/{action}"), &[("reason", "r")]).await?;
            check(sent.status == 403, format!("{action} as {roles}: {}", sent.status))?;
        }
        if pages.contains(&PLAN) {
            for step in ["compare", "save"] {
                let sent = clerk.send(PLAN, &[("step", step), ("tariffs/ES/price", "1")]).await?;
                check(sent.status == 403, format!("{step} as {roles}: {}", sent.status))?;
            }
        }
        if pages.contains(&"sell") {
            let sent = clerk.send("sell", &CUSTOMER).await?;
            check(sent.status == 403, format!("sells as {roles}: {}", sent.status))?;
        }
    }
    // No session, and forms of other sites.
    let nobody = Clerk::nobody(world)?;
    let other_sites = ["https://evil.example", "null", "", "http://127.0.0.1"];
    for action in ACTIONS {
        let page = format!("sales/{id}/{action}");
        let sent = nobody.send(&page, &[("reason", "r")]).await?;
        check(sent.to.ends_with("log-in?notice=over"), format!("{action} by nobody: {sent:?}"))?;
        for origin in other_sites {
            let sent = manager.send_from(origin, &page, &[("reason", "r")]).await?;
            check(sent.status == 403, format!("{action} from {origin}: {}", sent.status))?;
        }
    }
    let sent = nobody.send(PLAN, &SAVED).await?;
    check(sent.to.ends_with("log-in?notice=over"), format!("a price by nobody: {sent:?}"))?;
    let product = Clerk::of(world, "HQ", "product").await?;
    for origin in other_sites {
        let sent = product.send_from(origin, PLAN, &SAVED).await?;
        check(sent.status == 403, format!("a price from {origin}: {}", sent.status))?;
    }
    let sale_page = format!("sales/{id}");
    let pages = ["board", "cases", "sell", "stock", "plans", "find?q=x", &sale_page];
    for page in pages.into_iter().chain(["reports", REPORT, TABLE, PLAN]) {
        let shown = nobody.get(page).await?;
        check(shown.to.ends_with("log-in"), format!("{page} to nobody: {shown:?}"))?;
        for cookie in ["__Host-desk=", "__Host-desk=x", "__Host-session=x"] {
            let shown = nobody.opens(&world.desk(page), cookie).await?;
            check(shown.to.ends_with("log-in"), format!("{page} with {cookie}: {shown:?}"))?;
        }
    }
    // Another dealership's report knows nothing of ours, however it is asked for.
    let stranger = Clerk::of(world, "ABU-01", "auditor").await?;
    let month = this_month()?;
    for query in ["", "&dealership=MAD-01", "&dealership_id=MAD-01"] {
        let report = stranger.get(&format!("reports/{month}?lang=en{query}")).await?.expect(200)?;
        let is_empty = report.body.contains("Sold</th><td>0</td><td>0</td>");
        check(is_empty, format!("a stranger's report with {query}: {}", report.body))?;
    }
    // What is written into addresses and fields is text, and no file, path or markup.
    for month in
        ["2026-13", "x", "2026-02.csv.csv", "..%2f..%2fportal", "%3Cscript%3E", "2026-02%00"]
    {
        let page = stranger.get(&format!("reports/{month}")).await?;
        check(page.status == 404, format!("the month {month}: {}", page.status))?;
    }
    for month in ["%3Cscript%3Ealert(1)%3C/script%3E", "2026-02%0d%0aset-cookie:%20a=b"] {
        let page = stranger.get(&format!("reports?month={month}")).await?;
        check(page.to.starts_with("reports/2"), format!("the month {month}: {page:?}"))?;
    }
    for code in ["NONE", "city", "..%2fsell", "%3Cscript%3E", "CITY%00", "CITY/x"] {
        let page = product.get(&format!("plans/{code}")).await?;
        check(page.status == 404, format!("the plan {code}: {}", page.status))?;
        let sent = product.send(&format!("plans/{code}"), &SAVED).await?;
        check(sent.status == 404, format!("a price of {code}: {}", sent.status))?;
    }
    let hostile = "\"><script>alert(1)</script>";
    for field in ["tariffs/ES/price", "names/es", "options/GPS/names/de", "seen", "step"] {
        let page = product.send(PLAN, &[(field, hostile)]).await?;
        let is_text = page.status == 422 && !page.body.contains("<script>alert");
        check(is_text, format!("{field} as markup: {} {}", page.status, page.body))?;
    }
    let whole = "1".repeat(70_000);
    let sent = product.send(PLAN, &[("tariffs/ES/price", &whole)]).await?;
    check((400..500).contains(&sent.status), format!("a form too long: {}", sent.status))?;
    check(plan().await? == before, "the plan was changed".to_owned())?;
    let untouched = manager.get(&format!("sales/{id}")).await?.expect(200)?;
    check(untouched.body.contains("kept@example.com"), "the sale was changed".to_owned())?;
    println!("{cases} cases of abuse at the desk");
    ensure!(cases > 250, "only {cases} cases");
    Ok(())
}
