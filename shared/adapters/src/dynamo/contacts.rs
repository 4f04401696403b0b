//! How customers can be reached: in their account's item, so that it goes with it.

use super::client::{DynamoSales, FOUND, WriteError, unread};
use super::item::{Item, item, key, number, set_of, string, text};
use super::schema::{CUSTOMER, customer_pk};
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::CustomerKey;
use domain::contact::{Contact, Device, MAX_DEVICES, Preferences};
use domain::ports::{ContactStore, DeviceError, StoreError};

impl ContactStore for DynamoSales {
    async fn contact(&self, customer: &CustomerKey) -> Result<Option<Contact>, StoreError> {
        let get = self.get_item(key(customer_pk(customer), CUSTOMER));
        let found = get
            .projection_expression("PK, preferences, devices")
            .send()
            .await
            .map_err(unread("GetItem"))?;
        Ok(found.item.map(|item| read(&item)))
    }

    async fn set_preferences(
        &self,
        customer: &CustomerKey,
        preferences: Preferences,
    ) -> Result<(), StoreError> {
        let values = item([(":preferences", number(preferences.number()))]);
        self.update_customer(
            customer,
            "SET preferences = :preferences",
            "attribute_exists(PK)",
            values,
        )
        .await
        .map(drop)
    }

    async fn add_device(&self, customer: &CustomerKey, device: &Device) -> Result<(), DeviceError> {
        let few = "attribute_exists(PK) AND (attribute_not_exists(devices) OR size(devices) < :most OR contains(devices, :one))";
        let values = item([(":most", number(MAX_DEVICES)), (":one", text(&device.0))]);
        let update =
            self.device(customer, device, "ADD devices :device", values).condition_expression(few);
        let updated = update.return_values_on_condition_check_failure(FOUND).send().await;
        match updated.map_err(WriteError::from) {
            // Nothing is found where nobody is.
            Ok(_) | Err(WriteError::Condition(None)) => Ok(()),
            Err(WriteError::Condition(Some(_))) => Err(DeviceError::TooMany),
            Err(error) => Err(StoreError::from(error).into()),
        }
    }

    async fn forget_device(
        &self,
        customer: &CustomerKey,
        device: &Device,
    ) -> Result<(), StoreError> {
        let update = self.device(customer, device, "DELETE devices :device", Item::new());
        match update
            .condition_expression("attribute_exists(PK)")
            .send()
            .await
            .map_err(WriteError::from)
        {
            Ok(_) | Err(WriteError::Condition(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl DynamoSales {
    fn device(
        &self,
        customer: &CustomerKey,
        device: &Device,
        change: &str,
        mut values: Item,
    ) -> UpdateItemFluentBuilder {
        values.insert(":device".to_owned(), set_of(device.0.clone()));
        let update =
            self.update_item(key(customer_pk(customer), CUSTOMER)).update_expression(change);
        update.set_expression_attribute_values(Some(values))
    }
}

fn read(item: &Item) -> Contact {
    let preferences =
        string(item, "preferences").and_then(|number| number.parse().ok()).map(Preferences::stored);
    let devices = match item.get("devices") {
        Some(AttributeValue::Ss(devices)) => devices.iter().cloned().map(Device).collect(),
        _ => Vec::new(),
    };
    Contact { preferences: preferences.unwrap_or_default(), devices }
}
