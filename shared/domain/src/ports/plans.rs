//! Where the plans comerciales are, as the back office puts them and registrations read them.

use super::StoreError;
use crate::{CommercialPlan, PlanCode};

/// The plans comerciales.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait PlanStore {
    /// A plan, as it was put within the time that the store may keep it in memory.
    async fn plan(&self, code: &PlanCode) -> Result<Option<CommercialPlan>, StoreError>;
    /// Every plan as it was put last, by code.
    async fn plans(&self) -> Result<Vec<CommercialPlan>, StoreError>;
    /// Puts a plan in the place of the one with its code.
    async fn put_plan(&self, plan: &CommercialPlan) -> Result<(), StoreError>;
}
