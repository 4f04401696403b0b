//! What bodies say of a customer.

use crate::reader::Object;
use domain::customer::{AddressLine, PostalCode};
use domain::{Address, CountryCode};

/// Reads an address.
pub fn address(body: &Object<'_>) -> Option<Address> {
    let street = body.text("street", AddressLine::parse);
    let postal_code = body.text("postal_code", PostalCode::parse);
    let city = body.text("city", AddressLine::parse);
    let country = body.text("country", CountryCode::parse);
    let address =
        Address { street: street?, postal_code: postal_code?, city: city?, country: country? };
    address.of_its_country().map_or_else(|fault| body.fault("postal_code", fault), Some)
}
