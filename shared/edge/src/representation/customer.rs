//! The customer's data, and who corrected or erased them.

use domain::ports::Correction;
use domain::sale::Erasure;
use domain::{
    Address, Customer, EmailAddress, EmployeeId, FullName, Language, PhoneNumber, Reason,
};
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize)]
pub(super) struct CustomerView<'a> {
    full_name: &'a FullName,
    email: &'a EmailAddress,
    phone: &'a PhoneNumber,
    address: &'a Address,
    language: Language,
}

impl<'a> From<&'a Customer> for CustomerView<'a> {
    fn from(customer: &'a Customer) -> Self {
        let Customer { id: _, full_name, email, phone, address, language } = customer;
        Self { full_name, email, phone, address, language: *language }
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
