//! The accounts, their sessions, and the attempts to log in.

use super::Accounts;
use domain::CustomerKey;
use domain::account::{
    Access, Account, AccountStore, Attempts, MailedToken, RESET_LIFETIME, RESET_PAUSE, Reset,
    Session, Source, TokenDigest,
};
use domain::contact::Device;
use domain::ports::StoreError;
use jiff::Timestamp;

impl AccountStore for Accounts {
    async fn account(&self, customer: &CustomerKey) -> Result<Option<Account>, StoreError> {
        self.call();
        Ok(self.known.borrow().get(&customer.to_string()).map(|(account, _)| account.clone()))
    }

    async fn activate(
        &self,
        customer: &CustomerKey,
        pair: &Access,
        password_hash: &str,
        _: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.update(customer, |account, _| {
            let same = matches!(pair, Access::Invited { .. }) && account.access == *pair;
            if same {
                account.access = Access::Active {
                    password_hash: password_hash.to_owned(),
                    generation: 1,
                    reset: None,
                };
            }
            same || has_password(account, password_hash)
        }))
    }

    async fn void_credentials(&self, customer: &CustomerKey) -> Result<bool, StoreError> {
        Ok(self.update(customer, |account, _| {
            let inactive = !matches!(account.access, Access::Active { .. });
            if inactive {
                account.access = Access::None;
            }
            inactive
        }))
    }

    async fn change_password(
        &self,
        customer: &CustomerKey,
        old: &str,
        new: &str,
        generation: u64,
        kept: &Session,
    ) -> Result<bool, StoreError> {
        let mut sessions = self.sessions.borrow_mut();
        Ok(self.update(customer, |account, _| {
            let Access::Active { password_hash, .. } = &account.access else { return false };
            if password_hash != old || !sessions.contains_key(&kept.token) {
                return false;
            }
            let password_hash = new.to_owned();
            account.access = Access::Active { password_hash, generation, reset: None };
            sessions.insert(kept.token.clone(), kept.clone());
            self.forget_devices(customer);
            true
        }))
    }

    async fn store_reset(
        &self,
        customer: &CustomerKey,
        token: &TokenDigest,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.update(customer, |account, reset_at| {
            let Access::Active { reset, .. } = &mut account.access else { return false };
            if reset.as_ref().is_some_and(|reset| reset.token == *token) {
                return true;
            }
            let paused = reset_at.is_some_and(|at| now.duration_since(at) < RESET_PAUSE);
            if !paused {
                *reset = now
                    .checked_add(RESET_LIFETIME)
                    .ok()
                    .map(|expires_at| Reset { token: token.clone(), expires_at });
                *reset_at = Some(now);
            }
            !paused
        }))
    }

    async fn reset_password(
        &self,
        token: &MailedToken,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.update(&token.customer, |account, _| {
            if has_password(account, password_hash) {
                return true;
            }
            let Access::Active { generation, reset: Some(reset), .. } = &account.access else {
                return false;
            };
            if reset.token != token.digest || reset.expires_at <= now {
                return false;
            }
            let generation = generation.saturating_add(1);
            account.access =
                Access::Active { password_hash: password_hash.to_owned(), generation, reset: None };
            self.forget_devices(&token.customer);
            true
        }))
    }

    async fn attempts(
        &self,
        customer: &CustomerKey,
        source: &Source,
    ) -> Result<Attempts, StoreError> {
        self.call();
        let key = (customer.to_string(), source.clone());
        Ok(self.attempts.borrow().get(&key).copied().unwrap_or(Attempts::NONE))
    }

    async fn record_attempt(
        &self,
        customer: &CustomerKey,
        source: &Source,
        seen: Attempts,
        next: Attempts,
    ) -> Result<bool, StoreError> {
        self.call();
        let mut attempts = self.attempts.borrow_mut();
        let stored =
            attempts.entry((customer.to_string(), source.clone())).or_insert(Attempts::NONE);
        let same = *stored == seen;
        if same {
            *stored = next;
        }
        Ok(same)
    }

    async fn clear_attempts(
        &self,
        customer: &CustomerKey,
        source: &Source,
    ) -> Result<(), StoreError> {
        self.call();
        self.attempts.borrow_mut().remove(&(customer.to_string(), source.clone()));
        Ok(())
    }

    async fn put_session(&self, session: &Session) -> Result<(), StoreError> {
        self.call();
        self.sessions.borrow_mut().insert(session.token.clone(), session.clone());
        Ok(())
    }

    async fn note_device(&self, token: &TokenDigest, device: &Device) -> Result<(), StoreError> {
        self.call();
        if let Some(stored) = self.sessions.borrow_mut().get_mut(token) {
            stored.device = Some(device.clone());
        }
        Ok(())
    }

    async fn touch_session(&self, session: &Session) -> Result<(), StoreError> {
        self.call();
        if let Some(stored) = self.sessions.borrow_mut().get_mut(&session.token) {
            stored.used_at = session.used_at;
        }
        Ok(())
    }

    async fn session(&self, token: &TokenDigest) -> Result<Option<Session>, StoreError> {
        self.call();
        Ok(self.sessions.borrow().get(token).cloned())
    }

    async fn end_session(&self, token: &TokenDigest) -> Result<(), StoreError> {
        self.call();
        self.sessions.borrow_mut().remove(token);
        Ok(())
    }
}

/// Whether the password was set by this very write, which the transport repeats: each hash has a
/// salt of its own.
fn has_password(account: &Account, hash: &str) -> bool {
    matches!(&account.access, Access::Active { password_hash, .. } if password_hash == hash)
}
