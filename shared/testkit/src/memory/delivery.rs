//! The delivery subsystem, which is handed what is prepared.

use super::ports::Ports;
use super::story::short;
use crate::faults::Site;
use domain::ports::{DeliverySubsystem, SendError};
use domain::sale::HandOver;

impl DeliverySubsystem for Ports<'_> {
    async fn take_over(&self, sale: &HandOver) -> Result<(), SendError> {
        self.call(Site::DeliveryTakeOver, Err(SendError), |state| {
            state.note("delivery", || {
                format!("{}: takes over {}", short(sale.sale_id), sale.vehicle_id)
            });
            state.taken_over.push(sale.clone());
            Ok(())
        })
        .await
    }
}
