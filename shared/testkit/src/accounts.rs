//! Accounts, sessions and attempts in memory, and a hasher that is quick.

use domain::account::{
    Access, Account, AccountStore, Attempts, MailedToken, PasswordHasher, RESET_LIFETIME,
    RESET_PAUSE, Reset, Session, Source, TokenDigest,
};
use domain::contact::{Contact, Device, Preferences};
use domain::ports::{ContactStore, DeviceFault, Recipient, StoreFault};
use domain::{CustomerId, CustomerKey};
use jiff::Timestamp;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Accounts, attempts, sessions and contacts in memory, with a count of the calls.
#[derive(Default)]
pub struct Accounts {
    known: RefCell<BTreeMap<String, (Account, Option<Timestamp>)>>,
    attempts: RefCell<BTreeMap<(String, Source), Attempts>>,
    sessions: RefCell<BTreeMap<TokenDigest, Session>>,
    contacts: RefCell<BTreeMap<String, Contact>>,
    calls: Cell<u32>,
}

impl Accounts {
    /// A customer with such an account.
    #[must_use]
    pub fn with(self, id: CustomerId, recipient: Recipient, access: Access) -> Self {
        let key = CustomerKey::of(&recipient.email).to_string();
        self.known.borrow_mut().insert(key, (Account { customer: id, recipient, access }, None));
        self
    }

    /// How many calls were made.
    pub fn calls(&self) -> u32 {
        self.calls.get()
    }

    /// How many sessions are stored.
    pub fn sessions(&self) -> usize {
        self.sessions.borrow().len()
    }

    fn call(&self) {
        self.calls.set(self.calls.get().saturating_add(1));
    }

    /// Changes an account where `change` says so.
    fn update(
        &self,
        customer: &CustomerKey,
        change: impl FnOnce(&mut Account, &mut Option<Timestamp>) -> bool,
    ) -> bool {
        self.call();
        self.known
            .borrow_mut()
            .get_mut(&customer.to_string())
            .is_some_and(|(account, reset_at)| change(account, reset_at))
    }
}

impl ContactStore for Accounts {
    async fn contact(&self, customer: &CustomerKey) -> Result<Option<Contact>, StoreFault> {
        self.call();
        let known = self.known.borrow().contains_key(&customer.to_string());
        Ok(known.then(|| {
            self.contacts.borrow().get(&customer.to_string()).cloned().unwrap_or_default()
        }))
    }

    async fn set_preferences(
        &self,
        customer: &CustomerKey,
        preferences: Preferences,
    ) -> Result<(), StoreFault> {
        self.call();
        self.contacts.borrow_mut().entry(customer.to_string()).or_default().preferences =
            preferences;
        Ok(())
    }

    async fn add_device(&self, customer: &CustomerKey, device: &Device) -> Result<(), DeviceFault> {
        self.call();
        crate::memory::add_device(
            self.contacts.borrow_mut().entry(customer.to_string()).or_default(),
            device,
        )
    }

    async fn forget_device(
        &self,
        customer: &CustomerKey,
        device: &Device,
    ) -> Result<(), StoreFault> {
        self.call();
        self.contacts
            .borrow_mut()
            .entry(customer.to_string())
            .or_default()
            .devices
            .retain(|known| known != device);
        Ok(())
    }
}

impl AccountStore for Accounts {
    async fn account(&self, customer: &CustomerKey) -> Result<Option<Account>, StoreFault> {
        self.call();
        Ok(self.known.borrow().get(&customer.to_string()).map(|(account, _)| account.clone()))
    }

    async fn activate(
        &self,
        customer: &CustomerKey,
        pair: &Access,
        password_hash: &str,
        _: Timestamp,
    ) -> Result<bool, StoreFault> {
        Ok(self.update(customer, |account, _| {
            let same = matches!(pair, Access::Invited { .. }) && account.access == *pair;
            if same {
                account.access = Access::Active {
                    password_hash: password_hash.to_owned(),
                    generation: 1,
                    reset: None,
                };
            }
            same
        }))
    }

    async fn void_credentials(&self, customer: &CustomerKey) -> Result<bool, StoreFault> {
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
    ) -> Result<bool, StoreFault> {
        let mut sessions = self.sessions.borrow_mut();
        Ok(self.update(customer, |account, _| {
            let same = matches!(&account.access, Access::Active { password_hash, .. } if password_hash == old);
            if !same || !sessions.contains_key(&kept.token) {
                return false;
            }
            account.access = Access::Active { password_hash: new.to_owned(), generation, reset: None };
            sessions.insert(kept.token.clone(), kept.clone());
            true
        }))
    }

