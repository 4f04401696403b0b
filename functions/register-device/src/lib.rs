//! `POST /account/devices`: the customer's app on a device wants to be told of news. 204.

use domain::account::AccountStore;
use domain::contact::{DeviceToken, Platform};
use domain::ports::{ContactStore, DeviceError, PushError, PushService};
use edge::{Fault, Object, Problem, ProblemType, Reply, Request, UnknownFields, session};

/// Makes the device known to the push service, then to the account, then to the session, with which
/// it is forgotten; each once, however often it is asked.
pub async fn handle(
    store: &(impl AccountStore + ContactStore),
    push: &impl PushService,
    request: Request,
) -> Result<Reply, Problem> {
    let (session, _) = session::customer(store, &request).await?;
    let (platform, token) = request.json()?.read(UnknownFields::Refused, device)?;
    let refused =
        |pointer, fault: PushError| Problem::invalid(vec![Fault::new(pointer, fault.to_string())]);
    let device = push.register(platform, &token).await.map_err(|fault| match fault {
        PushError::NotOffered => refused("/platform", fault),
        PushError::Refused | PushError::Gone => refused("/token", fault),
        PushError::SendError(_) => ProblemType::Unavailable.into(),
    })?;
    store.add_device(&session.customer, &device).await.map_err(|fault| match fault {
        DeviceError::TooMany => Problem::new(ProblemType::TooManyDevices).detail(fault.to_string()),
        DeviceError::Store(fault) => fault.into(),
    })?;
    // Once it is the account's: a device that nobody is told of is none to forget.
    store.note_device(&session.token, &device).await?;
    Ok(Reply::no_content())
}

fn device(body: &Object<'_>) -> Option<(Platform, DeviceToken)> {
    let platform =
        body.text("platform", |text| Platform::parse(text).ok_or("must be ios or android"));
    let token = body.text("token", DeviceToken::parse);
    Some((platform?, token?))
}
