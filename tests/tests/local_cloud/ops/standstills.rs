//! Sources that are switched off and releases that fail, each ended by the command of its alarm's
//! page.

use super::Caas;
use crate::PATIENCE;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use stack::api::Api;
use stack::demo::{key, sale};
use stack::{STACK, Settings, Stack, eventually};
use testkit::runbook::Runbook;
use tools::narrator::Narrator;

/// What `caas enable` says once it has nothing to do.
const NOTHING_OFF: &str = "is switched off";
/// Where Lambda's event source mappings are.
const MAPPINGS: &str = "/2015-03-31/event-source-mappings";

pub(super) async fn what_stands_still_is_ended_by_its_page() -> Result<()> {
    let stack = Stack::start(&Settings::default(), &Narrator::default()).await?;
    let trial = Trial {
        caas: Caas::of(&stack)?,
        employee: stack.api("MAD-01", &["sales"]).await?,
        runbook: Runbook::default(),
        stack: &stack,
    };
    trial.the_relay_is_switched_off().await?;
    trial.a_queue_is_switched_off().await?;
    trial.the_schedule_is_switched_off().await?;
    trial.a_release_fails().await
}

struct Trial<'a> {
    stack: &'a Stack,
    caas: Caas<'a>,
    employee: Api,
    runbook: Runbook,
}

impl Trial<'_> {
    /// Says what would be done, does it as the page has it, and finds nothing left to do.
    fn repair(&self, alarm: &str, function: &str, says: &str, left: &str) -> Result<()> {
        println!("\n### {alarm}");
        let repair = self.runbook.repair(alarm).context("the page names no repair")?;
        let repair = repair.replace("<function>", function).replace("<version>", "1");
        let would = repair.replace("--why \"…\"", "--dry-run");
        self.caas.says(&would, &["would ", says])?;
        self.caas.says(&repair, &[says])?;
        self.caas.says(&would, &[left])
    }

    async fn register(&self, email: &str) -> Result<String> {
        let registered = self.employee.post("/sales", &key(), &sale(email)).await?.expect(201)?;
        Ok(registered.text("/sale_id").to_owned())
    }

    async fn the_relay_is_switched_off(&self) -> Result<()> {
        self.switch_off("relay-events").await?;
        let sale = self.register("not-relayed@example.com").await?;
        self.finds("what calls relay-events")?;
        ensure!(!self.has_workflow(&sale).await, "it was relayed");
        self.repair("RelayNotRunningAlarm", "relay-events", "switch the mapping ", NOTHING_OFF)?;
        eventually(PATIENCE, "the workflow runs", async || {
            Ok(self.has_workflow(&sale).await.then_some(()))
        })
        .await
    }

    async fn a_queue_is_switched_off(&self) -> Result<()> {
        self.switch_off("issue-credentials").await?;
        let email = "no-mail-yet@example.com";
        self.register(email).await?;
        self.finds("what calls issue-credentials")?;
        ensure!(!self.has_mail(email).await?, "a mail came");
        self.repair("QueuesNotReadAlarm", "issue-credentials", "switch the mapping ", NOTHING_OFF)?;
        eventually(PATIENCE, "the customer has credentials", async || {
            Ok(self.has_mail(email).await?.then_some(()))
        })
        .await
    }

    async fn the_schedule_is_switched_off(&self) -> Result<()> {
        let rules = async |act: &str, body: Value| {
            self.stack.cloud.json("events", &format!("AWSEvents.{act}"), body).await
        };
        let listed = rules("ListRules", json!({})).await?;
        let rule = listed["Rules"].as_array().into_iter().flatten();
        let mut rule = rule.filter_map(|rule| rule["Name"].as_str());
        let rule = rule.find(|name| name.contains("ReconcilePayments"));
        let rule = rule.context("the schedule has no rule")?;
        rules("DisableRule", json!({ "Name": rule })).await?;
        self.finds("the schedule of reconcile-payments")?;
        self.repair(
            "ReconcileNotRunningAlarm",
            "reconcile-payments",
            "enable the rule ",
            NOTHING_OFF,
        )?;
        let told = rules("DescribeRule", json!({ "Name": rule })).await?;
        ensure!(told["State"] == "ENABLED", "{told}");
        Ok(())
    }

    /// A release without a setting that it needs can't run: whoever calls it is answered 5xx.
    async fn a_release_fails(&self) -> Result<()> {
        let sale = self.register("asks@example.com").await?;
        let path = format!("/2015-03-31/functions/{STACK}-get-sale");
        let cloud = &self.stack.cloud;
        let publish = async || {
            let made = cloud.post("lambda", &format!("{path}/versions"), json!({})).await?;
            made["Version"].as_str().map(str::to_owned).context("no version was published")
        };
        publish().await?;
        let known = cloud.get("lambda", &format!("{path}/configuration")).await?;
        let mut variables = known["Environment"]["Variables"].clone();
        variables.as_object_mut().context("it has no settings")?.remove("TABLE_NAME");
        let broken = json!({ "Environment": { "Variables": variables } });
        cloud.put("lambda", &format!("{path}/configuration"), broken).await?;
        let mut weights = json!({});
        weights[publish().await?] = json!(1.0);
        let all = json!({ "AdditionalVersionWeights": weights });
        let alias = json!({ "Name": "live", "FunctionVersion": "1", "RoutingConfig": all });
        cloud.post("lambda", &format!("{path}/aliases"), alias).await?;
        let ask = async || self.employee.get(&format!("/sales/{sale}")).await;
        ensure!(ask().await?.status >= 500, "the release works");
        // As while a deploy shifts the calls from the one to the other.
        self.caas.says("caas roll-back get-sale --dry-run", &["live is 1, for a part"])?;
        let says = "take all calls of get-sale from 1 to 1";
        self.repair("ApiFaultsAlarm", "get-sale", says, "version 1 of get-sale is live already")?;
        ask().await?.expect(200).map(drop)
    }

    /// Switches off what calls a function.
    async fn switch_off(&self, function: &str) -> Result<()> {
        let listed = self.stack.cloud.get("lambda", MAPPINGS).await?;
        let mut mappings = listed["EventSourceMappings"].as_array().into_iter().flatten();
        let mapping = mappings
            .find(|of| of["FunctionArn"].as_str().is_some_and(|arn| arn.contains(function)))
            .with_context(|| format!("nothing calls {function}"))?;
        let id = mapping["UUID"].as_str().context("a mapping has no id")?;
        let off = json!({ "Enabled": false });
        self.stack.cloud.put("lambda", &format!("{MAPPINGS}/{id}"), off).await.map(drop)
    }

    /// `caas check` names it as missing.
    fn finds(&self, what: &str) -> Result<()> {
        let said = match self.caas.run("caas check") {
            Ok(said) => said,
            Err(error) => format!("{error:#}"),
        };
        let missing = said.lines().find(|line| line.contains("missing: "));
        ensure!(missing.is_some_and(|line| line.contains(what)), "{what} isn't missing: {said}");
        Ok(())
    }

    async fn has_workflow(&self, sale: &str) -> bool {
        let Ok(machine) = self.stack.output("StateMachineArn") else { return false };
        self.stack.cloud.execution(machine, sale).await.is_ok()
    }

    async fn has_mail(&self, email: &str) -> Result<bool> {
        Ok(self.stack.cloud.mails().await?.iter().any(|mail| mail.to == email))
    }
}
