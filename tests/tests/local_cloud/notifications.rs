//! What a customer is told, by mail, by the app and by text message; and what becomes of mails that
//! come back.

use crate::accounts::PASSWORD;
use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Context, Result, ensure};
use domain::Language;
use domain::sale::Notification;
use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::{Value, json};
use stack::demo::{key, sale};
use stack::eventually;
use tools::root::root;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(
            world,
            "every_notification_comes_by_every_channel_in_every_language",
            every_notification_comes,
        ),
        trial(world, "customers_choose_their_channels", customers_choose_their_channels),
        trial(
            world,
            "a_mail_that_comes_back_is_a_case_and_mails_stop",
            a_mail_that_comes_back_is_a_case_and_mails_stop,
        ),
    ]
}

/// The subject of this mail, as its snapshot has it.
fn subject(notification: Notification, language: Language) -> Result<String> {
    let kind = serde_json::to_value(notification)?.as_str().context("no name")?.to_owned();
    let snapshot = root().join(format!("shared/mail/snapshots/{kind}/{}.txt", language.code()));
    let text = std::fs::read_to_string(&snapshot)
        .with_context(|| format!("there is no {}", snapshot.display()))?;
    text.lines()
        .next()
        .and_then(|line| line.strip_prefix("Subject: "))
        .map(str::to_owned)
        .context("no subject")
}

/// A customer with an active account and a session.
struct Customer {
    email: String,
    phone: String,
    sale: String,
    session: String,
}

impl Customer {
    async fn new(world: &World, email: &str, phone: &str, language: Language) -> Result<Self> {
        let mut body = sale(email);
        body["customer"]["phone"] = json!(phone);
        let sale = world.registered(&body).await?;
        let mailed = world.credentials(email, 0).await?;
        world
            .customer(None)?
            .activate(&mailed.token, &mailed.initial_password, PASSWORD)
            .await?
            .expect(204)?;
        if language != Language::Es {
            let correction =
                json!({ "language": language.code(), "reason": "as the customer asked" });
            world
                .employee()
                .await?
                .post(&format!("/sales/{sale}/customer-correction"), &key(), &correction)
                .await?
                .expect(200)?;
        }
        Ok(Self {
            email: email.to_owned(),
            phone: phone.to_owned(),
            sale,
            session: world.session(email).await?,
        })
    }

    /// Wants to hear of everything by everything, on this device; answers what the push service
    /// calls it.
    async fn hears_everything(&self, world: &World, platform: &str) -> Result<String> {
        let api = world.customer(Some(&self.session))?;
        let all = ["email", "push", "sms"];
        let channels = json!({ "progress": all, "payment": all, "delivery": all });
        api.json(Method::PUT, "/account/preferences", &channels).await?.expect(200)?;
        let token = format!("token-of-{}", self.email);
        for _ in 0..2 {
            api.json(
                Method::POST,
                "/account/devices",
                &json!({ "platform": platform, "token": token }),
            )
            .await?
            .expect(204)?;
        }
        let application = if platform == "ios" { "APNS" } else { "GCM" };
        let application =
            format!("arn:aws:sns:{}:000000000000:app/{application}/caas", stack::cloud::REGION);
        let form = format!(
            "Action=CreatePlatformEndpoint&Version=2010-03-31&PlatformApplicationArn={application}&Token={token}"
        );
        let answer = world.stack.cloud.query("sns", &form).await?;
        let arn = answer
            .split_once("<EndpointArn>")
            .and_then(|(_, rest)| rest.split_once('<'))
            .context("no device")?
            .0;
        Ok(arn.to_owned())
    }
}

/// Puts a message about the `fact`th fact of the sale into the queue, as the relay does.
async fn tell(world: &World, sale: &str, fact: usize, notification: Notification) -> Result<()> {
    let message =
        json!({ "message": "notify", "sale": sale, "fact": fact, "notification": notification })
            .to_string();
    let send =
        json!({ "QueueUrl": world.stack.output("NotificationQueueUrl")?, "MessageBody": message });
    world.stack.cloud.json("sqs", "AmazonSQS.SendMessage", send).await.map(drop)
}

