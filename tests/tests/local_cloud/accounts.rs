//! A customer's way in: mail, activation, sessions, another password, and a dealership that sends
//! the mail again.

use crate::conformance::Checked;
use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::{Value, json};
use stack::api::{Answer, Api};
use stack::demo::{key, sale};
use stack::eventually;

/// A password that nobody would refuse.
pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(world, "a_customer_activates_logs_in_and_out", a_customer_activates_logs_in_and_out),
        trial(
            world,
            "a_forgotten_password_is_replaced_by_a_mailed_link",
            a_forgotten_password_is_replaced_by_a_mailed_link,
        ),
        trial(
            world,
            "credentials_sent_again_make_the_old_ones_void",
            credentials_sent_again_make_the_old_ones_void,
        ),
        trial(
            world,
            "a_mistyped_address_is_corrected_and_the_right_one_gets_credentials",
            a_mistyped_address_is_corrected_and_the_right_one_gets_credentials,
        ),
        trial(
            world,
            "an_erased_customer_leaves_amounts_and_no_trace",
            an_erased_customer_leaves_amounts_and_no_trace,
        ),
    ]
}

/// What the mail says.
#[derive(Debug, Clone)]
pub(crate) struct Mailed {
    /// The whole link.
    pub(crate) link: String,
    pub(crate) token: String,
    pub(crate) initial_password: String,
}

impl World {
    /// The API without a token, or as a customer.
    pub(crate) fn customer(&self, session: Option<&str>) -> Result<Checked<'_>> {
        let api = Api::new(self.stack.api_url.clone(), session.map(str::to_owned))?;
        Ok(Checked { api, description: &self.description })
    }

    /// The credentials of the `nth` mail that this customer got with some.
    pub(crate) async fn credentials(&self, email: &str, nth: usize) -> Result<Mailed> {
        let token = self.link(email, "/activate#", nth).await?;
        let mails = self.stack.cloud.mails().await?;
        let mail = mails
            .into_iter()
            .find(|mail| mail.text.contains(&token))
            .context("the mail is gone")?;
        let initial = mail
            .text
            .lines()
            .find_map(|line| line.split_once("Contraseña inicial: "))
            .context("no initial password")?;
        let link = mail
            .text
            .split_whitespace()
            .find(|word| word.ends_with(&format!("#{token}")))
            .context("no link")?;
        Ok(Mailed { link: link.to_owned(), token, initial_password: initial.1.trim().to_owned() })
    }

    /// The token of the `nth` link of this kind that was mailed to this customer.
    async fn link(&self, email: &str, kind: &str, nth: usize) -> Result<String> {
        eventually(PATIENCE, &format!("{email} has a mail with {kind}"), async || {
            let mails = self.stack.cloud.mails().await?;
            let texts = mails.iter().filter(|mail| mail.to == email).map(|mail| mail.text.as_str());
            let mut tokens =
                texts.filter_map(|text| text.split_once(kind)?.1.split_whitespace().next());
            Ok(tokens.nth(nth).map(str::to_owned))
        })
        .await
    }

    /// A customer with an active account.
    pub(crate) async fn activated(&self, email: &str) -> Result<Mailed> {
        self.registered(&sale(email)).await?;
        let mailed = self.credentials(email, 0).await?;
        self.customer(None)?
            .activate(&mailed.token, &mailed.initial_password, PASSWORD)
            .await?
            .expect(204)?;
        Ok(mailed)
    }

    /// A fresh session's token.
    pub(crate) async fn session(&self, email: &str) -> Result<String> {
        Ok(self
            .customer(None)?
            .log_in(email, PASSWORD)
            .await?
            .expect(201)?
            .text("/token")
            .to_owned())
    }
}

impl Checked<'_> {
    pub(crate) async fn json(&self, method: Method, path: &str, body: &Value) -> Result<Answer> {
        self.send(method, path, &[("content-type", "application/json")], Some(body.to_string()))
            .await
    }

    pub(crate) async fn activate(&self, token: &str, initial: &str, new: &str) -> Result<Answer> {
        let body = json!({ "token": token, "initial_password": initial, "new_password": new });
        self.json(Method::POST, "/account/activation", &body).await
    }

    pub(crate) async fn log_in(&self, username: &str, password: &str) -> Result<Answer> {
        self.json(
            Method::POST,
            "/account/sessions",
            &json!({ "username": username, "password": password }),
        )
        .await
    }

    async fn change_password(&self, old: &str, new: &str) -> Result<Answer> {
        self.json(
            Method::POST,
            "/account/password",
            &json!({ "current_password": old, "new_password": new }),
        )
        .await
    }

    async fn log_out(&self) -> Result<Answer> {
        self.send(Method::DELETE, "/account/sessions/current", &[], None).await
    }
}

