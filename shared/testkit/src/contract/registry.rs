//! What a [`Registry`] promises.

use super::{Outcome, address, fresh_sale_id, serial};
use domain::ports::{RegistrationRequest, Registry, RegistryError};
use domain::{CountryCode, DealershipId, FullName, SaleId, TaxId, Vin};
use std::error::Error;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! registry {
    ($each:ident) => {
        $each! { registry: a_vehicle_is_registered_once_however_often_it_is_asked, a_country_without_a_registry_refuses }
    };
}

fn request(country: &str) -> Result<RegistrationRequest, Box<dyn Error>> {
    Ok(RegistrationRequest {
        sale: fresh_sale_id(),
        refusals: 0,
        country: CountryCode::parse(country)?,
        dealership: DealershipId::parse("MAD-01")?,
        vehicle: Vin::parse(&format!("VSS{:014}", serial()))?,
        owner: FullName::parse("Ana García Peña")?,
        address: address()?,
        tax_id: Some(TaxId::parse("12345678Z")?),
        documents: Vec::new(),
    })
}

/// Protects the owner: one sale, one plate.
pub async fn a_vehicle_is_registered_once_however_often_it_is_asked(
    registry: &impl Registry,
) -> Outcome {
    let first = request("ES")?;
    let registration = registry.register(&first).await?;
    assert_eq!(registry.register(&first).await?, registration);
    Ok(())
}

/// Protects against a refusal that is taken for no answer and asked for without end.
pub async fn a_country_without_a_registry_refuses(registry: &impl Registry) -> Outcome {
    let refused = registry.register(&request("AQ")?).await;
    assert!(matches!(refused, Err(RegistryError::Refused(_))), "{refused:?}");
    Ok(())
}

/// Protects against giving up on an authority that works on it. `keep_busy` has the registry answer
/// so at first.
pub async fn what_is_pending_is_registered_in_the_end(
    registry: &impl Registry,
    keep_busy: impl AsyncFnOnce(SaleId),
) -> Outcome {
    let request = request("ES")?;
    keep_busy(request.sale).await;
    assert_eq!(registry.register(&request).await, Err(RegistryError::Pending));
    let registration = loop {
        match registry.register(&request).await {
            Err(RegistryError::Pending) => {}
            answer => break answer?,
        }
    };
    assert_eq!(registry.register(&request).await?, registration);
    Ok(())
}
