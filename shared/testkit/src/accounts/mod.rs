//! Accounts, sessions and attempts in memory, and a hasher that is quick.

mod account_store;
mod contact_store;
mod desk;
mod hasher;
#[cfg(test)]
mod tests;

pub use desk::{Desk, TestIssuer};
pub use hasher::QuickHasher;

use domain::account::{Access, Account, Attempts, Session, Source, TokenDigest};
use domain::contact::Contact;
use domain::ports::Recipient;
use domain::{CustomerId, CustomerKey};
use jiff::Timestamp;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Accounts, attempts, sessions and contacts in memory, with a count of the calls.
#[derive(Default)]
pub struct Accounts {
    known: RefCell<BTreeMap<String, (Account, Option<Timestamp>)>>,
    attempts: RefCell<BTreeMap<(String, Source), Attempts>>,
    sessions: RefCell<BTreeMap<TokenDigest, Session>>,
    contacts: RefCell<BTreeMap<String, Contact>>,
    calls: Cell<u32>,
}

impl Accounts {
    /// A customer with such an account.
    #[must_use]
    pub fn with(self, id: CustomerId, recipient: Recipient, access: Access) -> Self {
        let key = CustomerKey::of(&recipient.email).to_string();
        self.known.borrow_mut().insert(key, (Account { customer: id, recipient, access }, None));
        self
    }

    /// How many calls were made.
    pub fn calls(&self) -> u32 {
        self.calls.get()
    }

    /// How many sessions are stored.
    pub fn sessions(&self) -> usize {
        self.sessions.borrow().len()
    }

    fn forget_devices(&self, customer: &CustomerKey) {
        if let Some(contact) = self.contacts.borrow_mut().get_mut(&customer.to_string()) {
            contact.devices.clear();
        }
    }

    fn call(&self) {
        self.calls.set(self.calls.get().saturating_add(1));
    }

    /// Changes an account where `change` says so.
    fn update(
        &self,
        customer: &CustomerKey,
        change: impl FnOnce(&mut Account, &mut Option<Timestamp>) -> bool,
    ) -> bool {
        self.call();
        self.known
            .borrow_mut()
            .get_mut(&customer.to_string())
            .is_some_and(|(account, reset_at)| change(account, reset_at))
    }
}
