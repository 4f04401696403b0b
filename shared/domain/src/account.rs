//! A customer's account: from the initial password to sessions. Tokens and passwords come in as
//! texts and are stored as digests and hashes; nothing here prints them.
//!
//! Sources of the rules: OWASP Authentication, Password Storage, Forgot Password and Session
//! Management cheat sheets; NIST SP 800-63B.

mod password;
mod throttle;

pub use password::{NewPassword, PasswordError};
pub use throttle::{Attempts, Source, TooSoon};

use crate::contact::Device;
use crate::ports::{Recipient, StoreError};
use crate::time::later;
use crate::{CustomerId, CustomerKey};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::fmt;

/// A session that nobody uses ends after this long.
pub const SESSION_IDLE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A session ends after this long in any case (NIST SP 800-63B, section 4.1.3).
pub const SESSION_ABSOLUTE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A session's use is written down this often at most.
pub const SESSION_TOUCH: SignedDuration = SignedDuration::from_hours(1);
/// How long the link of a password reset works.
pub const RESET_LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// At most one reset's mail in this time, however often a stranger asks. Shorter than the queue's
/// visibility timeout, so that a mail that failed is sent when its message comes again.
pub const RESET_PAUSE: SignedDuration = SignedDuration::from_mins(2);

/// The SHA-256 of a token, in hex: what is stored of it. A token of 256 random bits needs no slow
/// hash.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenDigest(String);

impl TokenDigest {
    /// The digest of a token.
    pub fn of(token: &str) -> Self {
        let mut text = String::with_capacity(64);
        for byte in Sha256::digest(token.as_bytes()) {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
        }
        Self(text)
    }

    /// A digest as it was stored.
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its 64 hex digits, as they are stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(…)")
    }
}

/// A token that a mail's link carries: whose account (32 hex digits of its key), then the secret.
/// The digest is of both, so that one account's secret is of no use with another's key.
#[derive(Clone, PartialEq, Eq)]
pub struct MailedToken {
    /// The key of the account that it opens.
    pub customer: CustomerKey,
    /// What is stored of it.
    pub digest: TokenDigest,
}

impl MailedToken {
    /// Length of the secret: 256 bits in base64url.
    pub const SECRET: usize = 43;

    /// The text that goes into the link.
    pub fn text(customer: &CustomerKey, secret: &str) -> String {
        format!("{customer}{secret}")
    }

    /// Reads the text. `None`: it is no token of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let (key, secret) = text.split_at_checked(CustomerKey::LENGTH)?;
        let customer = CustomerKey::parse(key)?;
        let is_secret = secret.len() == Self::SECRET
            && secret.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c));
        is_secret.then(|| Self { customer, digest: TokenDigest::of(text) })
    }
}

impl fmt::Debug for MailedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailedToken(…)")
    }
}

/// How far an account is.
#[derive(Clone, PartialEq, Eq)]
pub enum Access {
    /// No credentials were made yet, or they were made void.
    None,
    /// An initial password and a link's token wait to be used, together.
    Invited {
        /// Hash of the initial password.
        initial_password_hash: String,
        /// Digest of the link's token.
        token: TokenDigest,
        /// When both stop working.
        expires_at: Timestamp,
    },
    /// The customer has chosen a password.
    Active {
        /// The argon2id hash of that password, in PHC form.
        password_hash: String,
        /// Sessions of another generation are void.
        generation: u64,
        /// A reset that waits to be used.
        reset: Option<Reset>,
    },
}

/// A password reset's link.
#[derive(Clone, PartialEq, Eq)]
pub struct Reset {
    /// Digest of its token.
    pub token: TokenDigest,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// A customer's account.
#[derive(Clone)]
pub struct Account {
    /// The customer's internal id, which an account keeps for its whole life.
    pub customer: CustomerId,
    /// Name, address and language.
    pub recipient: Recipient,
    /// How far it is.
    pub access: Access,
}

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The token's digest.
    pub token: TokenDigest,
    /// The key of the account that it is a session of.
    pub customer: CustomerKey,
    /// The account's generation when it began.
    pub generation: u64,
    /// When it began.
    pub began_at: Timestamp,
    /// When it was last used, within [`SESSION_TOUCH`].
    pub used_at: Timestamp,
    /// The device on which the app has it, if that is to be told of news.
    pub device: Option<Device>,
}

impl Session {
    /// When it ends, unless it is used again.
    pub fn expires_at(&self) -> Timestamp {
        later(self.used_at, SESSION_IDLE).min(later(self.began_at, SESSION_ABSOLUTE))
    }

