//! Sales that wait for their señal, which count against their employee and dealership.

use super::ports::Ports;
use crate::faults::Site;
use domain::ports::{StoreError, UnpaidReservations};
use domain::sale::{Sale, Status};

impl UnpaidReservations for Ports<'_> {
    async fn release(&self, sale: &Sale) -> Result<(), StoreError> {
        self.call(Site::ReservationRelease, Err(StoreError::Unavailable), |state| {
            if state
                .sales
                .get(&sale.id)
                .is_some_and(|row| row.sale.status() == Status::SaleRegistered)
            {
                state.released_early.push(sale.id);
            }
            state.unpaid.remove(&sale.id);
            Ok(())
        })
        .await
    }
}
