//! Customers' credentials: passwords and tokens, and what is stored of them.

use crate::random;
use argon2::password_hash::{
    self, PasswordHash, PasswordHasher as _, PasswordVerifier, SaltString,
};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::CustomerKey;
use domain::account::{MailedToken, PasswordHasher, TokenDigest};
use domain::ports::StoredCredentials;
use domain::use_cases::issue_credentials::FreshCredentials;
use jiff::Timestamp;

/// Letters and digits that people tell apart in any typeface.
const ALPHABET: &[u8; 54] = b"ABCDEFGHJKLMNPQRTUVWXYZabcdefghijkmnpqrtuvwxyz23456789";
/// 20 of 54 characters: 115 bits.
const PASSWORD_CHARACTERS: usize = 20;
/// 256 random bits, which nobody guesses however often they try.
const TOKEN_BYTES: usize = 32;
/// What a password is compared with where there is no account: nobody knows a password of it, and
/// none is taken.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// RFC 9106 recommends 128 bits.
const SALT_BYTES: usize = 16;

/// A fresh pair for this customer that stops working at `expires_at`. Hashing takes some 20 ms and
/// 19 MiB.
pub fn fresh(customer: &CustomerKey, expires_at: Timestamp) -> FreshCredentials {
    let initial_password = password();
    let activation_token = mailed_token(customer);
    let password_hash = Argon2id.hash(&initial_password);
    let activation_token_digest = TokenDigest::of(&activation_token).as_str().to_owned();
    FreshCredentials {
        initial_password,
        activation_token,
        stored: StoredCredentials { password_hash, activation_token_digest, expires_at },
    }
}

/// The token of a mail's link to this customer.
pub fn mailed_token(customer: &CustomerKey) -> String {
    MailedToken::text(customer, &token())
}

/// A token of 256 random bits, such as a session's.
pub fn token() -> String {
    let mut token = [0; TOKEN_BYTES];
    random::fill(&mut token);
    URL_SAFE_NO_PAD.encode(token)
}

/// argon2id as the OWASP Password Storage Cheat Sheet has it: 19 MiB, two passes, one lane.
#[derive(Debug, Clone, Copy)]
pub struct Argon2id;

impl Argon2id {
    fn with_parameters() -> Result<Argon2<'static>, argon2::Error> {
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None)?))
    }

    fn try_hash(password: &str) -> Result<String, password_hash::Error> {
        let mut salt = [0; SALT_BYTES];
        random::fill(&mut salt);
        let argon2 = Self::with_parameters()?;
        Ok(argon2.hash_password(password.as_bytes(), &SaltString::encode_b64(&salt)?)?.to_string())
    }
}

impl PasswordHasher for Argon2id {
    fn hash(&self, password: &str) -> String {
        Self::try_hash(password).unwrap_or_else(|fault| {
            // Parameters and salt are ours and fixed, and the tests hash with them.
            tracing::error!(%fault, "the password can't be hashed");
            std::process::abort()
        })
    }

    fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        let fits = PasswordHash::new(hash.unwrap_or(NOBODYS)).and_then(|parsed| {
            Self::with_parameters()?.verify_password(password.as_bytes(), &parsed)
        });
        hash.is_some() && fits.is_ok()
    }
}

fn password() -> String {
    let mut password = String::with_capacity(PASSWORD_CHARACTERS);
    while password.len() < PASSWORD_CHARACTERS {
        let mut byte = [0];
        random::fill(&mut byte);
        // The low six bits reach 63; what lies beyond the alphabet is drawn again, so that each
        // character is as likely.
        let place = usize::from(u8::from_be_bytes(byte) & 63);
        password.extend(ALPHABET.get(place).map(|character| char::from(*character)));
    }
    password
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_stored_as_hashes_that_fit_it() {
        let customer = CustomerKey::of(&domain::EmailAddress::parse("ana@example.com").unwrap());
        let fresh = fresh(&customer, Timestamp::UNIX_EPOCH);
        let stored = &fresh.stored;
        assert!(
            stored.password_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            stored.password_hash
        );
        assert!(Argon2id.verify(&fresh.initial_password, Some(&stored.password_hash)));
        assert!(!Argon2id.verify("another", Some(&stored.password_hash)));
        let token = MailedToken::parse(&fresh.activation_token).unwrap();
        assert_eq!(token.customer, customer);
        assert_eq!(token.digest.as_str(), stored.activation_token_digest);
    }

    #[test]
    fn nobody_s_hash_costs_what_a_real_one_does() {
        let (real, none) = (Argon2id.hash("a password"), PasswordHash::new(NOBODYS).unwrap());
        let real = PasswordHash::new(&real).unwrap();
        assert_eq!(
            (real.algorithm, real.version, &real.params),
            (none.algorithm, none.version, &none.params)
        );
        assert_eq!(real.salt.unwrap().as_str().len(), none.salt.unwrap().as_str().len());
        assert!(
            !Argon2id.verify("", None)
                && !Argon2id.verify("a password", None)
                && !Argon2id.verify("x", Some("no hash"))
        );
    }

    #[test]
    fn passwords_are_long_readable_and_never_twice_the_same() {
        let all: std::collections::HashSet<String> = (0..100).map(|_| password()).collect();
        assert_eq!(all.len(), 100);
        for password in all {
            assert_eq!(password.len(), PASSWORD_CHARACTERS);
            assert!(password.bytes().all(|character| ALPHABET.contains(&character)), "{password}");
        }
    }

    #[test]
    fn the_alphabet_leaves_out_what_looks_alike() {
        assert!(!ALPHABET.iter().any(|character| b"0O1lIoSs".contains(character)));
        let mut sorted = ALPHABET.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), ALPHABET.len());
    }
}
