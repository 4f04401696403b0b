//! The desk corrects what it captured of a customer, before the factory has it.

use super::commit::{ChangeError, commit_with_details};
use crate::ports::{Correction, Details, SaleStore};
use crate::sale::{Command, Sale};
use crate::{
    Address, DealershipId, Delivery, EmployeeId, FullName, Language, PhoneNumber, Reason, SaleId,
};
use jiff::Timestamp;

/// How often a sale is corrected at most: it bounds the item.
pub const MAX_CORRECTIONS: usize = 20;

/// An employee's request.
#[derive(Debug, Clone)]
pub struct Input {
    /// The sale's id, from the request's path.
    pub sale: SaleId,
    /// The employee's dealership; another's sale doesn't exist for it.
    pub dealership: DealershipId,
    /// The employee, by the id in the token (`sub`).
    pub by: EmployeeId,
    /// The employee's own words, up to 200 characters; they may name the customer.
    pub reason: Reason,
    /// What is right.
    pub corrected: Corrected,
}

/// What is right, of what was wrong. Not the e-mail address: it is who the customer is, and where
/// the credentials went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corrected {
    /// The right name; `None` where it was right.
    pub full_name: Option<FullName>,
    /// The right phone number; `None` where it was right.
    pub phone: Option<PhoneNumber>,
    /// Address; where the vehicle is delivered to it, there too.
    pub address: Option<Address>,
    /// The right language; `None` where it was right.
    pub language: Option<Language>,
}

/// Why nothing was corrected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CorrectCustomerError {
    /// Enough is enough.
    #[error("the customer's data were corrected {MAX_CORRECTIONS} times")]
    TooMany,
    /// The load, the decision or the commit failed; see [`ChangeError`].
    #[error(transparent)]
    Failed(#[from] ChangeError),
}

impl Corrected {
    /// Puts it into the details; the names of the fields that changed.
    fn put_into(&self, details: &mut Details) -> Vec<String> {
        fn set<T: Clone + PartialEq>(field: &mut T, right: Option<&T>) -> bool {
            right.is_some_and(|right| std::mem::replace(field, right.clone()) != *right)
        }
        let customer = &mut details.customer;
        let before = customer.address.clone();
        let changed = [
            ("full_name", set(&mut customer.full_name, self.full_name.as_ref())),
            ("phone", set(&mut customer.phone, self.phone.as_ref())),
            ("address", set(&mut customer.address, self.address.as_ref())),
            ("language", set(&mut customer.language, self.language.as_ref())),
        ];
        match &mut details.delivery {
            Delivery::CustomerAddress { address } if *address == before => {
                address.clone_from(&customer.address);
            }
            _ => {}
        }
        changed
            .into_iter()
            .filter(|(_, changed)| *changed)
            .map(|(name, _)| name.to_owned())
            .collect()
    }
}

/// Corrects. What is right already changes nothing.
pub async fn correct_customer(
    store: &impl SaleStore,
    input: Input,
    now: Timestamp,
) -> Result<(Sale, Details), CorrectCustomerError> {
    let Input { sale, dealership, by, reason, corrected } = input;
    let change = |details: &mut Details| {
        let fields = corrected.put_into(details);
        if fields.is_empty() {
            return Ok(None);
        }
        if details.corrections.len() >= MAX_CORRECTIONS {
            return Err(CorrectCustomerError::TooMany);
        }
        details.corrections.push(Correction {
            by: by.clone(),
            reason: reason.clone(),
            at: now,
            fields,
        });
        Ok(Some(Command::CorrectCustomer))
    };
    let write =
        async |next: &Sale, details: &Details| store.commit_with_customer(next, details).await;
    commit_with_details(store, (sale, &dealership), now, change, write).await
}
