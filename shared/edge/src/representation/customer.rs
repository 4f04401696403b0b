//! The customer's data, and who corrected or erased them.

use domain::ports::Correction;
use domain::sale::Erasure;
use domain::{Address, Customer, EmployeeId, FullName, Language, PhoneNumber, Reason, TaxId};
use jiff::Timestamp;
use serde::Serialize;
use std::borrow::Cow;

#[derive(Debug, Serialize)]
pub(super) struct CustomerView<'a> {
    full_name: &'a FullName,
    email: Cow<'a, str>,
    phone: &'a PhoneNumber,
    address: &'a Address,
    language: Language,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_id: Option<&'a TaxId>,
}

impl<'a> From<&'a Customer> for CustomerView<'a> {
    fn from(customer: &'a Customer) -> Self {
        let Customer { id: _, full_name, email, phone, address, language, tax_id } = customer;
        let (email, tax_id) = (email.shown(), tax_id.as_ref());
        Self { full_name, email, phone, address, language: *language, tax_id }
    }
}

/// Who corrected what, when and why.
#[derive(Debug, Serialize)]
pub(super) struct CorrectionView<'a> {
    by: &'a EmployeeId,
    reason: &'a Reason,
    at: Timestamp,
    fields: &'a [String],
}

impl<'a> From<&'a Correction> for CorrectionView<'a> {
    fn from(Correction { by, reason, at, fields }: &'a Correction) -> Self {
        Self { by, reason, at: *at, fields }
    }
}

/// Who had the customer's data erased, and when.
#[derive(Debug, Serialize)]
pub(super) struct ErasureView<'a> {
    by: &'a EmployeeId,
    at: Timestamp,
}

impl<'a> From<&'a Erasure> for ErasureView<'a> {
    fn from(Erasure { by, at }: &'a Erasure) -> Self {
        Self { by, at: *at }
    }
}
