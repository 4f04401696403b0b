//! Webhooks: signed as Stripe signs them (<https://docs.stripe.com/webhooks#verify-manually>), an
//! endpoint's in order, each until it is taken or given up.

use crate::clock;
use crate::objects::{Endpoint, Event, Id, Object};
use crate::world::{Try, World};
use anyhow::Result;
use hmac::{Hmac, Mac};
use reqwest::redirect::Policy;
use reqwest::{Client, header};
use sha2::Sha256;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::iter;
use std::sync::Arc;
use std::time::Duration;

/// How often a webhook is tried before it is given up.
const TRIES: usize = 14;
/// After the first try that fails; each further pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What sends webhooks.
pub(crate) fn client() -> Result<Client> {
    // The client wants a TLS provider, http or not; one that is installed already is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(Client::builder().no_proxy().redirect(Policy::none()).timeout(PATIENCE).build()?)
}

/// Sees to it that each endpoint is served, as long as there is one.
pub(crate) async fn deliver(world: Arc<World>, client: Client) {
    let mut changes = world.changes();
    let mut served: BTreeSet<Id> = BTreeSet::new();
    loop {
        let endpoints: Vec<Id> = world
            .read(|books| books.all::<Endpoint>().map(|endpoint| endpoint.id.clone()).collect());
        for endpoint in endpoints {
            if served.insert(endpoint.clone()) {
                tokio::spawn(serve(Arc::clone(&world), client.clone(), endpoint));
            }
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// Delivers one endpoint's events, until the endpoint is gone.
async fn serve(world: Arc<World>, client: Client, endpoint: Id) {
    let mut changes = world.changes();
    loop {
        changes.mark_unchanged();
        let next = world.read(|books| {
            let endpoint = books.find::<Endpoint>(&endpoint)?;
            Some(endpoint.own.due.front().cloned())
        });
        match next {
            None => return,
            Some(None) => {
                if changes.changed().await.is_err() {
                    return;
                }
            }
            Some(Some(event)) => {
                let is_taken = try_until_taken(&world, &client, &endpoint, &event).await;
                world.change(|books| {
                    if let Ok(endpoint) = books.get_mut::<Endpoint>(&endpoint)
                        && endpoint.own.due.front() == Some(&event)
                    {
                        endpoint.own.due.pop_front();
                    }
                    if let Ok(event) = books.get_mut::<Event>(&event) {
                        event.pending_webhooks -=
                            usize::from(is_taken && event.pending_webhooks > 0);
                    }
                });
            }
        }
    }
}

async fn try_until_taken(world: &World, client: &Client, endpoint: &str, event: &str) -> bool {
    let pauses = iter::successors(Some(FIRST_PAUSE), |pause| Some((*pause * 2).min(LONGEST_PAUSE)));
    for pause in pauses.take(TRIES) {
        // Each time anew: where it goes may have changed.
        let Some((url, secret, kind, body)) = world.read(|books| {
            let endpoint = books.find::<Endpoint>(endpoint)?;
            let event = books.find::<Event>(event)?;
            let body = serde_json::to_string_pretty(&event.shown()).ok()?;
            let (url, secret) = (endpoint.url.clone(), endpoint.own.secret.clone());
            Some((url, secret, event.kind.clone(), body))
        }) else {
            return false;
        };
        let http_status = send(client, &url, &secret, body).await;
        let event = event.to_owned();
        world.note(Try { event, kind, url, http_status });
        if matches!(http_status, Some(200..300)) {
            return true;
        }
        tokio::time::sleep(pause).await;
    }
    false
}

/// Answers the receiver's status.
async fn send(client: &Client, url: &str, secret: &str, body: String) -> Option<u16> {
    let signature = signature(secret, clock::real().as_second(), &body)?;
    let call = client
        .post(url)
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
        .header("stripe-signature", signature);
    call.body(body).send().await.ok().map(|answer| answer.status().as_u16())
}

/// The `Stripe-Signature` of a body that is sent at this time.
pub(crate) fn signature(secret: &str, at: i64, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(format!("{at}.{body}").as_bytes());
    let mut text = format!("t={at},v1=");
    for byte in mac.finalize().into_bytes() {
        write!(text, "{byte:02x}").ok()?;
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn the_signature_is_the_hmac_of_time_and_body() {
        // printf '%s' '1.{}' | openssl dgst -sha256 -hmac whsec_x
        let mac = "36ee2f7498f0c1777d1312b2a7361947fe5ad31223be30d0c62421f4ca753401";
        assert_eq!(signature("whsec_x", 1, "{}"), Some(format!("t=1,v1={mac}")));
    }
}
