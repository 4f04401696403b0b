//! The bodies with which customers reach their accounts.

use super::handlers::{accounted, handled, now};
use activate_account as activate;
use domain::account::{Session, TokenDigest};
use domain::{CustomerKey, EmailAddress};
use edge::Problem;

pub(super) fn preferences(input: &[u8]) -> Result<(), String> {
    accounted(input, async |store, _, request| {
        domain::account::AccountStore::put_session(store, &session()?).await?;
        put_preferences::handle(store, request).await
    })
}

pub(super) fn activation(input: &[u8]) -> Result<(), String> {
    accounted(input, async |store, hasher, request| activate::handle(store, hasher, request).await)
}

pub(super) fn log_in(input: &[u8]) -> Result<(), String> {
    accounted(input, async |store, hasher, request| {
        ::log_in::handle(store, hasher, "abc".to_owned(), request).await
    })
}

pub(super) fn change(input: &[u8]) -> Result<(), String> {
    accounted(input, async |store, hasher, request| {
        domain::account::AccountStore::put_session(store, &session()?).await?;
        change_password::handle(store, hasher, request).await
    })
}

pub(super) fn ask_for_reset(input: &[u8]) -> Result<(), String> {
    handled(input, async |queues, request| request_password_reset::handle(queues, request).await)
}

pub(super) fn reset(input: &[u8]) -> Result<(), String> {
    accounted(input, async |store, hasher, request| {
        reset_password::handle(store, hasher, request).await
    })
}

/// Ana's.
fn session() -> Result<Session, Problem> {
    let email =
        EmailAddress::parse("ana@example.com").map_err(|_| edge::ProblemType::InternalError)?;
    let (token, customer) = (TokenDigest::of("abc"), CustomerKey::of(&email));
    Ok(Session { token, customer, generation: 1, began_at: now(), used_at: now(), device: None })
}