async fn a_customer_activates_logs_in_and_out(world: &World) -> Result<()> {
    let (email, other) = ("account@example.com", "another battery staple");
    world.registered(&sale(email)).await?;
    let Mailed { token, initial_password, .. } = world.credentials(email, 0).await?;
    let nobody = world.customer(None)?;
    nobody.log_in(email, &initial_password).await?.expect(401)?;
    nobody.activate(&token, PASSWORD, PASSWORD).await?.expect(401)?;
    nobody.activate(&token, &initial_password, PASSWORD).await?.expect(204)?;
    nobody.activate(&token, &initial_password, other).await?.expect(401)?;
    let opened = nobody.log_in("Account@Example.com", PASSWORD).await?.expect(201)?;
    let cookie = opened.headers.get("set-cookie").cloned().unwrap_or_default();
    let token = opened.text("/token");
    ensure!(cookie.starts_with(&format!("__Host-session={token};")), "the cookie is the token's");
    for attribute in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
        ensure!(cookie.contains(attribute), "the cookie has no {attribute}");
    }
    let elsewhere = world.session(email).await?;
    let (here, there) = (world.customer(Some(token))?, world.customer(Some(&elsewhere))?);
    here.change_password(other, other).await?.expect(401)?;
    here.change_password(PASSWORD, other).await?.expect(204)?;
    there.change_password(other, PASSWORD).await?.expect(401)?;
    there.log_out().await?.expect(401)?;
    // The browser's way.
    let kept = [("cookie", cookie.split(';').next().unwrap_or_default())];
    nobody.send(Method::DELETE, "/account/sessions/current", &kept, None).await?.expect(204)?;
    here.log_out().await?.expect(401)?;
    nobody.log_in(email, PASSWORD).await?.expect(401)?;
    nobody.log_in(email, other).await?.expect(201)?;
    Ok(())
}

async fn a_forgotten_password_is_replaced_by_a_mailed_link(world: &World) -> Result<()> {
    let (email, other) = ("forgotten@example.com", "another battery staple");
    world.activated(email).await?;
    let session = world.session(email).await?;
    let nobody = world.customer(None)?;
    for username in ["nobody-at-all@example.com", email] {
        nobody
            .json(Method::POST, "/account/password-reset", &json!({ "username": username }))
            .await?
            .expect(202)?;
    }
    let token = world.link(email, "/reset-password#", 0).await?;
    let body = json!({ "token": token, "new_password": other });
    nobody.json(Method::PUT, "/account/password-reset", &body).await?.expect(204)?;
    nobody.json(Method::PUT, "/account/password-reset", &body).await?.expect(401)?;
    world.customer(Some(&session))?.log_out().await?.expect(401)?;
    nobody.log_in(email, other).await?.expect(201)?;
    let strangers = world
        .stack
        .cloud
        .mails()
        .await?
        .into_iter()
        .any(|mail| mail.to.starts_with("nobody-at-all"));
    ensure!(!strangers, "who has no account gets no mail");
    Ok(())
}

async fn credentials_sent_again_make_the_old_ones_void(world: &World) -> Result<()> {
    let email = "again@example.com";
    let id = world.registered(&sale(email)).await?;
    let old = world.credentials(email, 0).await?;
    let manager = world.somebody("MAD-01", &["dealership-manager"]).await?;
    let path = format!("/sales/{id}/credentials");
    manager.send(Method::POST, &path, &[], None).await?.expect(202)?;
    let new = world.credentials(email, 1).await?;
    let nobody = world.customer(None)?;
    nobody.activate(&old.token, &old.initial_password, PASSWORD).await?.expect(401)?;
    nobody.activate(&new.token, &old.initial_password, PASSWORD).await?.expect(401)?;
    nobody.activate(&new.token, &new.initial_password, PASSWORD).await?.expect(204)?;
    let active = manager.send(Method::POST, &path, &[], None).await?.expect(409)?;
    ensure!(active.text("/type").ends_with("/account-active"), "{active:?}");
    Ok(())
}

