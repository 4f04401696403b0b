//! The table's sales: conditional writes, the stream's changes and the answered requests.

use super::ports::Ports;
use super::story::short;
use super::table::{CustomerRow, Row};
use super::vehicle_store::{change_vehicle, not_in_stock};
use super::world::State;
use crate::faults::Site;
use domain::ports::{
    CommitError, Details, MOST_SALES_LISTED, NewSale, Registered, RequestKey, SaleStore,
    StoreError, TooManyUnpaid,
};
use domain::sale::Sale;
use domain::use_cases::relay::Change;
use domain::vehicle::VehicleChange;
use domain::{CustomerKey, SaleId, Sold};

impl SaleStore for Ports<'_> {
    async fn register(&self, new: NewSale<'_>) -> Result<Registered, StoreError> {
        self.call(Site::StoreRegister, Err(StoreError::Unavailable), |state| {
            if let Some(answer) = new.request.and_then(|request| answered(state, request)) {
                return Ok(answer);
            }
            if state.sales.contains_key(&new.sale.id) {
                // The transport repeated its own request: the first one's answer.
                return Ok(Registered::Stored);
            }
            if let Some(whose) = too_many_unpaid(state, &new) {
                return Ok(Registered::TooManyUnpaid(whose));
            }
            if let Some(why) =
                new.sale.stock.as_ref().and_then(|claim| not_in_stock(state, &new, &claim.vehicle))
            {
                return Ok(Registered::NotInStock(why));
            }
            let key = new.sale.customer.to_string();
            match state.customers.get_mut(&key) {
                Some(known) if !new.known_customer => {
                    return Ok(Registered::KnownCustomer(known.named()));
                }
                Some(known) => known.erasing = None,
                None => {
                    let zone = new.sale.zone();
                    let row = CustomerRow::new(&new.details.customer, zone, state.contact.clone());
                    state.customers.insert(key, row);
                }
            }
            if let Some(request) = new.request {
                let sold = Sold { plan: new.details.plan.clone(), terms: new.sale.terms };
                state.requests.insert(
                    request.key.to_string(),
                    (request.fingerprint.clone(), new.sale.id, sold),
                );
            }
            state.note("table", || {
                format!(
                    "{}: registered for {}",
                    short(new.sale.id),
                    new.details.customer.email.as_str()
                )
            });
            if let Some(claim) = &new.sale.stock {
                change_vehicle(
                    state,
                    new.sale,
                    &VehicleChange::Assign { vehicle: claim.vehicle.clone() },
                );
            }
            state
                .unpaid
                .insert(new.sale.id, (new.sale.dealership.clone(), new.sale.registered_by.clone()));
            let row =
                Row { sale: new.sale.clone(), task_token: None, details: new.details.clone() };
            state.sales.insert(new.sale.id, row);
            state.stream.push(Change { old: None, new: new.sale.clone(), task_token: None });
            Ok(Registered::Stored)
        })
        .await
    }

    async fn answered(&self, request: &RequestKey) -> Result<Option<Registered>, StoreError> {
        self.call(Site::StoreAnswered, Err(StoreError::Unavailable), |state| {
            Ok(answered(state, request))
        })
        .await
    }

    async fn sale(&self, id: SaleId) -> Result<Option<Sale>, StoreError> {
        let lost = Err(StoreError::Unavailable);
        self.call(Site::StoreRead, lost, |state| {
            Ok(state.sales.get(&id).map(|row| row.sale.clone()))
        })
        .await
    }

    async fn sale_with_details(&self, id: SaleId) -> Result<Option<(Sale, Details)>, StoreError> {
        let lost = Err(StoreError::Unavailable);
        let read = |state: &mut State| {
            Ok(state.sales.get(&id).map(|row| (row.sale.clone(), row.details.clone())))
        };
        self.call(Site::StoreReadDetails, lost, read).await
    }

    async fn sales_of(&self, customer: &CustomerKey) -> Result<Vec<SaleId>, StoreError> {
        let list = |state: &mut State| {
            let theirs = state
                .sales
                .values()
                .rev()
                .map(|row| &row.sale)
                .filter(|sale| sale.customer == *customer);
            Ok(theirs.map(|sale| sale.id).take(MOST_SALES_LISTED.into()).collect())
        };
        self.call(Site::StoreList, Err(StoreError::Unavailable), list).await
    }

    async fn commit_with_details(&self, next: &Sale, details: &Details) -> Result<(), CommitError> {
        self.with_details(next, details).await
    }

    async fn commit_with_customer(
        &self,
        next: &Sale,
        details: &Details,
    ) -> Result<(), CommitError> {
        self.with_details(next, details).await?;
        self.world.with(|state| {
            if let Some(row) = state.customers.get_mut(&next.customer.to_string()) {
                row.recipient.full_name = details.customer.full_name.clone();
                row.recipient.language = details.customer.language;
                row.recipient.email = details.customer.email.clone();
            }
        });
        Ok(())
    }

    async fn commit(
        &self,
        next: &Sale,
        vehicle: Option<&VehicleChange>,
    ) -> Result<(), CommitError> {
        self.call(Site::StoreCommit, Err(StoreError::Unavailable.into()), |state| {
            let Some(row) = state.sales.get_mut(&next.id) else {
                return Err(CommitError::Conflict);
            };
            if row.sale == *next {
                // The transport repeated its own request.
                return Ok(());
            }
            if row.sale.version.checked_add(1) != Some(next.version) {
                return Err(CommitError::Conflict);
            }
            if let Some(change) = vehicle {
                let holder = |vehicle| state.vehicles.get(vehicle).and_then(|held| held.holder);
                let is_own = |vehicle| holder(vehicle) == Some(next.id);
                let is_free = |vehicle| holder(vehicle).is_none() || is_own(vehicle);
                let allowed = match change {
                    VehicleChange::Assign { vehicle } => is_free(vehicle),
                    VehicleChange::Replace { vehicle, gone } => is_free(vehicle) && is_own(gone),
                    VehicleChange::Release { vehicle, .. }
                    | VehicleChange::Register { vehicle, .. } => is_own(vehicle),
                };
                if !allowed {
                    return Err(CommitError::VehicleHeld);
                }
                change_vehicle(state, next, change);
            }
            replace_sale(state, next);
            Ok(())
        })
        .await
    }
}

