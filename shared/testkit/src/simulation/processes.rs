//! The processes of a run: who waits for each, and what it comes to.

use super::events::{Act, Payment, Says};
use domain::ports::Message;
use domain::sale::Answer;
use domain::use_cases::{ChangeError, pay, register_sale, relay, time_out};
use domain::{AttemptId, SaleId, Vin};
use std::future::Future;
use std::pin::Pin;

/// A running process, with what it comes to.
pub(super) type Process<'w> = Pin<Box<dyn Future<Output = Outcome> + 'w>>;

/// What a process came to.
pub(super) enum Outcome {
    Registered(Result<SaleId, register_sale::Error>),
    Paid(Result<Answer, pay::PayError>),
    Managed(Result<(), ChangeError>),
    Reconciled,
    /// Whether the sender may stop sending.
    Webhook {
        taken: bool,
    },
    /// How many of the changes were relayed.
    Relayed {
        done: usize,
    },
    Consumed {
        done: bool,
    },
    Task(Result<Option<time_out::Next>, &'static str>),
    TokenStored(Result<bool, ()>),
    /// The process died.
    Died,
}

/// Who waits for a process.
#[derive(Clone)]
pub(super) enum Caller {
    Employee { customer: u64, vehicle: Option<Vin>, tries: u32 },
    Payer(Payment),
    Manager { act: Act, tries: u32 },
    Factory { order: SaleId, says: Says, tries: u32 },
    Gateway { attempt: AttemptId, tries: u32 },
    Funds { attempt: AttemptId, tries: u32 },
    MoneyNews { attempt: AttemptId, tries: u32 },
    Schedule,
    Stream { changes: Vec<relay::Change>, tries: u32 },
    Queue { message: Message, tries: u32 },
    Workflow { execution: SaleId, visit: u64 },
}