/// Which fact is told by which of these is the stories' and the auditor's; here, what each says,
/// and that each comes once.
async fn every_notification_comes(world: &World) -> Result<()> {
    let mut customers = Vec::new();
    for (number, language) in Language::ALL.into_iter().enumerate() {
        let (email, phone) =
            (format!("told-{}@example.com", language.code()), format!("+3460055500{number}"));
        let customer = Customer::new(world, &email, &phone, language).await?;
        let device = customer
            .hears_everything(world, if number % 2 == 0 { "android" } else { "ios" })
            .await?;
        // Far beyond the sale's own facts: each is its own, and none is superseded.
        for (fact, notification) in Notification::ALL.iter().copied().enumerate() {
            tell(world, &customer.sale, 100 + fact, notification).await?;
        }
        customers.push((customer, device, language));
    }
    for (customer, device, language) in &customers {
        eventually(PATIENCE, &format!("{} is told of everything", customer.email), async || {
            let Heard { mails, pushes, texts } = customer.heard(world, device, *language).await?;
            Ok([mails, pushes, texts]
                .iter()
                .all(|told| told.len() >= Notification::ALL.len())
                .then_some(()))
        })
        .await?;
    }
    // What comes again, later, is told no more.
    let lookups = || {
        let calls = world.stack.calls().into_iter();
        calls
            .filter(|call| {
                call.function == "send-notification" && call.operation == "DynamoDB.Query"
            })
            .count()
    };
    let due = lookups() + customers.len() * Notification::ALL.len();
    for (customer, ..) in &customers {
        for (fact, notification) in Notification::ALL.iter().copied().enumerate() {
            tell(world, &customer.sale, 100 + fact, notification).await?;
        }
    }
    eventually(PATIENCE, "the copies are looked up", async || Ok((lookups() >= due).then_some(())))
        .await?;
    let portal = format!("{}/portal/expediente", world.stack.api_url);
    for (customer, device, language) in &customers {
        let Heard { mails, pushes, texts } = customer.heard(world, device, *language).await?;
        let expected = expected(*language)?;
        let mut by_text: Vec<String> =
            expected.iter().map(|subject| format!("CaaS: {subject}. {portal}")).collect();
        by_text.sort();
        ensure!(mails == expected, "mails to {}: {mails:?}", customer.email);
        ensure!(pushes == expected, "on the device of {}: {pushes:?}", customer.email);
        ensure!(texts == by_text, "texts to {}: {texts:?}", customer.phone);
    }
    Ok(())
}

/// Every notification's subject, sorted.
fn expected(language: Language) -> Result<Vec<String>> {
    let mut subjects = Notification::ALL
        .iter()
        .map(|notification| subject(*notification, language))
        .collect::<Result<Vec<_>>>()?;
    subjects.sort();
    Ok(subjects)
}

/// What a customer was told, by each channel, sorted.
struct Heard {
    /// Subjects.
    mails: Vec<String>,
    /// What the device showed.
    pushes: Vec<String>,
    texts: Vec<String>,
}

impl Customer {
    /// Of mails, the notifications.
    async fn heard(&self, world: &World, device: &str, language: Language) -> Result<Heard> {
        let expected = expected(language)?;
        let mails =
            world.stack.cloud.mails().await?.into_iter().filter(|mail| mail.to == self.email);
        let mut mails: Vec<String> =
            mails.map(|mail| mail.subject).filter(|subject| expected.contains(subject)).collect();
        let on_device = world.stack.cloud.messages(device).await?;
        let mut pushes = on_device
            .iter()
            .map(|message| shown(message, &self.sale))
            .collect::<Result<Vec<_>>>()?;
        let mut texts = world.stack.cloud.messages(&self.phone).await?;
        for list in [&mut mails, &mut pushes, &mut texts] {
            list.sort();
        }
        Ok(Heard { mails, pushes, texts })
    }
}

/// What a device shows, the same for each platform, with the sale beside it.
fn shown(message: &str, sale: &str) -> Result<String> {
    let message: Value = serde_json::from_str(message)?;
    let of = |platform: &str| -> Result<Value> {
        Ok(serde_json::from_str(message[platform].as_str().context("not for all")?)?)
    };
    let (apple, google) = (of("APNS")?, of("GCM")?);
    ensure!(apple["sale_id"] == sale && google["data"]["sale_id"] == sale, "{message}");
    let words =
        [&message["default"], &apple["aps"]["alert"]["body"], &google["notification"]["body"]];
    ensure!(
        words.iter().all(|said| *said == words[0]) && of("APNS_SANDBOX")? == apple,
        "{message}"
    );
    Ok(words[0].as_str().unwrap_or_default().to_owned())
}