/// The sale is `next` from now on, and the stream tells of it.
pub(super) fn replace_sale(state: &mut State, next: &Sale) {
    let Some(row) = state.sales.get_mut(&next.id) else { return };
    if next.status() < row.sale.status() || next.milestone() < row.sale.milestone() {
        state.regressions.push(next.id);
    }
    let task_token = row.task_token.clone();
    let old = std::mem::replace(&mut row.sale, next.clone());
    let news: Vec<_> = next.facts.iter().skip(old.facts.len()).map(|fact| fact.0).collect();
    if !news.is_empty() {
        state.note("table", || format!("{}: {news:?}", short(next.id)));
    }
    state.stream.push(Change { old: Some(old), new: next.clone(), task_token });
}

fn answered(state: &State, request: &RequestKey) -> Option<Registered> {
    let (fingerprint, sale, sold) = state.requests.get(&request.key.to_string())?;
    let repeats = *fingerprint == request.fingerprint;
    Some(if repeats {
        Registered::Repeated(*sale, Box::new(sold.clone()))
    } else {
        Registered::KeyReused
    })
}

/// Whose sales that wait for their señal are too many for another one, if they are.
fn too_many_unpaid(
    state: &State,
    NewSale { sale, limits, .. }: &NewSale<'_>,
) -> Option<TooManyUnpaid> {
    let ours = || state.unpaid.values().filter(|(dealership, _)| *dealership == sale.dealership);
    let own = ours().filter(|(_, employee)| *employee == sale.registered_by).count();
    if own >= usize::from(limits.employee) {
        Some(TooManyUnpaid::Employee)
    } else {
        (ours().count() >= usize::from(limits.dealership)).then_some(TooManyUnpaid::Dealership)
    }
}

impl Ports<'_> {
    /// What became of a commit of a sale with its details.
    async fn with_details(&self, next: &Sale, details: &Details) -> Result<(), CommitError> {
        self.call(Site::StoreCommit, Err(StoreError::Unavailable.into()), |state| {
            let Some(row) = state.sales.get_mut(&next.id) else {
                return Err(CommitError::Conflict);
            };
            if row.sale == *next {
                return Ok(());
            }
            if row.sale.version != next.version.saturating_sub(1) {
                return Err(CommitError::Conflict);
            }
            row.details = details.clone();
            replace_sale(state, next);
            Ok(())
        })
        .await
    }
}
