//! `POST /account/password-reset`: a customer forgot the password. Always 202; whether there is
//! such an account is found out, and the link mailed, behind the queue.

use domain::ports::{Message, Queues};
use domain::{CustomerKey, EmailAddress};
use edge::{Object, Problem, ProblemType, Reply, Request, UnknownFields};
use serde_json::json;

/// Parses, queues, answers.
pub async fn handle(queues: &impl Queues, request: Request) -> Result<Reply, Problem> {
    let email = request.json()?.read(UnknownFields::Refused, body)?;
    let message = Message::ResetPassword { customer: CustomerKey::of(&email) };
    // Why is in the log, where the call was made.
    queues.send(&message).await.map_err(|_| ProblemType::Unavailable)?;
    Reply::accepted(&json!({ "status": "accepted" }))
}

fn body(body: &Object<'_>) -> Option<EmailAddress> {
    body.text("username", EmailAddress::parse)
}
