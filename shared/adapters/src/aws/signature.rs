//! Signature version 4 (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>) of a
//! POST without a query.

use http::HeaderName;
use ring::digest::{SHA256, digest};
use ring::hmac::{self, HMAC_SHA256, Key};
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Whose calls they are.
pub(super) struct Credentials {
    pub(super) access_key_id: String,
    pub(super) secret_access_key: String,
    pub(super) session_token: Option<String>,
}

/// Signs for one service in one region, and keeps the day's key: it is four hashes, as many as the rest.
pub(super) struct Signer {
    region: String,
    service: &'static str,
    key: Mutex<Option<(String, Key)>>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("region", &self.region).field("service", &self.service).finish_non_exhaustive()
    }
}

impl Signer {
    pub(super) fn new(region: String, service: &'static str) -> Self {
        Self { region, service, key: Mutex::default() }
    }

    /// The `Authorization` header of a POST at `now` (`20260131T235959Z`). INVARIANT: the headers come sorted.
    pub(super) fn authorization<'a>(
        &self,
        credentials: &Credentials,
        now: &str,
        path: &str,
        headers: impl Iterator<Item = &'a (HeaderName, &'a str)>,
        body: &[u8],
    ) -> String {
        let (mut lines, mut names) = (String::new(), String::new());
        for (name, value) in headers {
            let separator = if names.is_empty() { "" } else { ";" };
            names.extend([separator, name.as_str()]);
            lines.extend([name.as_str(), ":", value, "\n"]);
        }
        let payload = hex(digest(&SHA256, body).as_ref());
        let canonical = ["POST\n", path, "\n\n", &lines, "\n", &names, "\n", &payload].concat();
        let Self { region, service, .. } = self;
        let day = now.get(..8).unwrap_or_default();
        let scope = [day, "/", region, "/", service, "/aws4_request"].concat();
        let to_sign =
            ["AWS4-HMAC-SHA256\n", now, "\n", &scope, "\n", &hex(digest(&SHA256, canonical.as_bytes()).as_ref())].concat();
        let signature = hex(hmac::sign(&self.key_of(day, credentials), to_sign.as_bytes()).as_ref());
        let id = &credentials.access_key_id;
        format!("AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}")
    }

    fn key_of(&self, day: &str, credentials: &Credentials) -> Key {
        let mut kept = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, key)) = kept.as_ref().filter(|(of, _)| of == day) {
            return key.clone();
        }
        let secret = ["AWS4", &credentials.secret_access_key].concat();
        let key =
            [day, &self.region, self.service, "aws4_request"].iter().fold(Key::new(HMAC_SHA256, secret.as_bytes()), |key, part| {
                Key::new(HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref())
            });
        *kept = Some((day.to_owned(), key.clone()));
        key
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::{CONTENT_TYPE, HOST};

    const NOW: &str = "20150830T123600Z";

    fn example(session_token: Option<&str>) -> (Signer, Credentials) {
        let credentials = Credentials {
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
            session_token: session_token.map(str::to_owned),
        };
        (Signer::new("us-east-1".to_owned(), "service"), credentials)
    }

    fn header(name: &'static str, value: &'static str) -> (HeaderName, &'static str) {
        (HeaderName::from_static(name), value)
    }

    /// AWS's own test suite for signers, of which these are the requests such as ours
    /// (<https://github.com/awslabs/aws-c-auth/tree/main/tests/aws-signing-test-suite/v4>).
    #[test]
    fn signatures_are_those_of_aws_s_test_suite() {
        const TOKEN: &str = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
        let vanilla = [(HOST, "example.amazonaws.com"), header("x-amz-date", NOW)];
        let with_token = [vanilla[0].clone(), vanilla[1].clone(), header("x-amz-security-token", TOKEN)];
        let with_body = [
            header("content-length", "13"),
            (CONTENT_TYPE, "application/x-www-form-urlencoded"),
            vanilla[0].clone(),
            header("x-amz-content-sha256", "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"),
            vanilla[1].clone(),
        ];
        for (name, headers, body, signature) in [
            ("post-vanilla", vanilla.as_slice(), "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
            ("post-sts-header-before", &with_token, "", "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"),
            (
                "post-x-www-form-urlencoded",
                &with_body,
                "Param1=value1",
                "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
            ),
        ] {
            let (signer, credentials) = example(Some(TOKEN));
            let authorization = signer.authorization(&credentials, NOW, "/", headers.iter(), body.as_bytes());
            assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "));
            assert!(authorization.ends_with(&format!("Signature={signature}")), "{name}: {authorization}");
        }
    }

    #[test]
    fn the_key_is_that_of_its_day() {
        let (signer, credentials) = example(None);
        let sign = |signer: &Signer, now| signer.authorization(&credentials, now, "/", [(HOST, "a")].iter(), b"");
        let first = sign(&signer, NOW);
        let next_day = sign(&signer, "20150831T000000Z");
        assert_eq!(next_day, sign(&example(None).0, "20150831T000000Z"));
        assert_eq!(sign(&signer, NOW), first);
    }
}
