//! What the factory, the gateway, the mail service and our own queues send.

use super::handlers::{handled, now, now_or_never, request};
use super::samples::{FACTORY_BODY, FACTORY_KEY, GATEWAY_BODY, GATEWAY_KEY};
use domain::ports::Message;
use domain::use_cases::follow_factory::Settings;
use edge::Reply;
use edge::signature::Keys;
use hmac::{Hmac, Mac};
use http::HeaderMap;
use jiff::SignedDuration;
use std::fmt::Write;
use testkit::faults::Plan;
use testkit::memory::{Ports, World};

/// Three lines: id, time, signatures. Nobody but the factory can make them.
pub(super) fn factory_signature(input: &[u8]) -> Result<(), String> {
    let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    let mut headers = HeaderMap::new();
    for (name, line) in names.into_iter().zip(input.split(|byte| *byte == b'\n')) {
        headers.extend(
            http::HeaderValue::from_bytes(line)
                .ok()
                .map(|value| (http::HeaderName::from_static(name), value)),
        );
    }
    let verdict = edge::signature::standard_webhooks(
        &Keys::new([FACTORY_KEY]),
        &headers,
        FACTORY_BODY.as_bytes(),
    );
    if verdict.is_err() { Ok(()) } else { Err("a signature that nobody made".to_owned()) }
}

pub(super) fn gateway_signature(input: &[u8]) -> Result<(), String> {
    let Ok(value) = http::HeaderValue::from_bytes(input) else { return Ok(()) };
    let mut headers = HeaderMap::new();
    headers.insert("stripe-signature", value);
    let verdict = edge::signature::stripe(
        &Keys::new([GATEWAY_KEY]),
        &headers,
        GATEWAY_BODY.as_bytes(),
        now(),
    );
    if verdict.is_err() { Ok(()) } else { Err("a signature that nobody made".to_owned()) }
}

/// As a factory would send it that has gone mad: well signed.
pub(super) fn factory_message(input: &[u8]) -> Result<(), String> {
    handled(input, async |store, request| {
        let Ok(body) = request.body().map(<[u8]>::to_vec) else { return Ok(Reply::no_content()) };
        let at = edge::clock::now().as_second();
        let signature = standardwebhooks::Webhook::new(FACTORY_KEY)
            .and_then(|webhook| webhook.sign("msg_1", at, &body));
        let Ok(signature) = signature else { return Err(edge::ProblemType::InternalError.into()) };
        let headers = [
            ("webhook-id", "msg_1".to_owned()),
            ("webhook-timestamp", at.to_string()),
            ("webhook-signature", signature),
        ];
        let Some(request) = self::request(&headers, &body) else { return Ok(Reply::no_content()) };
        receive_factory_update::handle(
            store,
            &Keys::new([FACTORY_KEY]),
            Settings { final_payment_window: SignedDuration::from_hours(336), tell_beyond: 7 },
            request,
        )
        .await
    })
}

pub(super) fn gateway_event(input: &[u8]) -> Result<(), String> {
    handled(input, async |store, request| {
        let Ok(body) = request.body().map(<[u8]>::to_vec) else { return Ok(Reply::no_content()) };
        let Ok(mut mac) = Hmac::<sha2::Sha256>::new_from_slice(GATEWAY_KEY.as_bytes()) else {
            return Err(edge::ProblemType::InternalError.into());
        };
        mac.update(b"1800000000.");
        mac.update(&body);
        let mut header = "t=1800000000,v1=".to_owned();
        for byte in mac.finalize().into_bytes() {
            let _ = write!(header, "{byte:02x}");
        }
        let Some(request) = self::request(&[("stripe-signature", header)], &body) else {
            return Ok(Reply::no_content());
        };
        receive_payment_update::handle(store, store, &Keys::new([GATEWAY_KEY]), request).await
    })
}

/// What SES tells, of whomever.
pub(super) fn mail_event(input: &[u8]) -> Result<(), String> {
    let Ok(event) = std::str::from_utf8(input) else { return Ok(()) };
    let world = World::new(1, now(), Plan::Calm, false);
    let ports = Ports::new(&world, "fuzz");
    // What can't be understood comes again, and ends in a queue that has an alarm.
    let taken = now_or_never(receive_mail_event::handle(&ports, event, now()));
    taken.map(drop).ok_or_else(|| "a handler waits".to_owned())
}

/// What is read is written the same.
pub(super) fn message(input: &[u8]) -> Result<(), String> {
    let Ok(message) = serde_json::from_slice::<Message>(input) else { return Ok(()) };
    let again = serde_json::to_string(&message)
        .ok()
        .and_then(|text| serde_json::from_str::<Message>(&text).ok());
    if again.as_ref() == Some(&message) {
        Ok(())
    } else {
        Err(format!("{message:?} is read back as {again:?}"))
    }
}
