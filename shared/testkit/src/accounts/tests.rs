//! The use cases of accounts, on accounts in memory.

use super::{Accounts, QuickHasher};
use crate::memory::{Ports, World};
use domain::account::{
    Access, Account, AccountStore, MailedToken, NewPassword, PasswordError, SESSION_IDLE, Session,
    Source, TokenDigest, TooSoon,
};
use domain::contact::Device;
use domain::ports::{ContactStore, Recipient};
use domain::use_cases::{
    activate_account, change_password, issue_credentials, log_in, reset_password,
};
use domain::{CustomerId, CustomerKey, EmailAddress, FullName, Language, ZoneName};
use jiff::Timestamp;
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
        zone: ZoneName::utc(),
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
    store(Access::Active { password_hash: QuickHasher::hash_of(OWN), generation: 1, reset: None })
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
) -> Result<(), activate_account::Error> {
    let input = activate_account::Input {
        token: MailedToken::parse(token),
        initial_password: initial,
        new_password: new(own),
    };
    now_or_never(activate_account::activate_account(store, &QuickHasher::default(), input, at(now)))
}

fn enter(
    store: &Accounts,
    user: &str,
    password: &str,
    from: &str,
    token: &str,
    now: i64,
) -> Result<Session, log_in::Error> {
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
        Err(log_in::Error::Refused)
    );
    for (token, initial) in [(mailed('b'), INITIAL), (mailed('a'), OWN), (String::new(), INITIAL)] {
        assert_eq!(
            activate(&store, &token, initial, OWN, 0),
            Err(activate_account::Error::Refused)
        );
    }
    assert_eq!(activate(&store, &mailed('a'), INITIAL, OWN, 99), Ok(()));
    assert_eq!(
        activate(&store, &mailed('a'), INITIAL, OTHER, 99),
        Err(activate_account::Error::Refused)
    );
    assert!(enter(&store, "ANA@example.com", OWN, "192.0.2.1", "t", 99).is_ok());
}

#[test]
fn the_pair_expires() {
    assert_eq!(
        activate(&invited(), &mailed('a'), INITIAL, OWN, 100),
        Err(activate_account::Error::Refused)
    );
}

#[test]
fn a_new_password_is_checked_against_its_owner() {
    let own = activate(&invited(), &mailed('a'), INITIAL, "ana example 42 42", 0);
    assert_eq!(own, Err(PasswordError::Personal.into()));
    assert_eq!(
        activate(&invited(), &mailed('a'), INITIAL, INITIAL, 0),
        Err(PasswordError::Common.into())
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
            Err(log_in::Error::Refused)
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
            Err(log_in::Error::Refused)
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
    let (session, _) = user(&store, "t", idle + 60).unwrap();
    now_or_never(log_in::log_out(&store, &session)).unwrap();
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
    assert_eq!(change(OTHER, 1), Err(change_password::Error::Refused));
    assert_eq!(change(OWN, 2), Ok(()));
    assert!(user(&store, "mine", 3).is_some() && user(&store, "thief's", 3).is_none());
    assert_eq!(
        enter(&store, "ana@example.com", OWN, "192.0.2.1", "t", 3),
        Err(log_in::Error::Refused)
    );
    assert!(enter(&store, "ana@example.com", OTHER, "192.0.2.1", "t", 3).is_ok());
}

#[test]
fn a_reset_s_link_works_once_for_an_hour_and_ends_every_session() {
    let (store, world) = (active(), World::new(1, at(0), crate::faults::Plan::Calm, false));
    let mailer = Ports::new(&world, "issue-credentials");
    let send = |secret: char, now: i64| {
        now_or_never(reset_password::send_reset(&store, &mailer, &key(), mailed(secret), at(now)))
            .unwrap()
    };
    let reset = |secret: char, own: &str, now: i64| {
        let (token, hasher) = (MailedToken::parse(&mailed(secret)), QuickHasher::default());
        now_or_never(reset_password::reset_password(&store, &hasher, token, &new(own), at(now)))
    };
    enter(&store, "ana@example.com", OWN, "192.0.2.1", "t", 0).unwrap();
    assert!(send('a', 0));
    assert!(!send('b', 119), "a stranger can't fill an inbox");
    assert_eq!(reset('b', OTHER, 119), Err(reset_password::Error::Refused));
    assert_eq!(reset('a', "ana example 42 42", 1), Err(PasswordError::Personal.into()));
    assert_eq!(reset('a', OTHER, 3_600), Err(reset_password::Error::Refused));
    assert_eq!(reset('a', OTHER, 3_599), Ok(()));
    assert_eq!(reset('a', OWN, 3_599), Err(reset_password::Error::Refused));
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
            (Err(reset_password::Error::Refused), 0, 1)
        );
    }
}

