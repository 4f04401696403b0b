//! `DELETE /account/devices/{device_id}`: one of the customer's devices, such as one that was lost,
//! is told of nothing any more. 204, also where it is gone already.

use domain::account::AccountStore;
use domain::ports::ContactStore;
use edge::{Problem, Reply, Request, session};

/// Forgets the device; any of the customer's sessions may ask, not only the device's own.
pub async fn handle(
    store: &(impl AccountStore + ContactStore),
    request: Request,
) -> Result<Reply, Problem> {
    let (session, _) = session::customer(store, &request).await?;
    let asked = request.path_parameter("device_id").unwrap_or_default();
    let contact = store.contact(&session.customer).await?.unwrap_or_default();
    for device in contact.devices.iter().filter(|device| device.id().to_string() == asked) {
        store.forget_device(&session.customer, device).await?;
    }
    Ok(Reply::no_content())
}

#[cfg(test)]
mod tests;
