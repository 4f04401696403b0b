//! The table as it was at a moment: beside the table, to look at; or in its place, where it is gone.

use crate::act::Act;
use crate::cloud::Cloud;
use anyhow::{Context, Result, bail, ensure};
use aws_sdk_dynamodb::primitives::DateTime;
use aws_sdk_dynamodb::types::{
    BackupTypeFilter, PointInTimeRecoverySpecification, StreamSpecification, StreamViewType,
    TableStatus, TimeToLiveSpecification,
};
use aws_sdk_lambda::types::{DestinationConfig, Filter, FilterCriteria, OnFailure};
use jiff::Timestamp;
use std::time::Duration;

/// How often a table is asked whether it is there.
const PAUSE: Duration = Duration::from_secs(2);

/// Restores the table at `at`. While the table is there, that is beside it, under another name:
/// nothing that the stack has is touched. Where it is gone, in its place: from the backup that AWS
/// makes of a table that is deleted, as it was at its end.
pub(crate) async fn restore(cloud: &Cloud, at: Timestamp, act: &Act) -> Result<()> {
    let (dynamodb, table) = (cloud.dynamodb(), cloud.resource("Table")?);
    let described = dynamodb.describe_table().table_name(table).send().await;
    let is_gone = match described {
        Ok(_) => false,
        Err(error)
            if error
                .as_service_error()
                .is_some_and(aws_sdk_dynamodb::operation::describe_table::DescribeTableError::is_resource_not_found_exception) =>
        {
            true
        }
        Err(error) => return Err(error).context("the table can't be asked about"),
    };
    if is_gone {
        let list = dynamodb.list_backups().table_name(table).backup_type(BackupTypeFilter::All);
        let backups = list.send().await?;
        let newest =
            backups.backup_summaries().iter().max_by_key(|of| of.backup_creation_date_time());
        let arn = newest.and_then(|backup| backup.backup_arn());
        let Some(arn) = arn else { bail!("AWS keeps no backup of {table}") };
        // Its note would go into the table that isn't there: that of the settings stands for both.
        println!("{}restore {table} from {arn}", if act.dry_run { "would " } else { "" });
        if act.dry_run {
            return settings(cloud, act).await;
        }
        let restore = dynamodb.restore_table_from_backup().backup_arn(arn);
        restore.target_table_name(table).send().await?;
        println!("it takes from minutes to hours; its settings follow by themselves");
        until_active(cloud, table).await?;
        settings(cloud, act).await
    } else {
        let name = format!("{table}-at-{}", at.as_second());
        if !act.begin(cloud, &format!("restore {table} as it was at {at} as {name}")).await? {
            return Ok(());
        }
        let restore = dynamodb.restore_table_to_point_in_time().source_table_name(table);
        let restore = restore.target_table_name(name);
        restore.restore_date_time(DateTime::from_secs(at.as_second())).send().await?;
        println!("it takes from minutes to hours");
        Ok(())
    }
}

/// Waits until the table takes calls: what is decided from then on has no stream yet.
async fn until_active(cloud: &Cloud, table: &str) -> Result<()> {
    loop {
        let told = cloud.dynamodb().describe_table().table_name(table).send().await?;
        if told.table().and_then(|table| table.table_status()) == Some(&TableStatus::Active) {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Gives a table that was restored in its place what a restore leaves out: its stream, time to
/// live, recovery and protection; and has the relay read the new stream from its beginning.
pub(crate) async fn settings(cloud: &Cloud, act: &Act) -> Result<()> {
    let (dynamodb, table) = (cloud.dynamodb(), cloud.resource("Table")?);
    let deed = format!(
        "give {table} its stream, time to live, recovery and protection, and the relay its stream"
    );
    if !act.begin(cloud, &deed).await? {
        return Ok(());
    }
    let stream = StreamSpecification::builder().stream_enabled(true);
    let stream = stream.stream_view_type(StreamViewType::NewAndOldImages).build()?;
    let update = dynamodb.update_table().table_name(table).stream_specification(stream);
    let updated = update.deletion_protection_enabled(true).send().await?;
    let expiry = TimeToLiveSpecification::builder().enabled(true).attribute_name("expires_at");
    let expiry = dynamodb
        .update_time_to_live()
        .table_name(table)
        .time_to_live_specification(expiry.build()?);
    expiry.send().await?;
    let recovery = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true);
    let recover = dynamodb.update_continuous_backups().table_name(table);
    recover.point_in_time_recovery_specification(recovery.build()?).send().await?;
    let stream = updated.table_description().and_then(|table| table.latest_stream_arn());
    relay(cloud, stream.context("the table has no stream yet: call again in a minute")?).await
}

/// A mapping's stream can't be changed: another one, with all that the one before has.
async fn relay(cloud: &Cloud, stream: &str) -> Result<()> {
    let lambda = cloud.lambda();
    let old = lambda.get_event_source_mapping().uuid(cloud.resource("RelayEventsSource")?);
    let old = old.send().await.context("the relay's mapping can't be read")?;
    let known = lambda.list_event_source_mappings().event_source_arn(stream).send().await?;
    if !known.event_source_mappings().is_empty() {
        println!("the relay reads {stream}");
        return Ok(());
    }
    let failures = old.destination_config().and_then(|to| to.on_failure()?.destination());
    ensure!(failures.is_some(), "the relay's mapping has no destination for what it gives up");
    let failures = OnFailure::builder().set_destination(failures.map(str::to_owned)).build();
    let patterns = old.filter_criteria().map(FilterCriteria::filters).unwrap_or_default();
    let patterns = patterns
        .iter()
        .map(|of| Filter::builder().set_pattern(of.pattern().map(str::to_owned)).build());
    let created = lambda
        .create_event_source_mapping()
        .set_function_name(old.function_arn().map(str::to_owned))
        .event_source_arn(stream)
        .starting_position(aws_sdk_lambda::types::EventSourcePosition::TrimHorizon)
        .set_batch_size(old.batch_size())
        .set_maximum_retry_attempts(old.maximum_retry_attempts())
        .set_maximum_record_age_in_seconds(old.maximum_record_age_in_seconds())
        .set_bisect_batch_on_function_error(old.bisect_batch_on_function_error())
        .set_function_response_types(Some(old.function_response_types().to_vec()))
        .filter_criteria(FilterCriteria::builder().set_filters(Some(patterns.collect())).build())
        .destination_config(DestinationConfig::builder().on_failure(failures).build())
        .send()
        .await?;
    println!("the relay reads the new stream by the mapping {}", created.uuid().unwrap_or("?"));
    Ok(())
}