/// What the wrong address got opens nothing, whether or not somebody used it.
async fn a_mistyped_address_is_corrected_and_the_right_one_gets_credentials(
    world: &World,
) -> Result<()> {
    let (wrong, right) = ("mistypde@example.com", "mistyped@example.com");
    let id = world.registered(&sale(wrong)).await?;
    let mailed = world.credentials(wrong, 0).await?;
    let stranger = world.customer(None)?;
    stranger.activate(&mailed.token, &mailed.initial_password, PASSWORD).await?.expect(204)?;
    let session = stranger.log_in(wrong, PASSWORD).await?.expect(201)?.text("/token").to_owned();
    let path = format!("/sales/{id}/customer-correction");
    let correction = json!({ "reason": "errata en el correo", "email": right });
    let corrected = world.employee().await?.post(&path, &key(), &correction).await?.expect(200)?;
    ensure!(corrected.text("/customer/email") == right, "{corrected:?}");
    world.customer(Some(&session))?.get("/expediente").await?.expect(401)?;
    world.customer(None)?.log_in(wrong, PASSWORD).await?.expect(401)?;
    let mailed = world.credentials(right, 0).await?;
    let customer = world.customer(None)?;
    customer.activate(&mailed.token, &mailed.initial_password, PASSWORD).await?.expect(204)?;
    let session = world.session(right).await?;
    world.customer(Some(&session))?.get(&format!("/expediente/{id}")).await?.expect(200)?;
    Ok(())
}

/// Who asks to be forgotten is, in every sale; the amounts stay, and the same address may buy
/// again.
async fn an_erased_customer_leaves_amounts_and_no_trace(world: &World) -> Result<()> {
    const MARK: &str = "Xeraserme";
    let email = "xeraserme@example.com";
    let mut body = sale(email);
    body["customer"]["full_name"] = json!(format!("Ana {MARK}"));
    body["customer"]["phone"] = json!("+34699554433");
    for field in ["street", "city"] {
        body["customer"]["address"][field] = json!(format!("{MARK} 1"));
    }
    body["delivery"] = json!({ "to": "customer_address", "address": body["customer"]["address"] });
    let ids = [world.registered(&body).await?, world.registered(&body).await?];
    let mailed = world.credentials(email, 0).await?;
    world
        .customer(None)?
        .activate(&mailed.token, &mailed.initial_password, PASSWORD)
        .await?
        .expect(204)?;
    let session =
        world.customer(None)?.log_in(email, PASSWORD).await?.expect(201)?.text("/token").to_owned();

    let manager = world.somebody("MAD-01", &["dealership-manager"]).await?;
    let erase = async |id: &str| {
        manager.send(Method::POST, &format!("/sales/{id}/customer-erasure"), &[], None).await
    };
    for id in &ids {
        let open = erase(&ids[0]).await?.expect(409)?;
        ensure!(open.text("/type").ends_with("/purchase-open"), "{open:?}");
        let reason = json!({ "reason": format!("{MARK} moves") });
        manager.post(&format!("/sales/{id}/cancellation"), &key(), &reason).await?.expect(200)?;
    }
    let told = async || {
        Ok((world.stack.cloud.mails().await?.iter().filter(|mail| mail.to == email).count() == 3)
            .then_some(()))
    };
    eventually(PATIENCE, "the customer is told of both cancellations", told).await?;
    let first = erase(&ids[0]).await?.expect(200)?;
    ensure!(erase(&ids[0]).await?.expect(200)?.body == first.body, "a repeat is answered the same");

    let traces = [MARK, "99554433"].map(str::to_lowercase);
    for (name, item) in crate::abuse::items(world).await? {
        let text = Value::Object(item).to_string().to_lowercase();
        ensure!(!traces.iter().any(|trace| text.contains(trace)), "{name} holds a trace: {text}");
    }
    for id in &ids {
        let left = manager.get(&format!("/sales/{id}")).await?.expect(200)?;
        ensure!(left.body.pointer("/erasure/by") == Some(&json!("e-17")), "{left:?}");
        ensure!(
            left.body
                .pointer("/terms/price")
                .and_then(Value::as_u64)
                .is_some_and(|price| price > 0),
            "{left:?}"
        );
        ensure!(
            left.text("/customer/full_name") == "erased"
                && left.text("/cancellation/reason") == "erased",
            "{left:?}"
        );
    }
    world.customer(Some(&session))?.get("/expediente").await?.expect(401)?;
    world.customer(None)?.log_in(email, PASSWORD).await?.expect(401)?;
    let again = world.registered(&body).await?;
    ensure!(!ids.contains(&again), "the same address is a new customer's");
    world.credentials(email, 1).await?;
    Ok(())
}
