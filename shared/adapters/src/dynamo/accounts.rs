//! Accounts, sessions and attempts to log in: hashes and digests only.

use super::cancellation::{cancellation, refused};
use super::client::{DynamoSales, WriteError, update};
use super::customers::{ISSUED, OWED, zone};
use super::item::{Item, item, key, number, string, text};
use super::schema::{CUSTOMER, SESSION, customer_pk, session_pk};
use domain::account::{
    Access, Account, AccountStore, Attempts, MailedToken, RESET_LIFETIME, RESET_PAUSE, Reset,
    Session, Source, TokenDigest,
};
use domain::contact::Device;
use domain::ports::{Recipient, StoreError};
use domain::{CustomerId, CustomerKey, EmailAddress, FullName, Language};
use jiff::Timestamp;

/// INVARIANT: the places of the parts of a changed password's transaction.
const ACCOUNT_PART: usize = 0;
const SESSION_PART: usize = 1;

/// Takes a reset's link away, and the devices of the sessions that end.
const NO_RESET: &str = "REMOVE reset_token_digest, reset_expires_at, devices";

impl AccountStore for DynamoSales {
    async fn account(&self, customer: &CustomerKey) -> Result<Option<Account>, StoreError> {
        let Some(item) = self.one(key(customer_pk(customer), CUSTOMER)).await? else {
            return Ok(None);
        };
        read_account(&item).map(Some).ok_or_else(|| broken("a customer's item is broken"))
    }

    async fn activate(
        &self,
        customer: &CustomerKey,
        pair: &Access,
        password_hash: &str,
        _: Timestamp,
    ) -> Result<bool, StoreError> {
        let Access::Invited { initial_password_hash, token, .. } = pair else { return Ok(false) };
        let values = item([
            (":initial", text(initial_password_hash)),
            (":token", text(token.as_str())),
            (":password", text(password_hash)),
            (":first", number(1)),
            (":issued", text(ISSUED)),
        ]);
        let set = "SET password_hash = :password, generation = :first, credentials_state = :issued \
                   REMOVE initial_password_hash, activation_token_digest, credentials_expire_at";
        let same = "initial_password_hash = :initial AND activation_token_digest = :token AND attribute_not_exists(password_hash)";
        self.update_customer_once(customer, set, same, values, ("password_hash", password_hash))
            .await
    }

    async fn void_credentials(&self, customer: &CustomerKey) -> Result<bool, StoreError> {
        let set = "SET credentials_state = :owed REMOVE initial_password_hash, activation_token_digest, credentials_expire_at";
        let condition = "attribute_exists(PK) AND attribute_not_exists(password_hash)";
        self.update_customer(customer, set, condition, item([(":owed", text(OWED))])).await
    }

    async fn change_password(
        &self,
        customer: &CustomerKey,
        old: &str,
        new: &str,
        generation: u64,
        kept: &Session,
    ) -> Result<bool, StoreError> {
        let values =
            item([(":old", text(old)), (":new", text(new)), (":generation", number(generation))]);
        let account = self
            .update_part(key(customer_pk(customer), CUSTOMER))
            .condition_expression("password_hash = :old");
        let account = account.update_expression(format!(
            "SET password_hash = :new, generation = :generation {NO_RESET}"
        ));
        let account = update(account.set_expression_attribute_values(Some(values)))?;
        let mut values = used(kept);
        values.insert(":generation".to_owned(), number(generation));
        let session = self
            .update_part(key(session_pk(&kept.token), SESSION))
            .condition_expression("attribute_exists(PK)");
        let session = session.update_expression(
            "SET generation = :generation, used_at = :used, expires_at = :expires",
        );
        let session = update(session.set_expression_attribute_values(Some(values)))?;
        let Err(error) = self.transact(vec![account, session]).await else { return Ok(true) };
        let reasons = cancellation(&error);
        if [ACCOUNT_PART, SESSION_PART].into_iter().any(|part| refused(reasons, part).is_some()) {
            return Ok(false);
        }
        Err(error.into())
    }

    async fn store_reset(
        &self,
        customer: &CustomerKey,
        token: &TokenDigest,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let millis = now.as_millisecond();
        let expires = millis.saturating_add(milliseconds(RESET_LIFETIME));
        let values = item([
            (":token", text(token.as_str())),
            (":now", number(millis)),
            (":before", number(millis.saturating_sub(milliseconds(RESET_PAUSE)))),
            (":expires", number(expires)),
        ]);
        let set = "SET reset_token_digest = :token, reset_expires_at = :expires, reset_at = :now";
        let condition = "attribute_exists(password_hash) AND (attribute_not_exists(reset_at) OR reset_at <= :before)";
        let own = ("reset_token_digest", token.as_str());
        self.update_customer_once(customer, set, condition, values, own).await
    }

    async fn reset_password(
        &self,
        token: &MailedToken,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let values = item([
            (":token", text(token.digest.as_str())),
            (":password", text(password_hash)),
            (":now", number(now.as_millisecond())),
            (":one", number(1)),
        ]);
        let set =
            format!("SET password_hash = :password, generation = generation + :one {NO_RESET}");
        self.update_customer_once(
            &token.customer,
            &set,
            "reset_token_digest = :token AND reset_expires_at > :now",
            values,
            ("password_hash", password_hash),
        )
        .await
    }

    async fn attempts(
        &self,
        customer: &CustomerKey,
        source: &Source,
    ) -> Result<Attempts, StoreError> {
        let Some(found) = self.one(attempts_key(customer, source)).await? else {
            return Ok(Attempts::NONE);
        };
        let attempts = string(&found, "attempts")
            .and_then(|count| count.parse().ok())
            .zip(moment(&found, "last_at"));
        let (count, last_at) =
            attempts.ok_or_else(|| broken("an account's attempts can't be read"))?;
        Ok(Attempts { count, last_at })
    }

