//! `GET /account/preferences`: by which channels the customer is told of what, and on which
//! devices.

use domain::account::AccountStore;
use domain::contact::Device;
use domain::ports::ContactStore;
use edge::{Problem, Reply, Request, contact, session};
use serde_json::json;

/// Reads; who never chose has the usual ones.
pub async fn handle(
    store: &(impl AccountStore + ContactStore),
    request: Request,
) -> Result<Reply, Problem> {
    let (session, _) = session::customer(store, &request).await?;
    let found = store.contact(&session.customer).await?.unwrap_or_default();
    let mut known = contact::representation(found.preferences);
    let device = |device: &Device| {
        let is_this = session.device.as_ref() == Some(device);
        json!({ "device_id": device.id().to_string(), "this": is_this })
    };
    if let Some(body) = known.as_object_mut().filter(|_| !found.devices.is_empty()) {
        body.insert("devices".to_owned(), found.devices.iter().map(device).collect());
    }
    Reply::ok(&known)
}
