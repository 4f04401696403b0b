//! The table's commercial plans, by code.

use super::ports::Ports;
use crate::faults::Site;
use domain::ports::{PlanStore, StoreError};
use domain::{CommercialPlan, PlanCode};

impl PlanStore for Ports<'_> {
    async fn plan(&self, code: &PlanCode) -> Result<Option<CommercialPlan>, StoreError> {
        self.call(Site::PlanRead, Err(StoreError::Unavailable), |state| {
            Ok(state.plans.get(code).cloned())
        })
        .await
    }

    async fn plans(&self) -> Result<Vec<CommercialPlan>, StoreError> {
        self.call(Site::PlanRead, Err(StoreError::Unavailable), |state| {
            Ok(state.plans.values().cloned().collect())
        })
        .await
    }

    async fn put_plan(&self, plan: &CommercialPlan) -> Result<(), StoreError> {
        self.call(Site::PlanPut, Err(StoreError::Unavailable), |state| {
            state.plans.insert(plan.code.clone(), plan.clone());
            Ok(())
        })
        .await
    }
}
