//! What was captured of a sale: customer, plan, documents, and how the customer's data were
//! corrected since. It is an item of its own, beside the sale.

use crate::country::{Country, DocumentKind};
use crate::ids::FileDigest;
use crate::vat::Vat;
use crate::{Customer, Delivery, EmployeeId, Plan, Reason, Sale};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What an employee captured, written once beside the sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Who bought, as captured at this sale.
    pub customer: Customer,
    /// The platform and options that were sold, and under which plan comercial.
    pub plan: Plan,
    /// Where it goes.
    pub delivery: Delivery,
    /// When the sale was registered.
    #[serde(with = "crate::time::millis")]
    pub registered_at: Timestamp,
    /// What was put on file for the authority, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Document>,
    /// How the customer's data were corrected, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
}

impl Details {
    /// The tax that the sale's price includes; `None` where it can't be known
    /// ([`Country::vat_of`]).
    pub fn vat(&self, sale: &Sale) -> Option<&'static Vat> {
        let (code, zone) = (sale.country, sale.zone());
        Country::of(code)?.vat_of(code, &zone, &self.customer.address, &self.delivery)
    }

    /// What stays when the customer's personal data are erased: what was bought, and in which
    /// country.
    #[must_use]
    pub fn erased(&self) -> Self {
        let delivery = match &self.delivery {
            Delivery::Dealership => Delivery::Dealership,
            Delivery::CustomerAddress { address } => {
                Delivery::CustomerAddress { address: address.erased() }
            }
        };
        let (customer, plan, registered_at) =
            (self.customer.erased(), self.plan.clone(), self.registered_at);
        Self {
            customer,
            plan,
            delivery,
            registered_at,
            documents: Vec::new(),
            corrections: Vec::new(),
        }
    }
}

/// The customer's data were corrected: who, when, why, and what; not what stood there before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The employee, by the id in the token (`sub`).
    pub by: EmployeeId,
    /// The employee's own words, up to 200 characters; they may name the customer.
    pub reason: Reason,
    /// When it was committed, to the millisecond.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
    /// The names of the fields.
    pub fields: Vec<String>,
}

/// A document on file: which, without the document itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// The file's digest.
    pub sha256: FileDigest,
    /// Who put it on file.
    pub by: EmployeeId,
    /// When it was committed, to the millisecond.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
}
