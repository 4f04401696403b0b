//! How customers can be reached: their preferences and devices.

use super::ports::Ports;
use crate::faults::Site;
use domain::CustomerKey;
use domain::contact::{Contact, Device, MAX_DEVICES, Preferences};
use domain::ports::{ContactStore, DeviceError, StoreError};

impl Ports<'_> {
    /// Changes how a customer can be reached, if there is such a customer.
    async fn change_contact<T, E: From<StoreError>>(
        &self,
        customer: &CustomerKey,
        change: impl Fn(&mut Contact) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        self.call(Site::ContactChange, Err(StoreError::Unavailable.into()), |state| {
            state
                .customers
                .get_mut(&customer.to_string())
                .map(|row| change(&mut row.contact))
                .transpose()
        })
        .await
    }
}

impl ContactStore for Ports<'_> {
    async fn contact(&self, customer: &CustomerKey) -> Result<Option<Contact>, StoreError> {
        self.call(Site::ContactRead, Err(StoreError::Unavailable), |state| {
            Ok(state.customers.get(&customer.to_string()).map(|row| row.contact.clone()))
        })
        .await
    }

    async fn set_preferences(
        &self,
        customer: &CustomerKey,
        preferences: Preferences,
    ) -> Result<(), StoreError> {
        let set = |contact: &mut Contact| {
            contact.preferences = preferences;
            Ok(())
        };
        self.change_contact(customer, set).await.map(drop)
    }

    async fn add_device(&self, customer: &CustomerKey, device: &Device) -> Result<(), DeviceError> {
        self.change_contact(customer, |contact| add_device(contact, device)).await.map(drop)
    }

    async fn forget_device(
        &self,
        customer: &CustomerKey,
        device: &Device,
    ) -> Result<(), StoreError> {
        let forget = |contact: &mut Contact| {
            contact.devices.retain(|known| known != device);
            Ok(())
        };
        self.change_contact(customer, forget).await.map(drop)
    }
}

/// Adds a device, once, if there are not too many.
pub(crate) fn add_device(contact: &mut Contact, device: &Device) -> Result<(), DeviceError> {
    if contact.devices.contains(device) {
        return Ok(());
    }
    if contact.devices.len() >= usize::from(MAX_DEVICES) {
        return Err(DeviceError::TooMany);
    }
    contact.devices.push(device.clone());
    Ok(())
}