#[test]
fn void_credentials_open_nothing() {
    let store = invited();
    assert!(now_or_never(store.void_credentials(&key())).unwrap());
    assert_eq!(
        activate(&store, &mailed('a'), INITIAL, OWN, 0),
        Err(activate_account::Error::Refused)
    );
    assert!(!now_or_never(active().void_credentials(&key())).unwrap());
}

/// The app on a device of that name, logged in and told of news.
fn on_device(store: &Accounts, token: &str, name: &str) -> Device {
    let device = Device(name.to_owned());
    enter(store, "ana@example.com", OWN, "192.0.2.1", token, 0).unwrap();
    now_or_never(store.add_device(&key(), &device)).unwrap();
    now_or_never(store.note_device(&TokenDigest::of(token), &device)).unwrap();
    device
}

fn devices(store: &Accounts) -> Vec<Device> {
    now_or_never(store.contact(&key())).unwrap().unwrap().devices
}

/// Else the next owner of a telephone would read of the purchase.
#[test]
fn a_device_is_forgotten_with_its_session() {
    let store = active();
    let (mine, lost) = (on_device(&store, "mine", "a"), on_device(&store, "lost", "b"));
    let (session, _) = user(&store, "lost", 1).unwrap();
    assert_eq!(devices(&store), [mine.clone(), lost]);
    now_or_never(log_in::log_out(&store, &session)).unwrap();
    assert_eq!(devices(&store), std::slice::from_ref(&mine), "by a log-out, its own");

    on_device(&store, "thief's", "c");
    let (session, account) = user(&store, "mine", 2).unwrap();
    let (hasher, source) = (QuickHasher::default(), Source::of("192.0.2.1"));
    let (old, changed) = (OWN, new(OTHER));
    let by = (session, &account);
    let change =
        change_password::change_password(&store, &hasher, by, (old, &changed), &source, at(2));
    now_or_never(change).unwrap();
    assert_eq!(devices(&store), [mine], "by a new password, all but the one in use");

    let world = World::new(1, at(0), crate::faults::Plan::Calm, false);
    let mailer = Ports::new(&world, "issue-credentials");
    now_or_never(reset_password::send_reset(&store, &mailer, &key(), mailed('a'), at(3))).unwrap();
    let token = MailedToken::parse(&mailed('a'));
    now_or_never(reset_password::reset_password(&store, &hasher, token, &new(OWN), at(4))).unwrap();
    assert_eq!(devices(&store), [], "by a reset, all");
}

/// A customer who left the first mail alone, and buys again.
#[test]
fn a_pair_that_expired_unused_is_owed_again() {
    let lapsed = |store: &Accounts, seconds| {
        now_or_never(issue_credentials::void_lapsed(store, &key(), at(seconds))).unwrap()
    };
    let store = invited();
    let Access::Invited { expires_at, .. } =
        now_or_never(store.account(&key())).unwrap().unwrap().access
    else {
        panic!("no pair")
    };
    let end = expires_at.as_second() - at(0).as_second();
    assert!(!lapsed(&store, end - 1), "it still opens the account");
    assert!(lapsed(&store, end));
    assert!(now_or_never(store.account(&key())).unwrap().unwrap().access == Access::None);
    assert!(!lapsed(&active(), end) && !lapsed(&Accounts::default(), end));
}
