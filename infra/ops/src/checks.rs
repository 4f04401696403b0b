//! Before a deploy and after it: whether what the stack stands on is there.

use crate::cloud::Cloud;
use crate::secret::{self, SECRETS};
use crate::switch;
use anyhow::{Context, Result, bail};
use aws_sdk_dynamodb::types::{PointInTimeRecoveryStatus, StreamViewType, TimeToLiveStatus};
use aws_sdk_lambda::types::EventSourceMappingConfiguration;
use url::Url;

/// Calls at once that the functions and the bounds of `infra/template.yaml` need room for.
const CONCURRENCY: i32 = 200;

/// What was looked at, and what it should be where it isn't.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    faults: Vec<String>,
}

impl Findings {
    /// Notes one thing that was looked at.
    fn note(&mut self, what: &str, is_so: bool, else_do: &str) {
        println!("{} {what}", if is_so { "ok     " } else { "MISSING" });
        if !is_so {
            println!("        {else_do}");
            self.faults.push(what.to_owned());
        }
    }

    /// Fails with everything that is missing.
    pub(crate) fn end(self) -> Result<()> {
        match self.faults.as_slice() {
            [] => Ok(()),
            faults => bail!("{} of these are missing: {}", faults.len(), faults.join("; ")),
        }
    }
}

/// What people have to do once in an account and for each stage.
pub(crate) async fn preflight(cloud: &Cloud, found: &mut Findings) -> Result<()> {
    for name in SECRETS {
        let filled =
            secret::stored(cloud, name).await.is_ok_and(|value| !secret::is_random(&value));
        found.note(
            &format!("{name} is the partner's own"),
            filled,
            &format!("caas rotate-secret {name}, then caas rotate-secret {name} --finish"),
        );
    }
    let settings = settings(cloud, "IssueCredentials").await?;
    let setting = |name: &str| settings.iter().find(|(of, _)| of == name).map(|(_, value)| value);
    mail(cloud, found, setting("MAIL_FROM").map_or("", String::as_str)).await?;
    texts(cloud, found).await?;
    let limits = cloud.lambda().get_account_settings().send().await?;
    let room = limits
        .account_limit()
        .map_or(0, aws_sdk_lambda::types::AccountLimit::concurrent_executions);
    found.note(
        &format!("the account runs {CONCURRENCY} calls at once or more ({room})"),
        room >= CONCURRENCY,
        "Service Quotas: Lambda, concurrent executions",
    );
    for (function, name) in [
        ("PlaceFactoryOrder", "FACTORY_URL"),
        ("RegisterVehicle", "REGISTRY_URL"),
        ("PaySignal", "GATEWAY_URL"),
    ] {
        let settings = self::settings(cloud, function).await?;
        let url = settings.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value);
        found.note(
            &format!("{name} can be reached ({url})"),
            is_reached(url).await,
            "ask the partner",
        );
    }
    Ok(())
}

async fn settings(cloud: &Cloud, function: &str) -> Result<Vec<(String, String)>> {
    let asked =
        cloud.lambda().get_function_configuration().function_name(cloud.resource(function)?);
    let told = asked.send().await?;
    let variables = told.environment().and_then(|of| of.variables()).cloned().unwrap_or_default();
    Ok(variables.into_iter().collect())
}

async fn mail(cloud: &Cloud, found: &mut Findings, from: &str) -> Result<()> {
    let domain = from.rsplit_once('@').map_or(from, |(_, domain)| domain);
    let mut is_verified = false;
    for identity in [from, domain] {
        let asked = cloud.ses().get_email_identity().email_identity(identity).send().await;
        is_verified |= asked.is_ok_and(|told| told.verified_for_sending_status());
    }
    found.note(
        &format!("SES may send mail from {domain}"),
        is_verified,
        "SES: verify the identity, by DKIM records in the domain's DNS",
    );
    let account = cloud.ses().get_account().send().await?;
    found.note(
        "SES is out of its sandbox, and sends",
        account.production_access_enabled() && account.sending_enabled(),
        "SES: request production access; until then recipients have to be verified, too",
    );
    let quota = account.send_quota().map_or(0.0, aws_sdk_sesv2::types::SendQuota::max24_hour_send);
    found.note(
        &format!("SES sends 10 000 mails a day or more ({quota})"),
        quota >= 10_000.0,
        "Service Quotas: SES, sending quota",
    );
    Ok(())
}

