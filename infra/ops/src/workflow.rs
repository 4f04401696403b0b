//! Workflows that stopped: which, why, and on again.

use crate::act::Act;
use crate::cloud::Cloud;
use anyhow::{Context, Result, bail};
use aws_sdk_sfn::operation::redrive_execution::RedriveExecutionError;
use aws_sdk_sfn::types::{ExecutionListItem, ExecutionRedriveStatus, ExecutionStatus};
use domain::SaleId;
use domain::ports::SaleStore;
use domain::task_errors;
use serde_json::json;
use std::collections::BTreeSet;

/// What ends a workflow before its sale does.
const STOPPED: [ExecutionStatus; 3] =
    [ExecutionStatus::Failed, ExecutionStatus::TimedOut, ExecutionStatus::Aborted];

/// The sales whose workflow stopped, the latest first. One that goes on in another execution of the
/// same sale is left out.
pub(crate) async fn stopped(cloud: &Cloud) -> Result<Vec<(String, ExecutionListItem)>> {
    let going_on = listed(cloud, ExecutionStatus::Running).await?;
    let going_on: BTreeSet<String> = going_on.into_iter().map(|(sale, _)| sale).collect();
    let mut found = Vec::new();
    for status in STOPPED {
        found.extend(listed(cloud, status).await?);
    }
    found.retain(|(sale, _)| !going_on.contains(sale));
    found.sort_by_key(|(_, execution)| std::cmp::Reverse(execution.start_date().secs()));
    Ok(found)
}

async fn listed(
    cloud: &Cloud,
    status: ExecutionStatus,
) -> Result<Vec<(String, ExecutionListItem)>> {
    let list = cloud.sfn().list_executions().status_filter(status);
    let list = list.state_machine_arn(cloud.resource("SaleLifecycle")?);
    let pages = list.into_paginator().items().send();
    let found: Vec<_> = pages.try_collect().await.context("executions can't be listed")?;
    Ok(found.into_iter().map(|execution| (sale_of(execution.name()), execution)).collect())
}

/// Whose execution it is: its name is the sale's id, with a number after it where it is not the
/// first.
pub(crate) fn sale_of(execution: &str) -> String {
    execution.get(..36).unwrap_or(execution).to_owned()
}

/// Says what is known of one sale's workflow, and what to do.
pub(crate) async fn explain(cloud: &Cloud, sale: SaleId) -> Result<()> {
    let state = cloud.store()?.sale(sale).await.context("the sale can't be read")?;
    let Some(state) = state else { bail!("there is no sale {sale}") };
    println!("the sale is {}, version {}", state.status(), state.version);
    for case in state.open_cases() {
        println!("  a case is open since {}: {}", case.opened_at, case.kind.as_str());
    }
    let mine = stopped(cloud).await?;
    let mine = mine.iter().find(|(of, _)| *of == sale.to_string());
    let Some((_, execution)) = mine else {
        println!("no workflow of it stopped: it is over, or waits for what the sale's status says");
        return Ok(());
    };
    let told = cloud.sfn().describe_execution().execution_arn(execution.execution_arn());
    let told = told.send().await.context("the execution can't be read")?;
    let error = told.error().unwrap_or("no error");
    println!("its workflow {} is {}: {error}", execution.name(), execution.status().as_str());
    println!("  {}", advice(error));
    Ok(())
}

/// What an error of the workflow asks of people.
pub(crate) fn advice(error: &str) -> &'static str {
    match error {
        task_errors::PARTNER_UNAVAILABLE => {
            "the partner was away for longer than the retries: see that it answers (caas preflight), then redrive"
        }
        task_errors::STORE_UNAVAILABLE => "the table was away: see its throttles, then redrive",
        task_errors::NEEDS_ATTENTION => {
            "an answer or an item makes no sense: find the request in the log, mend it, then redrive"
        }
        "States.Timeout" => "it took longer than it may: redrive, the table decides again",
        "DynamoDb.ConditionalCheckFailedException" => "the sale went on meanwhile: redrive",
        "AnswerNotUnderstood" => "two versions don't fit together: finish the deploy, then redrive",
        _ => "find the failed state in the execution's history, mend its cause, then redrive",
    }
}

/// Lets a workflow go on where it stopped. Safe: each task decides again from the table, and calls
/// partners under the same key. An execution that AWS redrives no more (after two weeks) begins
/// anew, and passes what happened already.
pub(crate) async fn redrive(cloud: &Cloud, sale: SaleId, act: &Act) -> Result<()> {
    let stopped = stopped(cloud).await?;
    let of_sale: Vec<_> = stopped.iter().filter(|(of, _)| *of == sale.to_string()).collect();
    let Some((_, last)) = of_sale.first() else { bail!("no workflow of {sale} stopped") };
    let arn = last.execution_arn();
    let told = cloud.sfn().describe_execution().execution_arn(arn).send().await?;
    let redrivable = told.redrive_status() == Some(&ExecutionRedriveStatus::Redrivable);
    if redrivable {
        if act.begin(cloud, &format!("redrive the workflow {}", last.name())).await? {
            let redriven = cloud.sfn().redrive_execution().execution_arn(arn).send().await;
            redriven.map_err(|error| describe(&error.into_service_error()))?;
        }
        return Ok(());
    }
    let name = format!("{sale}-{}", of_sale.len() + 1);
    if act
        .begin(cloud, &format!("start the workflow {name}: the one before can't be redriven"))
        .await?
    {
        let start = cloud.sfn().start_execution().name(name);
        let start = start.state_machine_arn(cloud.resource("SaleLifecycle")?);
        // From the beginning: each wait that is over is passed.
        let way = json!({ "rounds": 0, "to": "AwaitSignalPayment" });
        start.input(json!({ "sale_id": sale, "way": way }).to_string()).send().await?;
    }
    Ok(())
}

fn describe(error: &RedriveExecutionError) -> anyhow::Error {
    anyhow::anyhow!("it can't be redriven: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_that_went_on_anew_is_still_its_sale_s() {
        let sale = "0195a0c0-0000-7000-8000-000000000001";
        assert_eq!(sale_of(sale), sale);
        assert_eq!(sale_of(&format!("{sale}-3")), sale);
        assert_eq!(sale_of("other"), "other");
    }

    #[test]
    fn each_error_of_the_workflow_s_own_has_its_advice() {
        let other = advice("anything");
        for error in [
            task_errors::PARTNER_UNAVAILABLE,
            task_errors::STORE_UNAVAILABLE,
            task_errors::NEEDS_ATTENTION,
        ] {
            assert_ne!(advice(error), other, "{error}");
        }
    }
}
