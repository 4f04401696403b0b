//! What follows from a commit: workflow, credentials, notifications, refunds, a reservation less,
//! the hand-over to delivery. Safe to run twice.

use crate::ports::{
    DeliverySubsystem, Message, Queues, SendError, TaskToken, UnpaidReservations, Workflow,
};
use crate::sale::{Effect, Sale, effects};

/// One change of a sale's item, as the table's stream tells it.
#[derive(Debug, Clone)]
pub struct Change {
    /// The sale before; `None` for a new one.
    pub old: Option<Sale>,
    /// The sale after.
    pub new: Sale,
    /// The token that the state machine left, if any.
    pub task_token: Option<TaskToken>,
}

impl Change {
    /// How many cases it put before people.
    pub fn opened_cases(&self) -> usize {
        let known = self.old.as_ref().map_or(0, |sale| sale.cases.len());
        self.new.cases.len().saturating_sub(known)
    }
}

/// Does what the change owes; answers how much that was.
pub async fn relay(
    workflow: &impl Workflow,
    queues: &impl Queues,
    reservations: &impl UnpaidReservations,
    delivery: &impl DeliverySubsystem,
    change: &Change,
) -> Result<usize, SendError> {
    let owed = effects(change.old.as_ref(), &change.new);
    let sale = &change.new;
    for effect in &owed {
        match *effect {
            Effect::StartWorkflow => workflow.start(sale.id).await?,
            Effect::ResumeWorkflow(_) => {
                if let Some(token) = &change.task_token {
                    workflow.resume(token).await?;
                }
            }
            Effect::ReleaseReservation => {
                // Why is in the log, where the call was made.
                reservations.release(sale).await.map_err(|_| SendError)?;
            }
            Effect::IssueCredentials => {
                queues.send(&Message::IssueCredentials { customer: sale.customer.clone() }).await?;
            }
            Effect::Notify { fact, notification } => {
                queues.send(&Message::Notify { sale: sale.id, fact, notification }).await?;
            }
            Effect::HandOver => {
                if let Some(hand_over) = sale.hand_over() {
                    delivery.take_over(&hand_over).await?;
                }
            }
            Effect::Refund => queues.send(&Message::Refund { sale: sale.id }).await?,
        }
    }
    Ok(owed.len())
}
