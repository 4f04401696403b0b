//! A new customer's credentials: an initial password, an activation link's token, and what is stored of both.

use crate::random;
use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ports::StoredCredentials;
use domain::use_cases::issue_credentials::FreshCredentials;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Letters and digits that people tell apart in any typeface.
const ALPHABET: &[u8; 54] = b"ABCDEFGHJKLMNPQRTUVWXYZabcdefghijkmnpqrtuvwxyz23456789";
/// 20 of 54 characters: 115 bits.
const PASSWORD_CHARACTERS: usize = 20;
/// 256 bits.
const TOKEN_BYTES: usize = 32;
/// RFC 9106 recommends 128 bits.
const SALT_BYTES: usize = 16;

/// A fresh pair that stops working at `expires_at`. Hashing takes some 20 ms and 19 MiB.
pub fn fresh(expires_at: Timestamp) -> FreshCredentials {
    let initial_password = password();
    let mut token = [0; TOKEN_BYTES];
    random::fill(&mut token);
    let activation_token = URL_SAFE_NO_PAD.encode(token);
    let password_hash = hash(&initial_password).unwrap_or_else(|fault| {
        // Parameters and salt are ours and fixed, and the tests hash with them.
        tracing::error!(%fault, "the password can't be hashed");
        std::process::abort()
    });
    let activation_token_digest = token_digest(&activation_token);
    FreshCredentials {
        initial_password,
        activation_token,
        stored: StoredCredentials { password_hash, activation_token_digest, expires_at },
    }
}

/// What is stored of an activation link's token: its SHA-256 in hex. A token of 256 random bits needs no slow hash.
pub fn token_digest(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// argon2id as the OWASP Password Storage Cheat Sheet has it: 19 MiB, two passes, one lane.
fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    let mut salt = [0; SALT_BYTES];
    random::fill(&mut salt);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None)?);
    Ok(argon2.hash_password(password.as_bytes(), &SaltString::encode_b64(&salt)?)?.to_string())
}

fn password() -> String {
    let mut password = String::with_capacity(PASSWORD_CHARACTERS);
    while password.len() < PASSWORD_CHARACTERS {
        let mut byte = [0];
        random::fill(&mut byte);
        // The low six bits reach 63; what lies beyond the alphabet is drawn again, so that each character is as likely.
        let place = usize::from(u8::from_be_bytes(byte) & 63);
        password.extend(ALPHABET.get(place).map(|character| char::from(*character)));
    }
    password
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::{PasswordHash, PasswordVerifier};

    #[test]
    fn a_pair_is_stored_as_hashes_that_fit_it() {
        let fresh = fresh(Timestamp::UNIX_EPOCH);
        let stored = &fresh.stored;
        assert!(stored.password_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", stored.password_hash);
        let parsed = PasswordHash::new(&stored.password_hash).unwrap();
        assert!(Argon2::default().verify_password(fresh.initial_password.as_bytes(), &parsed).is_ok());
        assert!(Argon2::default().verify_password(b"another", &parsed).is_err());
        assert_eq!(stored.activation_token_digest, token_digest(&fresh.activation_token));
        assert_eq!(fresh.activation_token.len(), 43);
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
