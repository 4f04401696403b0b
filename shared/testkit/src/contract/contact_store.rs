//! What a [`ContactStore`] promises. Customers come to be with their first sale.

use super::{Outcome, Sample};
use domain::CustomerKey;
use domain::contact::{Channel, ChannelSet, Contact, Device, MAX_DEVICES, Preferences, Topic};
use domain::ports::{ContactStore, DeviceError, Registered, SaleStore};
use std::error::Error;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! contact_store {
    ($each:ident) => {
        $each! { contact_store:
            a_new_customer_has_the_usual_preferences_and_no_device,
            preferences_are_kept,
            a_device_is_known_once_until_it_is_forgotten,
            a_customer_has_so_many_devices_and_no_more,
            nobody_can_be_reached
        }
    };
}

async fn customer(store: &impl SaleStore) -> Result<CustomerKey, Box<dyn Error>> {
    let sample = Sample::new()?;
    assert_eq!(store.register(sample.registration()).await?, Registered::Stored);
    Ok(sample.sale.customer)
}

fn device(number: u16) -> Device {
    Device(format!("arn:aws:sns:eu-south-2:123456789012:endpoint/GCM/caas/{number}"))
}

/// Protects who never chose anything: mails come.
pub async fn a_new_customer_has_the_usual_preferences_and_no_device(
    store: &(impl SaleStore + ContactStore),
) -> Outcome {
    let key = customer(store).await?;
    assert_eq!(store.contact(&key).await?, Some(Contact::default()));
    Ok(())
}

/// Protects the customer's choice, beside the devices.
pub async fn preferences_are_kept(store: &(impl SaleStore + ContactStore)) -> Outcome {
    let key = customer(store).await?;
    store.add_device(&key, &device(1)).await?;
    let texts = ChannelSet::from_iter([Channel::Sms]);
    let chosen = Preferences::default().with(Topic::Progress, texts);
    for _ in 0..2 {
        store.set_preferences(&key, chosen).await?;
        assert_eq!(
            store.contact(&key).await?,
            Some(Contact { preferences: chosen, devices: vec![device(1)] })
        );
    }
    Ok(())
}

/// Protects from two messages on one device, and from messages on one that was given away.
pub async fn a_device_is_known_once_until_it_is_forgotten(
    store: &(impl SaleStore + ContactStore),
) -> Outcome {
    let key = customer(store).await?;
    for number in [1, 2, 1] {
        store.add_device(&key, &device(number)).await?;
    }
    let devices = async || {
        let mut devices = store.contact(&key).await?.unwrap_or_default().devices;
        devices.sort();
        Ok::<_, Box<dyn Error>>(devices)
    };
    assert_eq!(devices().await?, [device(1), device(2)]);
    for _ in 0..2 {
        store.forget_device(&key, &device(1)).await?;
        assert_eq!(devices().await?, [device(2)]);
    }
    store.forget_device(&key, &device(2)).await?;
    assert_eq!(devices().await?, []);
    Ok(())
}

/// Protects the item's size; a device that is known may be told of again.
pub async fn a_customer_has_so_many_devices_and_no_more(
    store: &(impl SaleStore + ContactStore),
) -> Outcome {
    let key = customer(store).await?;
    for number in 0..MAX_DEVICES {
        store.add_device(&key, &device(number)).await?;
    }
    assert_eq!(store.add_device(&key, &device(MAX_DEVICES)).await, Err(DeviceError::TooMany));
    store.add_device(&key, &device(0)).await?;
    Ok(())
}

/// Protects against a customer who comes to be without a sale, or comes back after the end.
pub async fn nobody_can_be_reached(store: &(impl SaleStore + ContactStore)) -> Outcome {
    let key = Sample::new()?.sale.customer;
    store.set_preferences(&key, Preferences::default()).await?;
    store.add_device(&key, &device(1)).await?;
    store.forget_device(&key, &device(1)).await?;
    assert_eq!(store.contact(&key).await?, None);
    Ok(())
}