    async fn store_reset(
        &self,
        customer: &CustomerKey,
        token: &TokenDigest,
        now: Timestamp,
    ) -> Result<bool, StoreFault> {
        Ok(self.update(customer, |account, reset_at| {
            let Access::Active { reset, .. } = &mut account.access else { return false };
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
    ) -> Result<bool, StoreFault> {
        Ok(self.update(&token.customer, |account, _| {
            let Access::Active { generation, reset: Some(reset), .. } = &account.access else {
                return false;
            };
            if reset.token != token.digest || reset.expires_at <= now {
                return false;
            }
            let generation = generation.saturating_add(1);
            account.access =
                Access::Active { password_hash: password_hash.to_owned(), generation, reset: None };
            true
        }))
    }

    async fn attempts(
        &self,
        customer: &CustomerKey,
        source: &Source,
    ) -> Result<Attempts, StoreFault> {
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
    ) -> Result<bool, StoreFault> {
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
    ) -> Result<(), StoreFault> {
        self.call();
        self.attempts.borrow_mut().remove(&(customer.to_string(), source.clone()));
        Ok(())
    }

    async fn put_session(&self, session: &Session) -> Result<(), StoreFault> {
        self.call();
        self.sessions.borrow_mut().insert(session.token.clone(), session.clone());
        Ok(())
    }

    async fn touch_session(&self, session: &Session) -> Result<(), StoreFault> {
        self.call();
        if let Some(stored) = self.sessions.borrow_mut().get_mut(&session.token) {
            stored.used_at = session.used_at;
        }
        Ok(())
    }

    async fn session(&self, token: &TokenDigest) -> Result<Option<Session>, StoreFault> {
        self.call();
        Ok(self.sessions.borrow().get(token).cloned())
    }

    async fn end_session(&self, token: &TokenDigest) -> Result<(), StoreFault> {
        self.call();
        self.sessions.borrow_mut().remove(token);
        Ok(())
    }
}

/// A hash that hides nothing and costs nothing; it counts how often the real one would have worked.
#[derive(Debug, Default)]
pub struct QuickHasher {
    work: Cell<u32>,
}

impl QuickHasher {
    /// The hash of a password.
    pub fn hash_of(password: &str) -> String {
        format!("hash of {password}")
    }

    /// Hashes computed so far.
    pub fn work(&self) -> u32 {
        self.work.get()
    }
}

impl PasswordHasher for QuickHasher {
    fn hash(&self, password: &str) -> String {
        self.work.set(self.work.get().saturating_add(1));
        Self::hash_of(password)
    }

    fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        self.work.set(self.work.get().saturating_add(1));
        hash == Some(Self::hash_of(password).as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Ports, World};
    use domain::account::{NewPassword, PasswordFault, SESSION_IDLE, TooSoon};
    use domain::use_cases::{activate_account, change_password, log_in, reset_password};
    use domain::{EmailAddress, FullName, Language};
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    const INITIAL: &str = "initial password";
    const OWN: &str = "correct horse battery";
    const OTHER: &str = "another horse battery";

    /// Nothing in memory ever waits.
    fn now_or_never<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => unreachable!("memory does not wait"),
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn email() -> EmailAddress {
        EmailAddress::parse("ana@example.com").unwrap()
    }

    fn key() -> CustomerKey {
        CustomerKey::of(&email())
    }

    fn mailed(secret: char) -> String {
        MailedToken::text(&key(), &String::from(secret).repeat(MailedToken::SECRET))
    }

    fn store(access: Access) -> Accounts {
        let recipient = Recipient {
            full_name: FullName::parse("Ana Example").unwrap(),
            email: email(),
            language: Language::Es,
        };
        Accounts::default().with(
            CustomerId::parse("01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e").unwrap(),
            recipient,
            access,
        )
    }

    fn invited() -> Accounts {
        store(Access::Invited {
            initial_password_hash: QuickHasher::hash_of(INITIAL),
            token: TokenDigest::of(&mailed('a')),
            expires_at: at(100),
        })
    }

    fn active() -> Accounts {
        store(Access::Active {
            password_hash: QuickHasher::hash_of(OWN),
            generation: 1,
            reset: None,
        })
    }

    fn new(password: &str) -> NewPassword {
        NewPassword::parse(password).unwrap()
    }

    fn activate(
        store: &Accounts,
        token: &str,
        initial: &str,
        own: &str,
        now: i64,
    ) -> Result<(), activate_account::Failure> {
        let input = activate_account::Input {
            token: MailedToken::parse(token),
            initial_password: initial,
            new_password: new(own),
        };
        now_or_never(activate_account::activate_account(
            store,
            &QuickHasher::default(),
            input,
            at(now),
        ))
    }

    fn enter(
        store: &Accounts,
        user: &str,
        password: &str,
        from: &str,
        token: &str,
        now: i64,
    ) -> Result<Session, log_in::Failure> {
        let input = log_in::Input {
            username: EmailAddress::parse(user).ok(),
            password,
            source: Source::of(from),
            token: TokenDigest::of(token),
        };
        now_or_never(log_in::log_in(store, &QuickHasher::default(), input, at(now)))
    }

    fn user(store: &Accounts, token: &str, now: i64) -> Option<(Session, Account)> {
        now_or_never(log_in::authenticate(store, &TokenDigest::of(token), at(now))).unwrap()
    }

    #[test]
    fn link_and_initial_password_together_open_the_account_once() {
        let store = invited();
        assert_eq!(
            enter(&store, "ana@example.com", INITIAL, "192.0.2.1", "t", 0),
            Err(log_in::Failure::Refused)
        );
        for (token, initial) in
            [(mailed('b'), INITIAL), (mailed('a'), OWN), (String::new(), INITIAL)]
        {
            assert_eq!(
                activate(&store, &token, initial, OWN, 0),
                Err(activate_account::Failure::Refused)
            );
        }
        assert_eq!(activate(&store, &mailed('a'), INITIAL, OWN, 99), Ok(()));
        assert_eq!(
            activate(&store, &mailed('a'), INITIAL, OTHER, 99),
            Err(activate_account::Failure::Refused)
        );
        assert!(enter(&store, "ANA@example.com", OWN, "192.0.2.1", "t", 99).is_ok());
    }

    #[test]
    fn the_pair_expires() {
        assert_eq!(
            activate(&invited(), &mailed('a'), INITIAL, OWN, 100),
            Err(activate_account::Failure::Refused)
        );
    }

    #[test]
    fn a_new_password_is_checked_against_its_owner() {
        let own = activate(&invited(), &mailed('a'), INITIAL, "ana example 42 42", 0);
        assert_eq!(own, Err(PasswordFault::Personal.into()));
        assert_eq!(
            activate(&invited(), &mailed('a'), INITIAL, INITIAL, 0),
            Err(PasswordFault::Common.into())
        );
    }

    #[test]
    fn of_two_activations_at_once_one_wins() {
        let store = invited();
        let account = now_or_never(store.account(&key())).unwrap().unwrap();
        assert!(now_or_never(store.activate(&key(), &account.access, "first", at(0))).unwrap());
        assert!(!now_or_never(store.activate(&key(), &account.access, "second", at(0))).unwrap());
    }

    /// No difference to measure: the same calls to the store, the same hashes.
    #[test]
    fn an_unknown_account_costs_what_a_wrong_password_does() {
        let cost = |user: &str, store: &Accounts| {
            let hasher = QuickHasher::default();
            let source = Source::of("192.0.2.1");
            let input = log_in::Input {
                username: EmailAddress::parse(user).ok(),
                password: OTHER,
                source,
                token: TokenDigest::of("t"),
            };
            assert_eq!(
                now_or_never(log_in::log_in(store, &hasher, input, at(0))),
                Err(log_in::Failure::Refused)
            );
            (store.calls(), hasher.work())
        };
        let known = cost("ana@example.com", &active());
        assert_eq!(known, (3, 1));
        assert_eq!(cost("nobody@example.com", &active()), known);
        assert_eq!(cost("ana@example.com", &invited()), known);
    }

    #[test]
    fn a_stranger_s_attempts_delay_the_stranger_only() {
        let store = active();
        for _ in 0..5 {
            assert_eq!(
                enter(&store, "ana@example.com", OTHER, "198.51.100.7", "t", 0),
                Err(log_in::Failure::Refused)
            );
        }
        let delayed = enter(&store, "ana@example.com", OWN, "198.51.100.7", "t", 0);
        assert_eq!(delayed, Err(TooSoon { seconds: 1 }.into()));
        assert!(enter(&store, "ana@example.com", OWN, "192.0.2.1", "mine", 0).is_ok());
        assert!(enter(&store, "ana@example.com", OWN, "198.51.100.7", "t", 1).is_ok());
    }

    #[test]
    fn unknown_accounts_are_delayed_as_known_ones() {
        let store = active();
        let outcomes = |user: &str| -> Vec<_> {
            (0..7).map(|_| enter(&store, user, OTHER, "192.0.2.1", "t", 0).unwrap_err()).collect()
        };
        assert_eq!(outcomes("ana@example.com"), outcomes("nobody@example.com"));
    }

    #[test]
    fn a_session_stands_until_it_is_ended_or_idle() {
        let store = active();
        enter(&store, "ana@example.com", OWN, "192.0.2.1", "t", 0).unwrap();
        assert!(user(&store, "t", 60).is_some() && user(&store, "other", 60).is_none());
        let idle = SESSION_IDLE.as_secs();
        assert!(user(&store, "t", idle - 1).is_some(), "used just in time");
        assert!(user(&store, "t", idle + 60).is_some(), "its use was noted");
        now_or_never(log_in::log_out(&store, &TokenDigest::of("t"))).unwrap();
        assert!(user(&store, "t", idle + 61).is_none());
        assert_eq!(store.sessions(), 0);
    }

    #[test]
    fn a_changed_password_ends_the_other_sessions() {
        let store = active();
        enter(&store, "ana@example.com", OWN, "192.0.2.1", "mine", 0).unwrap();
        enter(&store, "ana@example.com", OWN, "192.0.2.1", "thief's", 0).unwrap();
        let change = |old: &str, now: i64| {
            let (session, account) = user(&store, "mine", now).unwrap();
            let (hasher, source) = (QuickHasher::default(), Source::of("192.0.2.1"));
            let passwords = (old, &new(OTHER));
            now_or_never(change_password::change_password(
                &store,
                &hasher,
                (session, &account),
                passwords,
                &source,
                at(now),
            ))
        };
        assert_eq!(change(OTHER, 1), Err(change_password::Failure::Refused));
        assert_eq!(change(OWN, 2), Ok(()));
        assert!(user(&store, "mine", 3).is_some() && user(&store, "thief's", 3).is_none());
        assert_eq!(
            enter(&store, "ana@example.com", OWN, "192.0.2.1", "t", 3),
            Err(log_in::Failure::Refused)
        );
        assert!(enter(&store, "ana@example.com", OTHER, "192.0.2.1", "t", 3).is_ok());
    }

    #[test]
    fn a_reset_s_link_works_once_for_an_hour_and_ends_every_session() {
        let (store, world) = (active(), World::new(1, at(0), crate::faults::Plan::Calm, false));
        let mailer = Ports::new(&world, "issue-credentials");
        let send = |secret: char, now: i64| {
            now_or_never(reset_password::send_reset(
                &store,
                &mailer,
                &key(),
                mailed(secret),
                at(now),
            ))
            .unwrap()
        };
        let reset = |secret: char, own: &str, now: i64| {
            let (token, hasher) = (MailedToken::parse(&mailed(secret)), QuickHasher::default());
            now_or_never(reset_password::reset_password(&store, &hasher, token, &new(own), at(now)))
        };
        enter(&store, "ana@example.com", OWN, "192.0.2.1", "t", 0).unwrap();
        assert!(send('a', 0));
        assert!(!send('b', 119), "a stranger can't fill an inbox");
        assert_eq!(reset('b', OTHER, 119), Err(reset_password::Failure::Refused));
        assert_eq!(reset('a', "ana example 42 42", 1), Err(PasswordFault::Personal.into()));
        assert_eq!(reset('a', OTHER, 3_600), Err(reset_password::Failure::Refused));
        assert_eq!(reset('a', OTHER, 3_599), Ok(()));
        assert_eq!(reset('a', OWN, 3_599), Err(reset_password::Failure::Refused));
        assert!(user(&store, "t", 3_600).is_none());
        assert!(enter(&store, "ana@example.com", OTHER, "192.0.2.1", "t", 3_600).is_ok());
    }

    #[test]
    fn nobody_learns_from_a_forged_reset_link() {
        for store in [active(), invited(), Accounts::default()] {
            let (token, hasher) = (MailedToken::parse(&mailed('f')), QuickHasher::default());
            let refused = now_or_never(reset_password::reset_password(
                &store,
                &hasher,
                token,
                &new("ana example 42 42"),
                at(0),
            ));
            assert_eq!(
                (refused, hasher.work(), store.calls()),
                (Err(reset_password::Failure::Refused), 0, 1)
            );
        }
    }

    #[test]
    fn void_credentials_open_nothing() {
        let store = invited();
        assert!(now_or_never(store.void_credentials(&key())).unwrap());
        assert_eq!(
            activate(&store, &mailed('a'), INITIAL, OWN, 0),
            Err(activate_account::Failure::Refused)
        );
        assert!(!now_or_never(active().void_credentials(&key())).unwrap());
    }
}