    async fn record_attempt(
        &self,
        customer: &CustomerKey,
        source: &Source,
        seen: Attempts,
        next: Attempts,
    ) -> Result<bool, StoreError> {
        let mut stored = attempts_key(customer, source);
        stored.extend(item([
            ("attempts", number(next.count)),
            ("last_at", number(next.last_at.as_millisecond())),
            ("expires_at", number(next.forgotten_at().as_second())),
        ]));
        let put = if seen == Attempts::NONE {
            self.put_item(stored).condition_expression("attribute_not_exists(PK)")
        } else {
            let values = item([
                (":attempts", number(seen.count)),
                (":last", number(seen.last_at.as_millisecond())),
            ]);
            let put = self
                .put_item(stored)
                .condition_expression("attempts = :attempts AND last_at = :last");
            put.set_expression_attribute_values(Some(values))
        };
        match put.send().await.map_err(WriteError::from) {
            Ok(_) => Ok(true),
            Err(WriteError::Condition(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn clear_attempts(
        &self,
        customer: &CustomerKey,
        source: &Source,
    ) -> Result<(), StoreError> {
        self.delete_item(attempts_key(customer, source)).await
    }

    async fn put_session(&self, session: &Session) -> Result<(), StoreError> {
        let mut stored = key(session_pk(&session.token), SESSION);
        stored.extend(item([
            ("customer", text(session.customer.to_string())),
            ("generation", number(session.generation)),
            ("began_at", number(session.began_at.as_millisecond())),
            ("used_at", number(session.used_at.as_millisecond())),
            ("expires_at", number(session.expires_at().as_second())),
        ]));
        self.put_item(stored).send().await.map(drop).map_err(|error| WriteError::from(error).into())
    }

    async fn note_device(&self, token: &TokenDigest, device: &Device) -> Result<(), StoreError> {
        let values = item([(":device", text(&device.0))]);
        self.update_session(token, "SET device = :device", values).await
    }

    async fn touch_session(&self, session: &Session) -> Result<(), StoreError> {
        let set = "SET used_at = :used, expires_at = :expires";
        self.update_session(&session.token, set, used(session)).await
    }

    async fn session(&self, token: &TokenDigest) -> Result<Option<Session>, StoreError> {
        let Some(found) = self.one(key(session_pk(token), SESSION)).await? else { return Ok(None) };
        let session = read_session(token, &found);
        session.map(Some).ok_or_else(|| broken("a session's item is broken"))
    }

    async fn end_session(&self, token: &TokenDigest) -> Result<(), StoreError> {
        self.delete_item(key(session_pk(token), SESSION)).await
    }
}

impl DynamoSales {
    /// Changes a session, unless it was ended meanwhile.
    async fn update_session(
        &self,
        token: &TokenDigest,
        set: &str,
        values: Item,
    ) -> Result<(), StoreError> {
        let update = self.update_item(key(session_pk(token), SESSION)).update_expression(set);
        let update = update.condition_expression("attribute_exists(PK)");
        let update = update.set_expression_attribute_values(Some(values));
        match update.send().await.map_err(WriteError::from) {
            Ok(_) | Err(WriteError::Condition(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn attempts_key(customer: &CustomerKey, source: &Source) -> Item {
    key(customer_pk(customer), &format!("ATTEMPTS#{}", source.as_str()))
}

fn used(session: &Session) -> Item {
    item([
        (":used", number(session.used_at.as_millisecond())),
        (":expires", number(session.expires_at().as_second())),
    ])
}

fn milliseconds(duration: jiff::SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn moment(item: &Item, name: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(string(item, name)?.parse().ok()?).ok()
}

fn broken(why: &'static str) -> StoreError {
    tracing::error!(why, "an item can't be read");
    StoreError::Corrupt
}

fn read_account(item: &Item) -> Option<Account> {
    let recipient = Recipient {
        full_name: FullName::parse(string(item, "full_name")?).ok()?,
        email: EmailAddress::parse(string(item, "email")?).ok()?,
        language: Language::parse(string(item, "language")?).ok()?,
        zone: zone(item),
    };
    let access = if let Some(password_hash) = string(item, "password_hash") {
        let reset = string(item, "reset_token_digest").zip(moment(item, "reset_expires_at"));
        let reset = reset
            .map(|(token, expires_at)| Reset { token: TokenDigest::stored(token), expires_at });
        Access::Active {
            password_hash: password_hash.to_owned(),
            generation: string(item, "generation")?.parse().ok()?,
            reset,
        }
    } else if let Some(hash) = string(item, "initial_password_hash") {
        Access::Invited {
            initial_password_hash: hash.to_owned(),
            token: TokenDigest::stored(string(item, "activation_token_digest")?),
            expires_at: string(item, "credentials_expire_at")?.parse().ok()?,
        }
    } else {
        Access::None
    };
    Some(Account {
        customer: CustomerId::parse(string(item, "customer_id")?).ok()?,
        recipient,
        access,
    })
}

fn read_session(token: &TokenDigest, item: &Item) -> Option<Session> {
    Some(Session {
        token: token.clone(),
        customer: CustomerKey::parse(string(item, "customer")?)?,
        generation: string(item, "generation")?.parse().ok()?,
        began_at: moment(item, "began_at")?,
        used_at: moment(item, "used_at")?,
        device: string(item, "device").map(|device| Device(device.to_owned())),
    })
}
