//! Messages of the credentials queue: makes a new customer's credentials and mails them (R-08 of
//! `docs/requirements.md`), or mails the link by which a forgotten password is replaced.

use domain::CustomerKey;
use domain::account::AccountStore;
use domain::ports::{CustomerStore, Mailer, Message};
use domain::use_cases::issue_credentials::{FreshCredentials, issue_credentials, void_lapsed};
use domain::use_cases::reset_password::send_reset;
use edge::batch::Failed;
use jiff::{SignedDuration, Timestamp};

/// Issues the credentials unless the customer has them. `lifetime`: how long initial password and
/// link work; `fresh` makes a pair that expires at a given time, `token` a reset's.
pub async fn handle(
    store: &(impl CustomerStore + AccountStore),
    mailer: &impl Mailer,
    (lifetime, fresh): (SignedDuration, impl Fn(&CustomerKey, Timestamp) -> FreshCredentials),
    token: impl FnOnce(&CustomerKey) -> String,
    (message, now): (Message, Timestamp),
) -> Result<&'static str, Failed> {
    let sent = match message {
        Message::IssueCredentials { customer } => {
            let expires_at = now.checked_add(lifetime)?;
            let fresh = || fresh(&customer, expires_at);
            issue_credentials(store, mailer, &customer, fresh).await?
                || (void_lapsed(store, &customer, now).await?
                    && issue_credentials(store, mailer, &customer, fresh).await?)
        }
        Message::ResetPassword { customer } => {
            send_reset(store, mailer, &customer, token(&customer), now).await?
        }
        Message::Notify { .. } | Message::Refund { .. } => {
            return Err(Failed::because("the message is another queue's"));
        }
    };
    Ok(if sent { "sent" } else { "not due" })
}
