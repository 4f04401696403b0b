//! Two versions of the functions side by side, as during a gradual deploy: the alias of each sends
//! its calls to both. The one before stores sales in a form that is one less, and can't read the
//! later one's.

use crate::PATIENCE;
use crate::contracts::aws;
use crate::faults::{Ended, Road, Walk, audit};
use crate::plans::put_unbuildable;
use adapters::DynamoSales;
use anyhow::{Context, Result, ensure};
use domain::sale::FactKind;
use serde_json::{Value, json};
use stack::{STACK, Settings, Stack, eventually};
use std::time::Duration;
use tools::functions::functions;
use tools::narrator::Narrator;

const RELAY: &str = "relay-events";
/// What the version before says of a sale of the later one's.
const LATER: &str = "a later version of the code wrote";
/// Sales on each road while both versions work.
const SALES: usize = 3;
/// After how many seconds a message that wasn't done comes again.
const HIDDEN: u64 = 20;
/// How long the deploy takes in which both work. As on AWS, that is shorter than a queue takes to
/// give up a message that is each time given to the version that can't read its sale: five times.
const DEPLOY: Duration = Duration::from_secs(3 * HIDDEN);

pub(super) async fn two_versions_side_by_side_lose_nothing() -> Result<()> {
    let settings = Settings {
        queue_visibility: HIDDEN,
        // The version before never can.
        relay_retries: 10_000,
        ..Settings::default()
    };
    let stack = Stack::start(&settings, &Narrator::default()).await?;
    put_unbuildable(&stack.api("HQ", &["product"]).await?).await?;
    let store = DynamoSales::new(&aws(&stack)?, stack.output("TableName")?.to_owned());
    let walk = |email, road| Walk { stack: &stack, store: &store, road, email };
    let fleet = Fleet::of(&stack).await?;

    fleet.shift(|_| true, 0.0).await?;
    let (early, ahead) = ("early@example.com", "ahead@example.com");
    let of_early = walk(early, Road::Paid).register().await?;
    walk(early, Road::Paid).waiting(of_early, "signal_payment", None).await?;
    ensure!(form(&stack, &of_early.to_string()).await? == 0, "the version before wrote it");

    // The relay is the last, which is the wrong way round: its record comes again until it is there.
    fleet.shift(|function| function != RELAY, 1.0).await?;
    let of_ahead = walk(ahead, Road::Paid).register().await?;
    ensure!(form(&stack, &of_ahead.to_string()).await? == 1, "the later version wrote it");
    eventually(PATIENCE, "the relay was told twice to come again", async || {
        Ok((said(&stack, RELAY).await? >= 2).then_some(()))
    })
    .await?;
    let machine = stack.output("StateMachineArn")?;
    ensure!(
        stack.cloud.execution(machine, &of_ahead.to_string()).await.is_err(),
        "the version before relayed what it can't read"
    );
    fleet.shift(|function| function == RELAY, 1.0).await?;
    walk(ahead, Road::Paid).waiting(of_ahead, "signal_payment", None).await?;
    println!("what the relay of the version before couldn't read was done by the later one");

    fleet.shift(|_| true, 0.5).await?;
    let roads = [Road::Paid, Road::Refused, Road::Cancelled];
    let names: Vec<(String, Road)> = (0..SALES)
        .flat_map(|number| roads.map(|road| (format!("{road:?}-{number}@example.com"), road)))
        .collect();
    let walks = names.iter().map(|(email, road)| walk(email, *road)).collect::<Vec<_>>();
    let walking = futures::future::try_join_all(walks.iter().map(Walk::walk));
    let of_both = async {
        for (email, id) in [(early, of_early), (ahead, of_ahead)] {
            let walk = walk(email, Road::Paid);
            walk.pay(id, "signal-payment").await?;
            walk.until(id, FactKind::OrderPlaced).await?;
            walk.build(id).await?;
            walk.pay(id, "final-payment").await?;
        }
        Ok(())
    };
    let deployed = async {
        tokio::time::sleep(DEPLOY).await;
        fleet.shift(|_| true, 1.0).await
    };
    let (ids, (), ()) = futures::future::try_join3(walking, of_both, deployed).await?;
    let met = said(&stack, "").await?;
    println!("{met} times the version before left alone what the later one wrote");
    ensure!(met > 2, "the two never met");
    let names = names.into_iter().zip(ids);
    let mut ended: Vec<Ended> = names
        .map(|((email, road), id)| Ended { id, road, email, story: String::new(), copies: 0 })
        .collect();
    for (email, id) in [(early, of_early), (ahead, of_ahead)] {
        ended.push(Ended {
            id,
            road: Road::Paid,
            email: email.to_owned(),
            story: "begun before".to_owned(),
            copies: 0,
        });
    }
    let wrong = audit(&stack, &store, &ended).await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} sales ended as they should", ended.len());
    Ok(())
}

