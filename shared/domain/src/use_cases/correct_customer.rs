//! The desk corrects what it captured of a customer, before the factory has it.

use super::commit::Failure;
use crate::ports::{CommitFault, Correction, Details, SaleStore};
use crate::sale::{Command, Sale, decide, evolve};
use crate::{Address, DealershipId, Delivery, EmployeeId, FullName, Language, PhoneNumber, Reason, SaleId};
use jiff::Timestamp;

/// How often it is decided again where somebody else changed the sale.
const MAX_TRIES: usize = 8;

/// How often a sale is corrected at most: it bounds the item.
pub const MAX_CORRECTIONS: usize = 20;

/// An employee's request.
#[derive(Debug, Clone)]
pub struct Input {
    /// Which sale.
    pub sale: SaleId,
    /// The employee's dealership; another's sale doesn't exist for it.
    pub dealership: DealershipId,
    /// Who.
    pub by: EmployeeId,
    /// Why.
    pub reason: Reason,
    /// What is right.
    pub corrected: Corrected,
}

/// What is right, of what was wrong. Not the e-mail address: it is who the customer is, and where the credentials went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corrected {
    /// Name.
    pub full_name: Option<FullName>,
    /// Phone number.
    pub phone: Option<PhoneNumber>,
    /// Address; where the vehicle is delivered to it, there too.
    pub address: Option<Address>,
    /// Language.
    pub language: Option<Language>,
}

/// Why nothing was corrected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CorrectFailure {
    /// Enough is enough.
    #[error("the customer's data were corrected {MAX_CORRECTIONS} times")]
    TooMany,
    /// As [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
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
            Delivery::CustomerAddress { address } if *address == before => address.clone_from(&customer.address),
            _ => {}
        }
        changed.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name.to_owned()).collect()
    }
}

/// Corrects. What is right already changes nothing.
pub async fn correct_customer(store: &impl SaleStore, input: Input, now: Timestamp) -> Result<(Sale, Details), CorrectFailure> {
    let Input { sale: id, dealership, by, reason, corrected } = input;
    for _ in 0..MAX_TRIES {
        let found = store.sale_with_details(id).await.map_err(Failure::from)?;
        let (sale, mut details) = found.filter(|(sale, _)| sale.dealership == dealership).ok_or(Failure::NotFound)?;
        let fields = corrected.put_into(&mut details);
        if fields.is_empty() {
            return Ok((sale, details));
        }
        if details.corrections.len() >= MAX_CORRECTIONS {
            return Err(CorrectFailure::TooMany);
        }
        let events = decide(&sale, Command::CorrectCustomer, now).map_err(Failure::from)?;
        let next = evolve(&sale, &events, now);
        details.corrections.push(Correction { by: by.clone(), reason: reason.clone(), at: now, fields });
        match store.commit_with_customer(&next, &details).await {
            Ok(()) => return Ok((next, details)),
            Err(CommitFault::Conflict | CommitFault::VehicleHeld) => {}
            Err(CommitFault::Store(fault)) => return Err(Failure::from(fault).into()),
        }
    }
    Err(Failure::Contended.into())
}
