//! The delivery subsystem, whose the sale is once the vehicle is ready to be handed over.

use super::SendError;
use crate::sale::HandOver;

/// The delivery subsystem, which takes a sale over from us.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete subsystem"
)]
pub trait DeliverySubsystem {
    /// Tells it; it may be told more than once.
    async fn take_over(&self, sale: &HandOver) -> Result<(), SendError>;
}