/// The functions, each in two versions behind its alias.
struct Fleet<'a> {
    stack: &'a Stack,
    functions: Vec<Versions>,
}

struct Versions {
    function: String,
    before: String,
    later: String,
}

impl<'a> Fleet<'a> {
    /// Publishes each function as it is, and as it is told to be the version before, which is live.
    async fn of(stack: &'a Stack) -> Result<Self> {
        let mut found = Vec::new();
        for function in functions()? {
            let path = path(&function);
            let publish = async || {
                let versions = format!("{path}/versions");
                let made = stack.cloud.post("lambda", &versions, json!({})).await?;
                made["Version"].as_str().map(str::to_owned).context("no version was published")
            };
            let configuration = format!("{path}/configuration");
            let known = stack.cloud.get("lambda", &configuration).await?;
            let later = publish().await?;
            let mut variables = known["Environment"]["Variables"].clone();
            variables["VERSION_BEFORE"] = json!("1");
            let environment = json!({ "Environment": { "Variables": variables } });
            stack.cloud.put("lambda", &configuration, environment).await?;
            let before = publish().await?;
            let alias = json!({ "Name": "live", "FunctionVersion": before });
            stack.cloud.post("lambda", &format!("{path}/aliases"), alias).await?;
            found.push(Versions { function, before, later });
        }
        Ok(Self { stack, functions: found })
    }

    /// Has the aliases of some functions send this share of their calls to the later version.
    async fn shift(&self, whose: impl Fn(&str) -> bool, share: f64) -> Result<()> {
        for Versions { function, before, later } in &self.functions {
            if !whose(function) {
                continue;
            }
            let alone = if share > 0.9 { later } else { before };
            let mut weights = json!({});
            if (0.1..0.9).contains(&share) {
                weights[later] = json!(share);
            }
            let alias = json!({ "FunctionVersion": alone, "RoutingConfig": { "AdditionalVersionWeights": weights } });
            self.stack
                .cloud
                .put("lambda", &format!("{}/aliases/live", path(function)), alias)
                .await?;
        }
        Ok(())
    }
}

fn path(function: &str) -> String {
    format!("/2015-03-31/functions/{STACK}-{function}")
}

/// How often a function, or any, has said that it leaves something to the later version.
async fn said(stack: &Stack, function: &str) -> Result<usize> {
    let logged = stack.cloud.logged().await?;
    let lines = logged.values().flatten();
    Ok(lines.filter(|line| line.contains(LATER) && line.contains(function)).count())
}

/// The form in which a sale is stored.
async fn form(stack: &Stack, sale: &str) -> Result<u64> {
    let item = json!({
        "TableName": stack.output("TableName")?,
        "Key": { "PK": { "S": format!("SALE#{sale}") }, "SK": { "S": "SALE" } },
    });
    let found = stack.cloud.json("dynamodb", "DynamoDB_20120810.GetItem", item).await?;
    let state = found["Item"]["state"]["S"].as_str().context("the sale is gone")?;
    let state: Value = serde_json::from_str(state)?;
    state["form"].as_u64().context("what is stored has no form")
}
