//! How the customers with an account can be reached.

use super::Accounts;
use crate::memory::add_device;
use domain::CustomerKey;
use domain::contact::{Contact, Device, Preferences};
use domain::ports::{ContactStore, DeviceError, StoreError};

impl ContactStore for Accounts {
    async fn contact(&self, customer: &CustomerKey) -> Result<Option<Contact>, StoreError> {
        self.call();
        let known = self.known.borrow().contains_key(&customer.to_string());
        Ok(known.then(|| {
            self.contacts.borrow().get(&customer.to_string()).cloned().unwrap_or_default()
        }))
    }

    async fn set_preferences(
        &self,
        customer: &CustomerKey,
        preferences: Preferences,
    ) -> Result<(), StoreError> {
        self.call();
        self.contacts.borrow_mut().entry(customer.to_string()).or_default().preferences =
            preferences;
        Ok(())
    }

    async fn add_device(&self, customer: &CustomerKey, device: &Device) -> Result<(), DeviceError> {
        self.call();
        add_device(self.contacts.borrow_mut().entry(customer.to_string()).or_default(), device)
    }

    async fn forget_device(
        &self,
        customer: &CustomerKey,
        device: &Device,
    ) -> Result<(), StoreError> {
        self.call();
        self.contacts
            .borrow_mut()
            .entry(customer.to_string())
            .or_default()
            .devices
            .retain(|known| known != device);
        Ok(())
    }
}
