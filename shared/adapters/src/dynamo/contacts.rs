//! How customers can be reached: in their account's item, so that it goes with it.

use super::client::{AttributeValue, Fault, Request};
use super::{CUSTOMER, DynamoSales, Item, customer_pk, item, key, number, string};
use domain::CustomerKey;
use domain::contact::{Contact, Device, MAX_DEVICES, Preferences};
use domain::ports::{ContactStore, DeviceFault, StoreFault};

impl ContactStore for DynamoSales {
    async fn contact(&self, customer: &CustomerKey) -> Result<Option<Contact>, StoreFault> {
        let get = self.at(key(customer_pk(customer), CUSTOMER)).projection("PK, preferences, devices").consistent();
        Ok(self.get_item(get).await?.map(|item| read(&item)))
    }

    async fn set_preferences(&self, customer: &CustomerKey, preferences: Preferences) -> Result<(), StoreFault> {
        let values = item([(":preferences", number(preferences.number()))]);
        self.update_customer(customer, "SET preferences = :preferences", "attribute_exists(PK)", values).await.map(drop)
    }

    async fn add_device(&self, customer: &CustomerKey, device: &Device) -> Result<(), DeviceFault> {
        let few = "attribute_exists(PK) AND (attribute_not_exists(devices) OR size(devices) < :most OR contains(devices, :one))";
        let mut values = item([(":most", number(MAX_DEVICES))]);
        values.insert(":one".to_owned(), super::text(&device.0));
        let update = self.device(customer, device, "ADD devices :device", values).condition(few).return_found();
        match self.update_item(update).await {
            // Nothing is found where nobody is.
            Ok(()) | Err(Fault::Condition(None)) => Ok(()),
            Err(Fault::Condition(Some(_))) => Err(DeviceFault::TooMany),
            Err(fault) => Err(fault.unavailable("UpdateItem").into()),
        }
    }

    async fn forget_device(&self, customer: &CustomerKey, device: &Device) -> Result<(), StoreFault> {
        let update = self.device(customer, device, "DELETE devices :device", Item::new()).condition("attribute_exists(PK)");
        match self.update_item(update).await {
            Ok(()) | Err(Fault::Condition(_)) => Ok(()),
            Err(fault) => Err(fault.unavailable("UpdateItem")),
        }
    }
}

impl DynamoSales {
    fn device(&self, customer: &CustomerKey, device: &Device, change: &'static str, mut values: Item) -> Request<'_> {
        values.insert(":device".to_owned(), AttributeValue::Strings(vec![device.0.clone()]));
        self.at(key(customer_pk(customer), CUSTOMER)).update(change).values(values)
    }
}

fn read(item: &Item) -> Contact {
    let preferences = string(item, "preferences").and_then(|number| number.parse().ok()).map(Preferences::stored);
    let devices = match item.get("devices") {
        Some(AttributeValue::Strings(devices)) => devices.iter().cloned().map(Device).collect(),
        _ => Vec::new(),
    };
    Contact { preferences: preferences.unwrap_or_default(), devices }
}
