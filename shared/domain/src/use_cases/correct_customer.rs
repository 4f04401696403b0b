//! The desk corrects what it captured of a customer, or what has changed since (R-10 of
//! `docs/requirements.md`).

use super::commit::{ChangeError, MAX_TRIES};
use super::register_sale::EmailOfAnother;
use crate::ports::{
    Accounts, CommitError, Correction, CorrectionStore, Details, ErasureStore, Moved, SaleStore,
    StoreError,
};
use crate::sale::{Command, Sale, decide, evolve};
use crate::{
    Address, AttemptId, CustomerKey, DealershipId, Delivery, EmailAddress, EmployeeId, FullName,
    Language, PhoneNumber, Reason, SaleId, TaxId,
};
use jiff::Timestamp;

/// The fields by which partners know the vehicle's owner.
const OWNERS: [&str; 3] = ["full_name", "address", "tax_id"];

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
    /// Whether the e-mail address may be a known customer's of another name, as the desk has made
    /// sure.
    pub known_customer: bool,
    /// A fresh id.
    pub attempt: AttemptId,
}

/// What is right, of what was wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corrected {
    /// The right name; `None` where it was right.
    pub full_name: Option<FullName>,
    /// The right e-mail address; `None` where it was right.
    pub email: Option<EmailAddress>,
    /// The right phone number; `None` where it was right.
    pub phone: Option<PhoneNumber>,
    /// Address; where the vehicle is delivered to it, there too.
    pub address: Option<Address>,
    /// The right language; `None` where it was right.
    pub language: Option<Language>,
    /// The right tax number; `None` where it was right.
    pub tax_id: Option<TaxId>,
}

/// Why nothing was corrected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CorrectCustomerError {
    /// Enough is enough.
    #[error("the customer's data were corrected {MAX_CORRECTIONS} times")]
    TooMany,
    /// The desk has to make sure whose account it is.
    #[error(transparent)]
    EmailOfAnother(#[from] EmailOfAnother),
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
        let tax_id = self.tax_id.as_ref().map(|right| Some(right.clone()));
        let before = customer.address.clone();
        let changed = [
            ("full_name", set(&mut customer.full_name, self.full_name.as_ref())),
            ("email", set(&mut customer.email, self.email.as_ref())),
            ("phone", set(&mut customer.phone, self.phone.as_ref())),
            ("address", set(&mut customer.address, self.address.as_ref())),
            ("language", set(&mut customer.language, self.language.as_ref())),
            ("tax_id", set(&mut customer.tax_id, tax_id.as_ref())),
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

/// Corrects. What is right already changes nothing. With another e-mail address the sale goes to
/// the account of that address, which is mailed credentials; an account without another sale goes,
/// and its sessions with it.
pub async fn correct_customer(
    store: &(impl SaleStore + ErasureStore + CorrectionStore),
    input: Input,
    now: Timestamp,
) -> Result<(Sale, Details), CorrectCustomerError> {
    let mut known = None;
    for _ in 0..MAX_TRIES {
        let found = store.sale_with_details(input.sale).await.map_err(ChangeError::from)?;
        let (sale, mut details) = found
            .filter(|(sale, _)| sale.dealership == input.dealership)
            .ok_or(ChangeError::NotFound)?;
        let fields = input.corrected.put_into(&mut details);
        if fields.is_empty() {
            return Ok((sale, details));
        }
        if details.corrections.len() >= MAX_CORRECTIONS {
            return Err(CorrectCustomerError::TooMany);
        }
        let owner = fields.iter().any(|field| OWNERS.contains(&field.as_str()));
        let (by, reason) = (input.by.clone(), input.reason.clone());
        details.corrections.push(Correction { by, reason, at: now, fields });
        let customer = CustomerKey::of(&details.customer.email);
        let events = decide(&sale, Command::CorrectCustomer { owner, customer }, now);
        let next = evolve(&sale, &events.map_err(ChangeError::from)?, now);
        let written = if next.customer == sale.customer {
            store.commit_with_customer(&next, &details).await.map(|()| Moved::Done)
        } else {
            if let Some(id) = known {
                details.customer.id = id;
            }
            let last = last_of(store, &sale, input.attempt).await.map_err(ChangeError::from)?;
            store.move_sale(&next, &details, Accounts { from: &sale.customer, last, known }).await
        };
        match written {
            Ok(Moved::Done) => return Ok((next, details)),
            Ok(Moved::KnownCustomer(found)) => {
                let is_like = found.full_name.is_like(&details.customer.full_name);
                if !is_like && !input.known_customer {
                    return Err(EmailOfAnother.into());
                }
                known = Some(found.id);
            }
            Err(CommitError::Conflict | CommitError::VehicleHeld) => known = None,
            Err(CommitError::Store(fault)) => return Err(ChangeError::from(fault).into()),
        }
    }
    Err(ChangeError::Contended.into())
}

/// The mark by which the sale's account goes with it, if the account has no other sale.
async fn last_of(
    store: &impl ErasureStore,
    sale: &Sale,
    attempt: AttemptId,
) -> Result<Option<AttemptId>, StoreError> {
    store.begin_erasure(&sale.customer, attempt).await?;
    let sales = store.every_sale_of(&sale.customer).await?;
    Ok(sales.iter().all(|other| *other == sale.id).then_some(attempt))
}
