//! The ports' contracts, which the ports in memory pass, too: the table's adapter on the local
//! cloud's DynamoDB, the gateway's on the local gateway by way of its proxy.

use crate::{Shared, World, trial};
use adapters::{
    Aws, AwsSettings, ClientError, DynamoSales, GatewaySettings, Partner, PartnerSettings, Reach,
    Secrets, StripeGateway,
};
use anyhow::{Result, anyhow};
use domain::ids::PaymentMethodToken;
use jiff::Timestamp;
use libtest_mimic::Trial;
use serde_json::json;
use stack::cloud::REGION;
use stack::demo::{ASKED_CARD, BAD_CARD, GOOD_CARD};
use stack::{GATEWAY_KEY, Stack};
use testkit::contract::Outcome;
use testkit::contract::gateway::Till;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    macro_rules! on_the_local_cloud {
        ($suite:ident: $($check:ident),+) => {
            [$(trial(world, concat!("contract::", stringify!($suite), "::", stringify!($check)), async |world: &World| {
                kept(testkit::contract::$suite::$check(&table(world, stringify!($check)).await?).await)
            })),+]
        };
    }
    macro_rules! at_the_local_gateway {
        ($suite:ident: $($check:ident),+) => {
            [$(trial(world, concat!("contract::", stringify!($suite), "::", stringify!($check)), async |world: &World| {
                kept(testkit::contract::$suite::$check(&till(world, stringify!($check)).await?).await)
            })),+]
        };
    }
    let mut trials: Vec<Trial> = testkit::sale_store!(on_the_local_cloud).into();
    trials.extend(testkit::sale_lists!(on_the_local_cloud));
    trials.extend(testkit::sale_index!(on_the_local_cloud));
    trials.extend(testkit::customer_store!(on_the_local_cloud));
    trials.extend(testkit::notification_log!(on_the_local_cloud));
    trials.extend(testkit::contact_store!(on_the_local_cloud));
    trials.extend(testkit::unpaid_reservations!(on_the_local_cloud));
    trials.extend(testkit::erasure_store!(on_the_local_cloud));
    trials.extend(testkit::desk_sessions!(on_the_local_cloud));
    trials.extend(testkit::gateway!(at_the_local_gateway));
    trials
}

fn kept(outcome: Outcome) -> Result<()> {
    outcome.map_err(|fault| anyhow!("{fault}"))
}

/// The local cloud, as its owner.
pub(crate) fn aws(stack: &Stack) -> Result<Aws, ClientError> {
    Aws::new(AwsSettings {
        function: "contract".to_owned(),
        region: REGION.to_owned(),
        access_key_id: "test".to_owned(),
        secret_access_key: "test".to_owned(),
        session_token: None,
        endpoint_url: Some(stack.cloud.url().to_owned()),
        ca_bundle: None,
    })
}

/// A table of the check's own: no stream, so that nothing follows from what lies in it.
async fn table(world: &World, check: &str) -> Result<DynamoSales> {
    let name = format!("contract-{check}");
    let table = testkit::contract::table(&name).map_err(|error| anyhow!("{error}"))?;
    world.stack.cloud.json("dynamodb", "DynamoDB_20120810.CreateTable", table).await?;
    Ok(DynamoSales::new(&aws(&world.stack)?, name))
}

async fn till(world: &World, check: &str) -> Result<Till<StripeGateway>> {
    let secret = json!({ "Name": format!("contract-{check}"), "SecretString": json!({ "current": GATEWAY_KEY }).to_string() });
    let made =
        world.stack.cloud.json("secretsmanager", "secretsmanager.CreateSecret", secret).await?;
    let arn = made.get("ARN").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let key = Secrets::new(&aws(&world.stack)?, arn, || Timestamp::UNIX_EPOCH);
    let base_url = world.stack.gateway_proxy.url();
    let settings = PartnerSettings {
        name: "gateway",
        function: "contract",
        base_url,
        key,
        reach: Reach::Anywhere,
    };
    let pages = GatewaySettings {
        return_url: "https://portal.example/paid".to_owned(),
        transfer_country: "ES".to_owned(),
    };
    let token = |id: &str| PaymentMethodToken::parse(id).map_err(|fault| anyhow!("{fault}"));
    Ok(Till {
        gateway: StripeGateway::new(Partner::new(settings)?, pages),
        good: token(GOOD_CARD)?,
        bad: token(BAD_CARD)?,
        asked: token(ASKED_CARD)?,
        slow: token(&world.stack.bank_account().await?)?,
    })
}