async fn texts(cloud: &Cloud, found: &mut Findings) -> Result<()> {
    let sandbox = cloud.sns().get_sms_sandbox_account_status().send().await?;
    found.note(
        "text messages are out of their sandbox",
        !sandbox.is_in_sandbox(),
        "SNS: move out of the SMS sandbox, and register the sender's name: Spain shows no other",
    );
    let spend = cloud.sns().get_sms_attributes().attributes("MonthlySpendLimit").send().await?;
    let limit = spend.attributes().and_then(|of| of.get("MonthlySpendLimit")?.parse().ok());
    let limit: f64 = limit.unwrap_or(0.0);
    found.note(
        &format!("text messages may cost more than the first dollar of a month ({limit})"),
        limit > 1.0,
        "Service Quotas: SNS, monthly spend on text messages",
    );
    Ok(())
}

/// Whether somebody listens there.
async fn is_reached(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let Some((host, port)) = url.host_str().zip(url.port_or_known_default()) else { return false };
    let connecting = tokio::net::TcpStream::connect((host, port));
    matches!(tokio::time::timeout(std::time::Duration::from_secs(3), connecting).await, Ok(Ok(_)))
}

/// What the template says against what is there: what people can change by hand, and what a
/// restore leaves out.
pub(crate) async fn check(cloud: &Cloud, found: &mut Findings) -> Result<()> {
    let (dynamodb, table) = (cloud.dynamodb(), cloud.resource("Table")?);
    let described = dynamodb.describe_table().table_name(table).send().await?;
    let described = described.table();
    let stream = described.and_then(|table| table.stream_specification()?.stream_view_type());
    let repair = "caas restore-settings";
    found.note("the table's stream", stream == Some(&StreamViewType::NewAndOldImages), repair);
    let protected =
        described.and_then(aws_sdk_dynamodb::types::TableDescription::deletion_protection_enabled);
    found.note("the table's protection from deletion", protected == Some(true), repair);
    let expiry = dynamodb.describe_time_to_live().table_name(table).send().await?;
    let expiry = expiry.time_to_live_description().and_then(|of| of.time_to_live_status());
    found.note("the table's time to live", expiry == Some(&TimeToLiveStatus::Enabled), repair);
    let backups = dynamodb.describe_continuous_backups().table_name(table).send().await?;
    let recovery = backups
        .continuous_backups_description()
        .and_then(|of| of.point_in_time_recovery_description()?.point_in_time_recovery_status());
    let is_on = recovery == Some(&PointInTimeRecoveryStatus::Enabled);
    found.note("the table's recovery to any second", is_on, repair);
    for function in ["relay-events", "issue-credentials", "send-notification", "refund-payment"] {
        let mappings = switch::mappings(cloud, function).await?;
        let is_partial =
            |of: &EventSourceMappingConfiguration| !of.function_response_types().is_empty();
        let enable = format!("caas enable {function}");
        // A table that was restored has another stream, for which there may be no mapping yet.
        let else_do = match (mappings.iter().any(is_partial), function) {
            (true, _) => &enable,
            (false, "relay-events") => repair,
            (false, _) => "deploy again",
        };
        found.note(
            &format!("what calls {function}, enabled, with partial answers"),
            mappings.iter().any(|of| is_partial(of) && switch::is_on(of)),
            else_do,
        );
    }
    let function = "reconcile-payments";
    let rule = switch::rule(cloud, function)?.context("its schedule has no rule")?;
    found.note(
        &format!("the schedule of {function}, enabled"),
        switch::is_enabled(cloud, rule).await?,
        &format!("caas enable {function}"),
    );
    let back = switch::rolled_back(cloud).await?;
    let what = "of each function the version of the last deploy is live";
    let back: Vec<_> = back
        .into_iter()
        .map(|(function, version)| format!("caas roll-back {function} --to {version}"))
        .collect();
    found.note(what, back.is_empty(), &format!("before the next deploy: {}", back.join("; ")));
    let topic = cloud.resource("AlarmTopic")?;
    let told = cloud.sns().get_topic_attributes().topic_arn(topic).send().await?;
    let confirmed = told.attributes().and_then(|of| of.get("SubscriptionsConfirmed")?.parse().ok());
    let confirmed: u32 = confirmed.unwrap_or(0);
    let confirm = "set AlarmEmail, deploy, and confirm the subscription in the mail that comes";
    found.note("somebody is told of alarms", confirmed > 0, confirm);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_ends_with_all_that_is_missing() {
        let mut found = Findings::default();
        found.note("one", true, "");
        found.note("two", false, "mend it");
        found.note("three", false, "mend it");
        assert_eq!(found.end().unwrap_err().to_string(), "2 of these are missing: two; three");
        assert!(Findings::default().end().is_ok());
    }
}