    /// Whether it still stands at `now`.
    pub fn stands(&self, now: Timestamp) -> bool {
        now < self.expires_at()
    }
}

/// What is stored of accounts, sessions and attempts to log in.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait AccountStore {
    /// The account; `None` where nobody has it.
    async fn account(&self, customer: &CustomerKey) -> Result<Option<Account>, StoreError>;
    /// Trades the pair for a password in one write, if the account still has this pair. `false`: it
    /// hasn't.
    async fn activate(
        &self,
        customer: &CustomerKey,
        pair: &Access,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Makes any pair void and credentials owed, unless the account is active. `false`: it is, or
    /// there is none.
    async fn void_credentials(&self, customer: &CustomerKey) -> Result<bool, StoreError>;
    /// Replaces the password `old` and begins another generation of sessions, of which `kept` is
    /// the first; devices are forgotten. `false`: the password is another by now.
    async fn change_password(
        &self,
        customer: &CustomerKey,
        old: &str,
        new: &str,
        generation: u64,
        kept: &Session,
    ) -> Result<bool, StoreError>;
    /// Stores a reset's token in an active account, unless one was stored less than [`RESET_PAUSE`]
    /// ago.
    async fn store_reset(
        &self,
        customer: &CustomerKey,
        token: &TokenDigest,
        now: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Trades a reset's token for a password in one write, ends all sessions and forgets their
    /// devices. `false`: there is
    /// no such token, or it is too old.
    async fn reset_password(
        &self,
        token: &MailedToken,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// The attempts to log in to this account from this source.
    async fn attempts(
        &self,
        customer: &CustomerKey,
        source: &Source,
    ) -> Result<Attempts, StoreError>;
    /// Replaces `seen` by `next`. `false`: another attempt came first.
    async fn record_attempt(
        &self,
        customer: &CustomerKey,
        source: &Source,
        seen: Attempts,
        next: Attempts,
    ) -> Result<bool, StoreError>;
    /// Forgets the attempts.
    async fn clear_attempts(
        &self,
        customer: &CustomerKey,
        source: &Source,
    ) -> Result<(), StoreError>;

    /// Stores a session, new or used again.
    async fn put_session(&self, session: &Session) -> Result<(), StoreError>;
    /// Notes on which device a session is, unless it was ended meanwhile.
    async fn note_device(&self, token: &TokenDigest, device: &Device) -> Result<(), StoreError>;
    /// Notes that a session was used, unless it was ended meanwhile.
    async fn touch_session(&self, session: &Session) -> Result<(), StoreError>;
    /// The session of a token.
    async fn session(&self, token: &TokenDigest) -> Result<Option<Session>, StoreError>;
    /// Ends a session.
    async fn end_session(&self, token: &TokenDigest) -> Result<(), StoreError>;
}

/// Hashes passwords. Slow on purpose.
pub trait PasswordHasher {
    /// The hash of a password, with a salt of its own.
    fn hash(&self, password: &str) -> String;
    /// Whether the hash is the password's. Without a hash it takes as long, and is not.
    fn verify(&self, password: &str, hash: Option<&str>) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EmailAddress;

    fn at(hours: i64) -> Timestamp {
        later(Timestamp::UNIX_EPOCH, SignedDuration::from_hours(hours))
    }

    #[test]
    fn a_mailed_token_names_its_account() {
        let customer = CustomerKey::of(&EmailAddress::parse("ana@example.com").unwrap());
        let text = MailedToken::text(&customer, &"x".repeat(MailedToken::SECRET));
        let token = MailedToken::parse(&text).unwrap();
        assert_eq!((token.customer, token.digest), (customer, TokenDigest::of(&text)));
        for other in [
            "",
            "x",
            &text[1..],
            &format!("{text}x"),
            &text.to_uppercase(),
            &text.replace("xx", "é"),
            &"é".repeat(50),
        ] {
            assert_eq!(MailedToken::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_session_ends_when_idle_and_in_any_case() {
        let customer = CustomerKey::of(&EmailAddress::parse("ana@example.com").unwrap());
        let mut session = Session {
            token: TokenDigest::of("t"),
            customer,
            generation: 1,
            began_at: at(0),
            used_at: at(0),
            device: None,
        };
        assert!(session.stands(at(7 * 24 - 1)) && !session.stands(at(7 * 24)));
        session.used_at = at(29 * 24);
        assert!(session.stands(at(30 * 24 - 1)) && !session.stands(at(30 * 24)));
    }

    #[test]
    fn debug_output_hides_digests() {
        assert_eq!(format!("{:?}", TokenDigest::of("t")), "TokenDigest(…)");
    }
}
