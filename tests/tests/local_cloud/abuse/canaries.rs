//! Marked personal values, planted wherever a customer's data comes in, are in no log, no message
//! and no execution's history.

use crate::World;
use crate::accounts::PASSWORD;
use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::json;
use stack::demo::{GOOD_CARD, key, sale};

/// A word that nothing else has.
const MARK: &str = "Kanarienvogel";

pub(super) async fn canaries(world: &World) -> Result<()> {
    let email = format!("{}@example.com", MARK.to_lowercase());
    let mut body = sale(&email);
    body["customer"]["full_name"] = json!(format!("Ana {MARK}"));
    body["customer"]["address"]["street"] = json!(format!("{MARK}weg 1"));
    body["customer"]["address"]["city"] = json!(format!("{MARK}stadt"));
    body["customer"]["phone"] = json!("+34699887766");
    let id = world.registered(&body).await?;
    let mailed = world.credentials(&email, 0).await?;
    let (nobody, employee) = (world.customer(None)?, world.employee().await?);
    let new = "correct horse battery";
    nobody.activate(&mailed.token, &mailed.initial_password, new).await?.expect(204)?;
    let session = nobody.log_in(&email, PASSWORD).await?.expect(201)?.text("/token").to_owned();
    nobody.log_in(&email, &format!("{MARK}-wrong-password")).await?.expect(401)?;
    nobody
        .json(Method::POST, "/account/password-reset", &json!({ "username": email }))
        .await?
        .expect(202)?;
    world.pay(&id, "signal-payment", GOOD_CARD).await?;
    world.sale_with(&id, "OrderPlaced").await?;
    employee.get(&format!("/sales/{id}")).await?.expect(200)?;
    // Faults are where data slips into logs.
    let mut bad = body.clone();
    bad["customer"]["email"] = json!(format!("{MARK} at example.com"));
    bad[format!("{MARK}-field")] = json!(MARK);
    employee.post("/sales", &key(), &bad).await?.expect(422)?;
    let broken = format!("{{\"customer\": \"{MARK}\"");
    employee
        .send(Method::POST, "/sales", &[("content-type", "application/json")], Some(broken))
        .await?
        .expect(400)?;

    let secrets = [
        MARK,
        &email,
        "99887766",
        &mailed.token,
        &mailed.initial_password,
        &session,
        GOOD_CARD,
        PASSWORD,
    ];
    let searched = [
        (
            "the functions' logs",
            world
                .stack
                .cloud
                .logged()
                .await?
                .into_values()
                .flatten()
                .collect::<Vec<_>>()
                .join("\n"),
        ),
        ("the local cloud's own log", without_mail(&world.stack.cloud_process.log())),
        ("the queues", queues(world).await?),
        ("the execution's history", history(world, &id).await?),
    ];
    let mut faults = Vec::new();
    for (place, text) in &searched {
        ensure!(!text.is_empty(), "{place} could not be read");
        for line in text.lines().map(str::to_lowercase) {
            let found: Vec<&&str> =
                secrets.iter().filter(|secret| line.contains(&secret.to_lowercase())).collect();
            faults.extend((!found.is_empty()).then(|| format!("{place} hold {found:?}: {line}")));
        }
    }
    eprintln!("abuse: canaries: {} values in {} places", secrets.len(), searched.len());
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    // The search finds what is there.
    ensure!(searched[0].1.contains(&id), "the functions' logs name the sale");
    ensure!(searched[3].1.contains(&id), "the execution's history names the sale");
    Ok(())
}

/// The local cloud notes to whom it sends mail, as AWS does not.
fn without_mail(log: &str) -> String {
    log.lines().filter(|line| !line.contains("[ses-v2]")).collect::<Vec<_>>().join("\n")
}

/// What lies in the queues at this moment.
async fn queues(world: &World) -> Result<String> {
    let mut all = String::from("queues:");
    for name in
        ["NotificationQueueUrl", "CredentialsQueueUrl", "RefundQueueUrl", "UndeliverableQueueUrl"]
    {
        let ask = json!({ "QueueUrl": world.stack.output(name)?, "MaxNumberOfMessages": 10, "VisibilityTimeout": 0 });
        all.push_str(
            &world.stack.cloud.json("sqs", "AmazonSQS.ReceiveMessage", ask).await?.to_string(),
        );
    }
    Ok(all)
}

async fn history(world: &World, id: &str) -> Result<String> {
    let arn = format!(
        "{}:{id}",
        world.stack.output("StateMachineArn")?.replace(":stateMachine:", ":execution:")
    );
    let ask = json!({ "executionArn": arn, "maxResults": 1000, "includeExecutionData": true });
    Ok(world
        .stack
        .cloud
        .json("states", "AWSStepFunctions.GetExecutionHistory", ask)
        .await?
        .to_string())
}
