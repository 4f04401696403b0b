//! What an [`AccountStore`] promises.

use super::{Outcome, Sample, at_once, registered_at, serial};
use domain::CustomerKey;
use domain::account::{
    Access, Account, AccountStore, Attempts, MailedToken, RESET_LIFETIME, RESET_PAUSE, Session,
    Source, TokenDigest,
};
use domain::contact::Device;
use domain::ports::{Recipient, StoredCredentials};
use jiff::{SignedDuration, Timestamp};
use std::error::Error;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! account_store {
    ($each:ident) => {
        $each! { account_store:
            an_account_is_read_as_it_is,
            of_two_activations_at_once_one_wins,
            another_pair_opens_nothing,
            void_credentials_open_nothing,
            a_password_is_changed_by_who_knows_it_and_is_in,
            a_reset_waits_for_the_last,
            what_the_transport_repeats_is_done_once_and_not_refused,
            a_session_knows_its_device,
            a_reset_is_used_once_and_in_time,
            attempts_are_counted_one_by_one,
            a_session_stays_ended
        }
    };
}

/// A store in which a customer waits to activate an account.
#[derive(Debug)]
pub struct Invited<S> {
    /// The store that the contract is checked of.
    pub store: S,
    /// The key of the customer who was invited.
    pub customer: CustomerKey,
}

/// What such a customer was sent.
pub fn pair() -> StoredCredentials {
    StoredCredentials {
        password_hash: "$argon2id$initial".to_owned(),
        activation_token_digest: TokenDigest::of("link").as_str().to_owned(),
        expires_at: later(SignedDuration::from_hours(24)),
    }
}

/// The same, as an account has it.
pub fn invited() -> Access {
    let StoredCredentials { password_hash, activation_token_digest, expires_at } = pair();
    Access::Invited {
        initial_password_hash: password_hash,
        token: TokenDigest::stored(activation_token_digest),
        expires_at,
    }
}

/// To whom it was sent.
pub fn recipient(sample: &Sample) -> Recipient {
    let customer = &sample.details.customer;
    Recipient {
        full_name: customer.full_name.clone(),
        email: customer.email.clone(),
        language: customer.language,
        zone: sample.sale.zone(),
    }
}

fn later(by: SignedDuration) -> Timestamp {
    registered_at().checked_add(by).unwrap_or(Timestamp::MAX)
}

fn minutes(minutes: i64) -> Timestamp {
    later(SignedDuration::from_mins(minutes))
}

fn fresh_digest() -> TokenDigest {
    TokenDigest::of(&serial().to_string())
}

fn session(customer: &CustomerKey) -> Session {
    let at = registered_at();
    Session {
        token: fresh_digest(),
        customer: customer.clone(),
        generation: 1,
        began_at: at,
        used_at: at,
        device: None,
    }
}

/// A reset's token: the customer's key, and the same letter over and over.
fn mailed(customer: &CustomerKey, secret: char) -> Result<MailedToken, Box<dyn Error>> {
    let text = MailedToken::text(customer, &String::from(secret).repeat(MailedToken::SECRET));
    Ok(MailedToken::parse(&text).ok_or("no token")?)
}

async fn account(guest: &Invited<impl AccountStore>) -> Result<Account, Box<dyn Error>> {
    Ok(guest.store.account(&guest.customer).await?.ok_or("the account is gone")?)
}

async fn activated(guest: &Invited<impl AccountStore>) -> Outcome {
    assert!(guest.store.activate(&guest.customer, &invited(), "own", registered_at()).await?);
    Ok(())
}

/// Password and generation of an active account, and whether a reset waits.
async fn active(guest: &Invited<impl AccountStore>) -> Result<(String, u64, bool), Box<dyn Error>> {
    match account(guest).await?.access {
        Access::Active { password_hash, generation, reset } => {
            Ok((password_hash, generation, reset.is_some()))
        }
        Access::None | Access::Invited { .. } => Err("the account is not active".into()),
    }
}

/// Protects the first way in: link and initial password are what was mailed, and nobody's account
/// is none.
pub async fn an_account_is_read_as_it_is(guest: &Invited<impl AccountStore>) -> Outcome {
    let found = account(guest).await?;
    assert!(found.access == invited(), "the pair is another");
    assert_eq!(CustomerKey::of(&found.recipient.email), guest.customer);
    assert!(guest.store.account(&Sample::new()?.sale.customer).await?.is_none());
    Ok(())
}