async fn customers_choose_their_channels(world: &World) -> Result<()> {
    let customer =
        Customer::new(world, "chooses@example.com", "+34600555100", Language::Es).await?;
    let api = world.customer(Some(&customer.session))?;
    let usual = api.get("/account/preferences").await?.expect(200)?;
    let both = ["email", "push"];
    ensure!(
        usual.body["channels"] == json!({ "progress": both, "payment": both, "delivery": both }),
        "{usual:?}"
    );
    let without = json!({ "progress": [], "payment": ["sms"], "delivery": ["email"] });
    let refused = api.json(Method::PUT, "/account/preferences", &without).await?.expect(422)?;
    ensure!(refused.text("/errors/0/pointer") == "/payment", "{refused:?}");
    let chosen = json!({ "progress": [], "payment": ["email", "sms"], "delivery": ["email"] });
    let put = api.json(Method::PUT, "/account/preferences", &chosen).await?.expect(200)?;
    ensure!(
        put.body["channels"] == chosen
            && api.get("/account/preferences").await?.expect(200)?.body == put.body,
        "{put:?}"
    );
    let nobody = world.customer(None)?;
    nobody.get("/account/preferences").await?.expect(401)?;
    nobody.json(Method::PUT, "/account/preferences", &chosen).await?.expect(401)?;
    let device = json!({ "platform": "ios", "token": "abc" });
    nobody.json(Method::POST, "/account/devices", &device).await?.expect(401)?;

    tell(world, &customer.sale, 100, Notification::InTransit).await?;
    tell(world, &customer.sale, 101, Notification::FinalPaymentDue).await?;
    let texts = async || world.stack.cloud.messages(&customer.phone).await;
    eventually(PATIENCE, "the customer is told of the payment", async || {
        Ok((texts().await?.len() == 1).then_some(()))
    })
    .await?;
    let progress = subject(Notification::InTransit, Language::Es)?;
    let mails = world.stack.cloud.mails().await?;
    ensure!(
        !mails.iter().any(|mail| mail.to == customer.email && mail.subject == progress),
        "the customer didn't want to hear that"
    );

    // A device that was lost is removed from any other session.
    customer.hears_everything(world, "ios").await?;
    let known = api.get("/account/preferences").await?.expect(200)?;
    let path = format!("/account/devices/{}", known.text("/devices/0/device_id"));
    let anew = world.customer(Some(&world.session(&customer.email).await?))?;
    nobody.json(Method::DELETE, &path, &Value::Null).await?.expect(401)?;
    anew.json(Method::DELETE, &path, &Value::Null).await?.expect(204)?;
    let left = api.get("/account/preferences").await?.expect(200)?;
    ensure!(left.body.get("devices").is_none(), "{left:?}");

    // A device that the customer gave away is forgotten at the next message.
    let device = customer.hears_everything(world, "android").await?;
    let off = "Attributes.entry.1.key=Enabled&Attributes.entry.1.value=false";
    let form =
        format!("Action=SetEndpointAttributes&Version=2010-03-31&EndpointArn={device}&{off}");
    world.stack.cloud.query("sns", &form).await?;
    tell(world, &customer.sale, 102, Notification::InTransit).await?;
    eventually(PATIENCE, "the device is forgotten", async || {
        let items = crate::abuse::items(world).await?;
        // The session goes on saying on which device it is.
        let known = items.into_iter().any(|(_, item)| {
            item["SK"]["S"] == "CUSTOMER" && Value::Object(item).to_string().contains(&device)
        });
        Ok((!known).then_some(()))
    })
    .await?;
    ensure!(
        world.stack.cloud.messages(&device).await?.is_empty(),
        "a device that is off showed something"
    );
    Ok(())
}

/// The mailbox simulator's addresses bounce, and complain, as SES has them do.
async fn a_mail_that_comes_back_is_a_case_and_mails_stop(world: &World) -> Result<()> {
    let manager = world.somebody("MAD-01", &["dealership-manager"]).await?;
    let case_of = async |id: &str, open: bool| {
        eventually(PATIENCE, "the case is there, or closed", async || {
            let sale = manager.get(&format!("/sales/{id}")).await?.expect(200)?.body;
            let cases = sale["cases"].as_array().into_iter().flatten();
            let found = cases
                .filter(|case| case["kind"] == "mail_undeliverable")
                .any(|case| case.get("closed_at").is_none() == open);
            Ok(found.then_some(()))
        })
        .await
    };
    for (number, reason) in ["bounce", "complaint"].into_iter().enumerate() {
        let (email, phone) =
            (format!("{reason}+caas@simulator.amazonses.com"), format!("+3460055520{number}"));
        let mut body = sale(&email);
        body["customer"]["phone"] = json!(phone);
        let id = world.registered(&body).await?;
        case_of(&id, true).await?;
        let listed = manager.get("/cases").await?.expect(200)?;
        ensure!(listed.body.to_string().contains(&id), "{listed:?}");
        let before =
            world.stack.cloud.mails().await?.iter().filter(|mail| mail.to == email).count();
        // What the contract needs goes by text message now; the rest stays in the portal.
        tell(world, &id, 100, Notification::InTransit).await?;
        tell(world, &id, 101, Notification::FinalPaymentDue).await?;
        let texts = eventually(PATIENCE, "the customer has a text message", async || {
            let texts = world.stack.cloud.messages(&phone).await?;
            Ok((!texts.is_empty()).then_some(texts))
        })
        .await?;
        ensure!(
            texts.len() == 1
                && texts[0].contains(&subject(Notification::FinalPaymentDue, Language::Es)?),
            "{texts:?}"
        );
        let after = world.stack.cloud.mails().await?.iter().filter(|mail| mail.to == email).count();
        ensure!(after == before, "{} mails more to an address that is dead", after - before);
        let closure =
            json!({ "kind": "mail_undeliverable", "reason": "the customer has made room" });
        manager.post(&format!("/sales/{id}/case-closure"), &key(), &closure).await?.expect(200)?;
        case_of(&id, false).await?;
    }
    Ok(())
}
