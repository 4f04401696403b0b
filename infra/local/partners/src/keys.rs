//! The issuer's keys, and what is signed with them.

use crate::answer::Fault;
use crate::clock::now;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use getrandom::SysRng;
use rsa::PrivateKey;
use rsa::sha2::{Digest, Sha256};
use rsa::traits::PublicKeyParts;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::LazyLock;

const KEY_BITS: usize = 2048;

/// Whom the API's tokens are for.
pub(crate) const AUDIENCE: &str = "caas-intranet";
/// How long a token counts, in seconds.
pub(crate) const LIFETIME: i64 = 3600;

/// What a token says of an employee.
#[derive(Debug, Clone)]
pub(crate) struct Employee {
    pub(crate) sub: String,
    pub(crate) roles: Vec<String>,
    pub(crate) dealership_id: String,
    pub(crate) country: String,
}

/// Drawn when it is first wanted: that takes a while, and most runs of the tests want no tokens.
type Key = LazyLock<rsa::Result<PrivateKey>>;

/// The issuer's name and keys.
pub(crate) struct Issuer {
    pub(crate) url: String,
    published: Key,
    /// In no JWKS.
    other: Key,
}

impl Issuer {
    /// The issuer of the server at this address.
    pub(crate) fn new(server: &str) -> Self {
        let draw = || PrivateKey::new(&mut SysRng, KEY_BITS);
        Self { url: format!("{server}/issuer"), published: Key::new(draw), other: Key::new(draw) }
    }

    /// An employee's claims, for this audience and so many seconds.
    pub(crate) fn claims(&self, employee: &Employee, audience: &str, expires_in: i64) -> Value {
        let Employee { sub, roles, dealership_id, country } = employee;
        let from = now().as_second();
        json!({
            "iss": self.url, "sub": sub, "aud": audience,
            "iat": from, "nbf": from, "exp": from.saturating_add(expires_in),
            "roles": roles, "dealership_id": dealership_id, "country": country,
        })
    }

    /// A JWT (RFC 7519), RS256. A key that isn't published signs in the published one's name, as a
    /// forger's would.
    pub(crate) fn sign(&self, claims: &Value, with: SigningKey) -> Result<String, Fault> {
        let key = match with {
            SigningKey::Published => drawn(&self.published)?,
            SigningKey::OtherKey => drawn(&self.other)?,
        };
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": kid(drawn(&self.published)?) });
        let signed = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
        let signature =
            // The key is made here.
            key.pkcs1v15_sign::<Sha256>(signed.as_bytes()).map_err(|_| Fault::Failed)?;
        Ok(format!("{signed}.{}", base64url(signature)))
    }

    /// The public half of the published key (RFC 7517).
    pub(crate) fn jwks(&self) -> Result<Value, Fault> {
        let key = drawn(&self.published)?;
        let (n, e) = (base64url(key.n_bytes()), base64url(key.e_bytes()));
        Ok(
            json!({ "keys": [{ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid(key), "n": n, "e": e }] }),
        )
    }
}

fn drawn(key: &Key) -> Result<&PrivateKey, Fault> {
    // The key is made here.
    key.as_ref().map_err(|_| Fault::Failed)
}

fn kid(key: &PrivateKey) -> String {
    base64url(Sha256::digest(key.n_bytes()))
}

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Which of the issuer's keys signs.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SigningKey {
    #[default]
    Published,
    OtherKey,
}