/// Protects the link: it is used up by one write.
pub async fn of_two_activations_at_once_one_wins(guest: &Invited<impl AccountStore>) -> Outcome {
    let pair = invited();
    let tries = ["first", "second"]
        .map(|own| guest.store.activate(&guest.customer, &pair, own, registered_at()));
    let won: Vec<bool> = at_once(tries).await.into_iter().collect::<Result<_, _>>()?;
    assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
    let winner = if won.first() == Some(&true) { "first" } else { "second" };
    assert_eq!(active(guest).await?, (winner.to_owned(), 1, false));
    assert!(!guest.store.activate(&guest.customer, &pair, "third", registered_at()).await?);
    Ok(())
}

/// Protects against half of a pair, and against one that was replaced.
pub async fn another_pair_opens_nothing(guest: &Invited<impl AccountStore>) -> Outcome {
    let Access::Invited { initial_password_hash, token, expires_at } = invited() else {
        return Err("no pair".into());
    };
    let other = |initial_password_hash: String, token| Access::Invited {
        initial_password_hash,
        token,
        expires_at,
    };
    let others = [
        other("another".to_owned(), token),
        other(initial_password_hash, fresh_digest()),
        Access::None,
    ];
    for pair in others {
        assert!(!guest.store.activate(&guest.customer, &pair, "own", registered_at()).await?);
    }
    assert!(account(guest).await?.access == invited(), "the pair still waits");
    let nobody = Sample::new()?.sale.customer;
    assert!(!guest.store.activate(&nobody, &invited(), "own", registered_at()).await?);
    Ok(())
}

/// Protects against a mail in the wrong inbox: what it says stops working; an active account stays.
pub async fn void_credentials_open_nothing(guest: &Invited<impl AccountStore>) -> Outcome {
    assert!(!guest.store.void_credentials(&Sample::new()?.sale.customer).await?);
    assert!(guest.store.void_credentials(&guest.customer).await?);
    assert!(account(guest).await?.access == Access::None, "a pair is left");
    assert!(!guest.store.activate(&guest.customer, &invited(), "own", registered_at()).await?);
    Ok(())
}

/// Protects an account from who has only the session, or only the password as it was.
pub async fn a_password_is_changed_by_who_knows_it_and_is_in(
    guest: &Invited<impl AccountStore>,
) -> Outcome {
    let Invited { store, customer } = guest;
    activated(guest).await?;
    assert!(!store.void_credentials(customer).await?, "the account is active");
    assert!(store.store_reset(customer, &fresh_digest(), registered_at()).await?);
    let (mine, ended) = (session(customer), session(customer));
    store.put_session(&mine).await?;
    let kept = Session { generation: 2, used_at: minutes(5), ..mine.clone() };
    assert!(!store.change_password(customer, "guess", "new", 2, &kept).await?);
    let gone = Session { generation: 2, ..ended };
    assert!(!store.change_password(customer, "own", "new", 2, &gone).await?);
    assert_eq!(active(guest).await?, ("own".to_owned(), 1, true), "nothing changed");
    assert_eq!(store.session(&mine.token).await?, Some(mine.clone()));
    assert_eq!(store.session(&gone.token).await?, None);
    assert!(store.change_password(customer, "own", "new", 2, &kept).await?);
    assert_eq!(active(guest).await?, ("new".to_owned(), 2, false), "no reset is left");
    assert_eq!(store.session(&mine.token).await?, Some(kept));
    Ok(())
}

/// Protects an inbox from strangers who ask for resets, and an account without a password from one.
pub async fn a_reset_waits_for_the_last(guest: &Invited<impl AccountStore>) -> Outcome {
    let Invited { store, customer } = guest;
    let (first, second) = (mailed(customer, 'a')?, mailed(customer, 'b')?);
    assert!(
        !store.store_reset(customer, &first.digest, registered_at()).await?,
        "the account has no password"
    );
    activated(guest).await?;
    assert!(store.store_reset(customer, &first.digest, registered_at()).await?);
    let early = later(RESET_PAUSE.saturating_sub(SignedDuration::from_millis(1)));
    assert!(!store.store_reset(customer, &second.digest, early).await?);
    assert!(store.store_reset(customer, &second.digest, later(RESET_PAUSE)).await?);
    assert!(!store.reset_password(&first, "new", minutes(3)).await?, "the second took its place");
    assert!(store.reset_password(&second, "new", minutes(3)).await?);
    Ok(())
}

