//! The administrative bodies, with which a vehicle is registered before it is delivered.

use super::{Document, PartnerError};
use crate::sale::Registration;
use crate::{Address, CountryCode, DealershipId, FullName, SaleId, TaxId, Vin};

/// The administrative bodies, one a country.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete registry"
)]
pub trait Registry {
    /// Registers, or repeats the answer of the same sale's request.
    async fn register(&self, request: &RegistrationRequest) -> Result<Registration, RegistryError>;
}

/// A request to register a vehicle, in the dealership's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationRequest {
    /// The sale, which with `refusals` is the call's idempotency key.
    pub sale: SaleId,
    /// How often the authority has refused so far: what is asked again after that is another
    /// request.
    pub refusals: usize,
    /// The dealership's country, whose authority it goes to.
    pub country: CountryCode,
    /// In whose name.
    pub dealership: DealershipId,
    /// The vehicle that the sale holds, by its identification number (VIN).
    pub vehicle: Vin,
    /// Whose it will be.
    pub owner: FullName,
    /// Where the owner lives.
    pub address: Address,
    /// The owner's national or tax number, where the desk captured it.
    pub tax_id: Option<TaxId>,
    /// What is on file.
    pub documents: Vec<Document>,
}

impl RegistrationRequest {
    /// The call's idempotency key.
    pub fn key(&self) -> String {
        if self.refusals == 0 {
            self.sale.to_string()
        } else {
            format!("{}-{}", self.sale, self.refusals)
        }
    }
}

/// The authority did not register.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// Not yet: ask again.
    #[error("the authority is working on it")]
    Pending,
    /// It said no.
    #[error("the authority refused: {0}")]
    Refused(String),
    /// It may have acted all the same: try again under the same key.
    #[error(transparent)]
    PartnerError(#[from] PartnerError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::{AddressLine, PostalCode};
    use uuid::Uuid;

    /// A key gets the same answer each time: what is asked again needs another.
    #[test]
    fn each_refusal_asks_for_another_key() {
        let sale = SaleId::new(Uuid::from_u128(1));
        let country = CountryCode::parse("ES").unwrap();
        let request = |refusals| RegistrationRequest {
            sale,
            refusals,
            country,
            dealership: DealershipId::parse("MAD-01").unwrap(),
            vehicle: Vin::parse("VSSZZZ5FZJR012345").unwrap(),
            owner: FullName::parse("Ana").unwrap(),
            address: Address {
                street: AddressLine::parse("Calle Mayor 1").unwrap(),
                postal_code: PostalCode::parse("28013").unwrap(),
                city: AddressLine::parse("Madrid").unwrap(),
                country,
            },
            tax_id: None,
            documents: Vec::new(),
        };
        let keys = [0, 1, 2].map(|refusals| request(refusals).key());
        assert_eq!(keys[0], sale.to_string());
        assert!(keys[0] != keys[1] && keys[1] != keys[2]);
    }
}
