//! The workflow engine, which waits for what a sale awaits and is woken when it is there.

use super::SendError;
use crate::SaleId;

/// The workflow engine.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete engine"
)]
pub trait Workflow {
    /// Starts the sale's workflow, once.
    async fn start(&self, sale: SaleId) -> Result<(), SendError>;
    /// Wakes a waiting workflow. A token that is spent or timed out is no fault.
    async fn resume(&self, token: &TaskToken) -> Result<(), SendError>;
}

/// A token that the state machine left in the sale while it waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskToken(pub String);
