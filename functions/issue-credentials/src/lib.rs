//! Messages of the credentials queue: makes a new customer's credentials and mails them (seed: Credential Generation).

use domain::ports::{CustomerStore, Mailer, Message};
use domain::use_cases::issue_credentials::{FreshCredentials, issue_credentials};
use edge::batch::Failed;
use jiff::{SignedDuration, Timestamp};

/// How long the initial password and the activation link work.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Issues the credentials unless the customer has them. `fresh` makes a pair that expires at a given time.
pub async fn handle(
    store: &impl CustomerStore,
    mailer: &impl Mailer,
    fresh: impl FnOnce(Timestamp) -> FreshCredentials,
    message: Message,
    now: Timestamp,
) -> Result<&'static str, Failed> {
    let Message::IssueCredentials { customer } = message else { return Err(Failed::because("the message is another queue's")) };
    let expires_at = now.checked_add(LIFETIME)?;
    let sent = issue_credentials(store, mailer, &customer, || fresh(expires_at)).await?;
    Ok(if sent { "sent" } else { "sent before" })
}
