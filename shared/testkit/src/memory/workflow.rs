//! The state machine: executions that are started, and tokens that are stored and answered.

use super::ports::Ports;
use crate::faults::Site;
use domain::SaleId;
use domain::ports::{SendError, StoreError, TaskToken, Workflow};
use domain::sale::Wait;

impl Workflow for Ports<'_> {
    async fn start(&self, sale: SaleId) -> Result<(), SendError> {
        self.call(Site::WorkflowStart, Err(SendError), |state| {
            state.started.push(sale);
            Ok(())
        })
        .await
    }

    async fn resume(&self, token: &TaskToken) -> Result<(), SendError> {
        self.call(Site::WorkflowResume, Err(SendError), |state| {
            state.resumed.push(token.clone());
            Ok(())
        })
        .await
    }
}

impl Ports<'_> {
    /// The state machine's own call: stores a token while the sale awaits this. `false`: it doesn't
    /// any more.
    pub async fn store_token(
        &self,
        sale: SaleId,
        awaited: &str,
        token: &TaskToken,
    ) -> Result<bool, StoreError> {
        self.call(Site::TokenStore, Err(StoreError::Unavailable), |state| {
            let row = state.sales.get_mut(&sale).ok_or(StoreError::Corrupt)?;
            let waits = row.sale.awaits().map(Wait::as_str) == Some(awaited);
            if waits {
                row.task_token = Some(token.clone());
            }
            Ok(waits)
        })
        .await
    }
}