/// Protects a customer whose answer was lost on the way: the password is set, and said to be.
pub async fn what_the_transport_repeats_is_done_once_and_not_refused(
    guest: &Invited<impl AccountStore>,
) -> Outcome {
    let Invited { store, customer } = guest;
    let token = mailed(customer, 'a')?;
    for _ in 0..2 {
        activated(guest).await?;
    }
    for _ in 0..2 {
        assert!(store.store_reset(customer, &token.digest, registered_at()).await?);
    }
    for _ in 0..2 {
        assert!(store.reset_password(&token, "new", minutes(1)).await?);
    }
    assert_eq!(active(guest).await?, ("new".to_owned(), 2, false));
    Ok(())
}

/// Protects who logs out from news on a device that is another's by then.
pub async fn a_session_knows_its_device(guest: &Invited<impl AccountStore>) -> Outcome {
    let Invited { store, customer } = guest;
    let session = session(customer);
    let device = Device("arn:aws:sns:eu-south-2:123456789012:endpoint/GCM/caas/1".to_owned());
    store.note_device(&session.token, &device).await?;
    assert_eq!(store.session(&session.token).await?, None, "an ended session stays ended");
    store.put_session(&session).await?;
    store.note_device(&session.token, &device).await?;
    let known = Session { device: Some(device), ..session };
    assert_eq!(store.session(&known.token).await?, Some(known));
    Ok(())
}

/// Protects an account from an old mail.
pub async fn a_reset_is_used_once_and_in_time(guest: &Invited<impl AccountStore>) -> Outcome {
    let Invited { store, customer } = guest;
    activated(guest).await?;
    let (token, other) = (mailed(customer, 'a')?, mailed(customer, 'b')?);
    assert!(store.store_reset(customer, &token.digest, registered_at()).await?);
    assert!(!store.reset_password(&other, "new", registered_at()).await?);
    assert!(!store.reset_password(&token, "new", later(RESET_LIFETIME)).await?, "too late");
    assert_eq!(active(guest).await?, ("own".to_owned(), 1, true));
    let in_time = later(RESET_LIFETIME.saturating_sub(SignedDuration::from_millis(1)));
    assert!(store.reset_password(&token, "new", in_time).await?);
    assert_eq!(
        active(guest).await?,
        ("new".to_owned(), 2, false),
        "every session is of the generation before"
    );
    assert!(!store.reset_password(&token, "newer", in_time).await?);
    Ok(())
}

/// Protects the delay from many attempts at once, and each source from the others.
pub async fn attempts_are_counted_one_by_one(guest: &Invited<impl AccountStore>) -> Outcome {
    let Invited { store, customer } = guest;
    let (here, there) = (Source::of("192.0.2.1"), Source::of("198.51.100.7"));
    assert_eq!(store.attempts(customer, &here).await?, Attempts::NONE);
    let first = Attempts { count: 1, last_at: registered_at() };
    let tries =
        [first, first].map(|next| store.record_attempt(customer, &here, Attempts::NONE, next));
    let counted: Vec<bool> = at_once(tries).await.into_iter().collect::<Result<_, _>>()?;
    assert_eq!(counted.iter().filter(|counted| **counted).count(), 1, "{counted:?}");
    let second = Attempts { count: 2, last_at: minutes(1) };
    assert!(store.record_attempt(customer, &here, first, second).await?);
    assert!(!store.record_attempt(customer, &here, first, second).await?);
    assert_eq!(store.attempts(customer, &here).await?, second);
    assert_eq!(store.attempts(customer, &there).await?, Attempts::NONE);
    store.clear_attempts(customer, &here).await?;
    assert_eq!(store.attempts(customer, &here).await?, Attempts::NONE);
    Ok(())
}

/// Protects a log-out from a request that was on its way.
pub async fn a_session_stays_ended(guest: &Invited<impl AccountStore>) -> Outcome {
    let Invited { store, customer } = guest;
    let session = session(customer);
    assert_eq!(store.session(&session.token).await?, None);
    store.put_session(&session).await?;
    assert_eq!(store.session(&session.token).await?, Some(session.clone()));
    let used = Session { used_at: minutes(90), ..session.clone() };
    store.touch_session(&used).await?;
    assert_eq!(store.session(&session.token).await?, Some(used.clone()));
    store.end_session(&session.token).await?;
    store.end_session(&session.token).await?;
    store.touch_session(&used).await?;
    assert_eq!(store.session(&session.token).await?, None);
    Ok(())
}
