//! The table's items: sales, customers and vehicles.

use domain::contact::Contact;
use domain::ports::{Details, KnownCustomer, Recipient, StoredCredentials, TaskToken};
use domain::sale::{FactKind, Sale};
use domain::vehicle::VehicleStatus;
use domain::{
    AttemptId, Customer, CustomerId, DealershipId, Plan as SalePlan, Plate, SaleId, ZoneName,
};
use jiff::Timestamp;

/// A sale's item.
#[derive(Debug, Clone)]
pub struct Row {
    /// The sale as it was last committed.
    pub sale: Sale,
    /// The state machine's token.
    pub task_token: Option<TaskToken>,
    /// What was captured with it.
    pub details: Details,
}

/// A customer's item.
#[derive(Debug, Clone)]
pub struct CustomerRow {
    /// The internal id, which an account keeps.
    pub id: CustomerId,
    /// Whom mails go to.
    pub recipient: Recipient,
    /// The last pair stored.
    pub credentials: Option<StoredCredentials>,
    /// Whether it was sent.
    pub issued: bool,
    /// The attempt to erase the customer that goes on, if any.
    pub erasing: Option<AttemptId>,
    /// How the customer can be reached.
    pub contact: Contact,
}

impl CustomerRow {
    /// A new customer's, to whom credentials are owed.
    pub fn new(customer: &Customer, zone: ZoneName, contact: Contact) -> Self {
        let (full_name, email) = (customer.full_name.clone(), customer.email.clone());
        let recipient = Recipient { full_name, email, language: customer.language, zone };
        let id = customer.id;
        Self { id, recipient, credentials: None, issued: false, erasing: None, contact }
    }

    /// Who it is, for whoever wants the same e-mail address.
    pub fn named(&self) -> KnownCustomer {
        KnownCustomer { id: self.id, full_name: self.recipient.full_name.clone() }
    }
}

/// A vehicle's item.
#[derive(Debug, Clone)]
pub struct VehicleRow {
    /// Who holds it.
    pub holder: Option<SaleId>,
    /// Whether a sale holds it, and is registered for it.
    pub status: VehicleStatus,
    /// Where it is.
    pub dealership: DealershipId,
    /// What it is and since when, while it is stock.
    pub stock: Option<(SalePlan, Timestamp)>,
    /// The plate that an authority gave it, if one did.
    pub plate: Option<Plate>,
    /// The sales that held it.
    pub sales: Vec<SaleId>,
}

/// Whether the sale's history has this fact.
pub fn has(sale: &Sale, kind: FactKind) -> bool {
    sale.facts.iter().any(|fact| fact.0 == kind)
}
