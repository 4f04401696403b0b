//! The plans comerciales: one partition, since a catalogue is small, is put rarely, and is read
//! from memory where it counts.

use super::client::{DynamoSales, WriteError, all_pages};
use super::item::{Item, item, key, string, text};
use super::schema::PLANS;
use crate::secrets::Clock;
use domain::ports::{PlanStore, StoreError};
use domain::{CommercialPlan, PlanCode};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

const PREFIX: &str = "PLAN#";

fn plan_key(code: &PlanCode) -> Item {
    key(PLANS.to_owned(), &format!("{PREFIX}{}", code.as_str()))
}

fn read(item: &Item) -> Result<CommercialPlan, StoreError> {
    let plan = string(item, "plan").and_then(|json| serde_json::from_str(json).ok());
    plan.ok_or_else(|| {
        tracing::error!("a plan's item is broken");
        StoreError::Corrupt
    })
}

impl PlanStore for DynamoSales {
    async fn plan(&self, code: &PlanCode) -> Result<Option<CommercialPlan>, StoreError> {
        self.one(plan_key(code)).await?.map(|item| read(&item)).transpose()
    }

    async fn plans(&self) -> Result<Vec<CommercialPlan>, StoreError> {
        let values = item([(":pk", text(PLANS)), (":plan", text(PREFIX))]);
        let query = self.find("PK = :pk AND begins_with(SK, :plan)", values).consistent_read(true);
        all_pages(query).await?.iter().map(read).collect()
    }

    async fn put_plan(&self, plan: &CommercialPlan) -> Result<(), StoreError> {
        let mut item = plan_key(&plan.code);
        item.insert(
            "plan".to_owned(),
            // Our own type: it can always be written.
            text(serde_json::to_string(plan).map_err(|_| StoreError::Corrupt)?),
        );
        self.put_item(item).send().await.map(drop).map_err(|error| WriteError::from(error).into())
    }
}

/// Plans that a process read already, each for a bounded time: a read a sale would double what a
/// registration costs. A plan that is put is sold at its new price everywhere after that time.
pub struct RememberedPlans {
    store: DynamoSales,
    remembered: SignedDuration,
    clock: Clock,
    known: Mutex<HashMap<PlanCode, (Timestamp, CommercialPlan)>>,
}

impl std::fmt::Debug for RememberedPlans {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RememberedPlans")
            .field("remembered", &self.remembered)
            .finish_non_exhaustive()
    }
}

impl RememberedPlans {
    /// The plans of this table, each remembered so long.
    pub fn new(store: DynamoSales, remembered: SignedDuration, clock: Clock) -> Self {
        Self { store, remembered, clock, known: Mutex::default() }
    }

    fn known(&self, code: &PlanCode, now: Timestamp) -> Option<CommercialPlan> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, plan) = known.get(code)?;
        (now.duration_since(*read_at) < self.remembered).then(|| plan.clone())
    }
}

impl PlanStore for RememberedPlans {
    async fn plan(&self, code: &PlanCode) -> Result<Option<CommercialPlan>, StoreError> {
        // Before the call: the time counts from when the answer can't be older.
        let now = (self.clock)();
        if let Some(plan) = self.known(code, now) {
            return Ok(Some(plan));
        }
        let found = self.store.plan(code).await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match &found {
            Some(plan) => known.insert(code.clone(), (now, plan.clone())),
            None => known.remove(code),
        };
        Ok(found)
    }

    async fn plans(&self) -> Result<Vec<CommercialPlan>, StoreError> {
        self.store.plans().await
    }

    async fn put_plan(&self, plan: &CommercialPlan) -> Result<(), StoreError> {
        self.store.put_plan(plan).await
    }
}
