//! Which notifications were sent, and by which channels.

use super::ports::Ports;
use super::world::State;
use crate::faults::Site;
use domain::SaleId;
use domain::contact::{Channel, ChannelSet};
use domain::ports::{NotificationLog, StoreError};
use jiff::Timestamp;

impl NotificationLog for Ports<'_> {
    async fn told(&self, sale: SaleId, fact: usize) -> Result<ChannelSet, StoreError> {
        let told = |state: &mut State| {
            state.told.get(&(sale, fact)).into_iter().flatten().copied().collect()
        };
        self.call(Site::NotificationRead, Err(StoreError::Unavailable), |state| Ok(told(state)))
            .await
    }

    async fn record_told(
        &self,
        sale: SaleId,
        fact: usize,
        channel: Channel,
        _at: Timestamp,
    ) -> Result<(), StoreError> {
        self.call(Site::NotificationRecord, Err(StoreError::Unavailable), |state| {
            state.told.entry((sale, fact)).or_default().insert(channel);
            Ok(())
        })
        .await
    }
}
