//! Webhook signatures, over the body's raw bytes, before anything reads them. During a rotation two
//! keys are good.

use crate::problem::{Problem, ProblemType};
use hmac::{Hmac, Mac};
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use std::fmt;

/// How far the sender's clock, and a replay, may be off.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// The keys that a signature may have been made with.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys(Vec<String>);

impl Keys {
    /// The current key first.
    pub fn new<K: Into<String>>(keys: impl IntoIterator<Item = K>) -> Self {
        Self(keys.into_iter().map(Into::into).collect())
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

/// Why a signature is no good. For the log: the sender is only told that it isn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// A header is missing or malformed.
    #[error("a signature header is missing or malformed")]
    Header,
    /// Older, or further ahead, than the tolerance.
    #[error("the signature's time is more than five minutes off")]
    Time,
    /// Made with another key, or over another body.
    #[error("the signature doesn't fit")]
    Mismatch,
    /// The configured secret is no key.
    #[error("the configured secret can't be used as a key")]
    Key,
}

impl From<BadSignature> for Problem {
    fn from(fault: BadSignature) -> Self {
        tracing::warn!(%fault, "a webhook's signature was refused");
        ProblemType::SignatureInvalid.into()
    }
}

/// Standard Webhooks (<https://www.standardwebhooks.com>): `webhook-id`, `webhook-timestamp`,
/// `webhook-signature`.
pub fn standard_webhooks(
    keys: &Keys,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), BadSignature> {
    let mut verdict = Err(BadSignature::Key);
    for key in &keys.0 {
        let Ok(webhook) = standardwebhooks::Webhook::new(key) else { continue };
        verdict = webhook.verify(body, headers).map_err(|fault| match fault {
            standardwebhooks::WebhookError::MissingHeader(_)
            | standardwebhooks::WebhookError::InvalidHeader(_)
            | standardwebhooks::WebhookError::InvalidTimestamp => BadSignature::Header,
            standardwebhooks::WebhookError::TimestampTooOldError
            | standardwebhooks::WebhookError::FutureTimestampError => BadSignature::Time,
            _ => BadSignature::Mismatch,
        });
        if verdict.is_ok() {
            break;
        }
    }
    verdict
}

/// Stripe's scheme (<https://docs.stripe.com/webhooks#verify-manually>): `Stripe-Signature:
/// t=<seconds>,v1=<hex>`, HMAC-SHA256 over `<seconds>.<body>`; several `v1` may be there.
pub fn stripe(
    keys: &Keys,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<(), BadSignature> {
    let header = headers
        .get("stripe-signature")
        .and_then(|value| value.to_str().ok())
        .ok_or(BadSignature::Header)?;
    let fields: Vec<(&str, &str)> =
        header.split(',').filter_map(|field| field.trim().split_once('=')).collect();
    let time = fields
        .iter()
        .find(|(name, _)| *name == "t")
        .map(|(_, value)| *value)
        .ok_or(BadSignature::Header)?;
    let at = time
        .parse()
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .ok_or(BadSignature::Header)?;
    if now.duration_since(at).abs() > TOLERANCE {
        return Err(BadSignature::Time);
    }
    let signatures: Vec<Vec<u8>> = fields
        .iter()
        .filter(|(name, _)| *name == "v1")
        .filter_map(|(_, value)| unhex(value))
        .collect();
    for key in &keys.0 {
        let mut mac =
            // It says no more than that the key is none.
            Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_err(|_| BadSignature::Key)?;
        mac.update(time.as_bytes());
        mac.update(b".");
        mac.update(body);
        // `verify_slice` takes the same time wherever the first difference is.
        if signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok()) {
            return Ok(());
        }
    }
    Err(BadSignature::Mismatch)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(
        digits
            .chunks_exact(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;
    /// Made with OpenSSL: `printf '1800000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac
    /// whsec_test`.
    const SIGNATURE: &str = "45705be2a45ab5acdd1395cc695e9e7073125385ec24194921c401dff44176f8";

    fn stripe_headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(
            http::HeaderName::from_static("stripe-signature"),
            HeaderValue::from_str(value).unwrap(),
        )])
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn stripe_s_scheme_takes_a_known_signature() {
        let headers =
            stripe_headers(&format!("t=1800000000,v1={},v1={SIGNATURE},v0=ab", "00".repeat(32)));
        let now = at(1_800_000_010);
        assert_eq!(stripe(&Keys::new(["whsec_test"]), &headers, BODY, now), Ok(()));
        assert_eq!(stripe(&Keys::new(["whsec_new", "whsec_test"]), &headers, BODY, now), Ok(()));
        assert_eq!(
            stripe(&Keys::new(["whsec_new"]), &headers, BODY, now),
            Err(BadSignature::Mismatch)
        );
        assert_eq!(
            stripe(&Keys::new(["whsec_test"]), &headers, b"{}", now),
            Err(BadSignature::Mismatch)
        );
    }

    #[test]
    fn stripe_s_scheme_refuses_replays_and_nonsense() {
        let keys = Keys::new(["whsec_test"]);
        let headers = stripe_headers(&format!("t=1800000000,v1={SIGNATURE}"));
        assert_eq!(stripe(&keys, &headers, BODY, at(1_800_000_300)), Ok(()));
        assert_eq!(stripe(&keys, &headers, BODY, at(1_800_000_301)), Err(BadSignature::Time));
        assert_eq!(stripe(&keys, &headers, BODY, at(1_799_999_699)), Err(BadSignature::Time));
        assert_eq!(
            stripe(&keys, &HeaderMap::new(), BODY, at(1_800_000_000)),
            Err(BadSignature::Header)
        );
        for nonsense in ["", "t=", "t=soon,v1=00", "v1=00", "t=1800000000"] {
            assert!(
                stripe(&keys, &stripe_headers(nonsense), BODY, at(1_800_000_000)).is_err(),
                "{nonsense}"
            );
        }
        let moved = stripe_headers(&format!("t=1800000001,v1={SIGNATURE}"));
        assert_eq!(stripe(&keys, &moved, BODY, at(1_800_000_001)), Err(BadSignature::Mismatch));
        let short = stripe_headers(&format!("t=1800000000,v1={}", SIGNATURE.get(..32).unwrap()));
        assert_eq!(stripe(&keys, &short, BODY, at(1_800_000_000)), Err(BadSignature::Mismatch));
    }

    const KEY: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    fn standard_headers(key: &str, seconds: i64) -> HeaderMap {
        let signature =
            standardwebhooks::Webhook::new(key).unwrap().sign("msg_1", seconds, BODY).unwrap();
        let values = [
            ("webhook-id", "msg_1".to_owned()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", signature),
        ];
        values
            .into_iter()
            .map(|(name, value)| {
                (http::HeaderName::from_static(name), HeaderValue::from_str(&value).unwrap())
            })
            .collect()
    }

    #[test]
    fn the_standard_scheme_is_the_published_one() {
        let body = br#"{"email":"test@example.com","username":"test_user"}"#;
        let signed = standardwebhooks::Webhook::new(KEY)
            .unwrap()
            .sign("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1_649_367_553, body)
            .unwrap();
        assert_eq!(signed, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
    }

    #[test]
    fn the_standard_scheme_takes_either_key_and_no_other() {
        let now = crate::clock::now().as_second();
        let headers = standard_headers(KEY, now);
        let other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert_eq!(standard_webhooks(&Keys::new([KEY]), &headers, BODY), Ok(()));
        assert_eq!(standard_webhooks(&Keys::new([other, KEY]), &headers, BODY), Ok(()));
        assert_eq!(
            standard_webhooks(&Keys::new([other]), &headers, BODY),
            Err(BadSignature::Mismatch)
        );
        assert_eq!(
            standard_webhooks(&Keys::new([KEY]), &headers, b"{}"),
            Err(BadSignature::Mismatch)
        );
        assert_eq!(
            standard_webhooks(&Keys::new([KEY]), &HeaderMap::new(), BODY),
            Err(BadSignature::Header)
        );
        assert_eq!(
            standard_webhooks(&Keys::new([KEY]), &standard_headers(KEY, now - 400), BODY),
            Err(BadSignature::Time)
        );
        assert_eq!(
            standard_webhooks(&Keys::new(["not base64!"]), &headers, BODY),
            Err(BadSignature::Key)
        );
    }
}
