//! How much happens in a check, so that all of it can be looked at.

use domain::sale::{Milestone, PaymentKind};

/// How much happens: enough for every race of its kind, little enough to look at all of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    /// How many processes run at once.
    pub(crate) processes: usize,
    /// How often deadlines pass. One that is set at one tick has passed at the next.
    pub(crate) ticks: u8,
    /// How many requests to pay, each with a key of its own, there are for a payment.
    pub(crate) requests: u8,
    /// How the customer's bank is.
    pub(crate) bank: Bank,
    /// What the factory reports.
    pub(crate) milestones: &'static [Milestone],
    /// What else is done.
    pub(crate) acts: &'static [Act],
}

/// What people do to a sale beside paying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// A manager cancels it.
    Cancel,
    /// A manager gives more time for the balance, once.
    Extend,
    /// The customer disputes a payment of this kind; if the bank keeps it, a manager may answer for
    /// it.
    Dispute(PaymentKind),
    /// Another customer buys the vehicle from stock, once.
    Resell,
}

/// How a customer's bank is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bank {
    /// It says yes or no at once, and stands by it.
    Prompt,
    /// It may say yes or no later.
    Slow,
    /// It may let through after all what it declined.
    Fickle,
    /// It asks the customer first, who pays, is refused, or leaves.
    Asks,
}
