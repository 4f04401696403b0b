//! A decision's write, conditional on the version that was decided on.

use super::cancellation::{cancellation, is_busy, refused};
use super::client::{DynamoSales, FOUND, WriteError, put, update};
use super::index::places;
use super::item::{Item, item, key, list, names, number, string, text};
use super::schema::{SALE, VEHICLE, sale_pk, stock_key, vehicle_pk};
use super::stored::{details_item, state_of};
use super::vehicles::TAKEN;
use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::ports::{CommitError, Details, StoreError};
use domain::vehicle::{VehicleChange, VehicleStatus, build};
use domain::{Sale, Vin};
use std::collections::HashMap;

const UNCHANGED: &str = "#version = :previous";
/// Only the vehicle that this sale holds.
const OWN: &str = "sale_id = :sale";

/// The sale's part of a commit. It names what it sets: the state machine's `task_token` stays as it
/// is.
pub(super) struct SaleWrite {
    key: Item,
    version: String,
    state: String,
    expression: String,
    names: HashMap<String, String>,
    values: Item,
}

impl SaleWrite {
    pub(super) fn of(next: &Sale) -> Result<Self, StoreError> {
        let (version, state) = (next.version.to_string(), state_of(next)?);
        let awaits = ("awaits", next.awaits().map(|wait| text(wait.as_str())));
        let written = [("version", Some(number(&version))), ("state", Some(text(&state))), awaits];
        let (mut names, mut set, mut remove) = (HashMap::new(), Vec::new(), Vec::new());
        let mut values = item([(":previous", number(next.version.saturating_sub(1)))]);
        for (name, value) in written.into_iter().chain(places(next)) {
            names.insert(format!("#{name}"), name.to_owned());
            match value {
                Some(value) => {
                    set.push(format!("#{name} = :{name}"));
                    values.insert(format!(":{name}"), value);
                }
                None => remove.push(format!("#{name}")),
            }
        }
        let (set, remove) = (set.join(", "), remove.join(", "));
        let expression = if remove.is_empty() {
            format!("SET {set}")
        } else {
            format!("SET {set} REMOVE {remove}")
        };
        Ok(Self { key: key(sale_pk(next.id), SALE), version, state, expression, names, values })
    }

    /// Whether the item is what this write makes of it. Then the condition failed on our own write,
    /// whose answer was lost before the client sent it again.
    pub(super) fn is_in(&self, found: Option<&Item>) -> bool {
        found.is_some_and(|item| {
            string(item, "version") == Some(&self.version)
                && string(item, "state") == Some(&self.state)
        })
    }

    /// What a commit means whose sale was refused: done already, or somebody committed first.
    pub(super) fn refused(&self, found: Option<&Item>) -> Result<(), CommitError> {
        if self.is_in(found) { Ok(()) } else { Err(CommitError::Conflict) }
    }
}

impl DynamoSales {
    pub(super) async fn update_sale(&self, next: &Sale) -> Result<(), CommitError> {
        let write = SaleWrite::of(next)?;
        let update = self.update_item(write.key.clone()).update_expression(&write.expression);
        let update = update.set_expression_attribute_names(Some(write.names.clone()));
        let update = update.set_expression_attribute_values(Some(write.values.clone()));
        let update =
            update.condition_expression(UNCHANGED).return_values_on_condition_check_failure(FOUND);
        match update.send().await.map_err(WriteError::from) {
            Ok(_) => Ok(()),
            Err(WriteError::Condition(found)) => write.refused(found.as_ref()),
            Err(WriteError::Busy) => Err(CommitError::Conflict),
            Err(error) => Err(StoreError::from(error).into()),
        }
    }

    pub(super) async fn update_sale_and_vehicle(
        &self,
        next: &Sale,
        change: &VehicleChange,
    ) -> Result<(), CommitError> {
        let write = SaleWrite::of(next)?;
        let mut parts = vec![self.sale_part(&write)?, self.vehicle_part(next, change).await?];
        if let VehicleChange::Replace { gone, .. } = change {
            parts.push(self.gone_part(next, gone)?);
        }
        let Err(error) = self.transact(parts).await else { return Ok(()) };
        let reasons = cancellation(&error);
        let held = refused(reasons, 1).or_else(|| refused(reasons, 2));
        match (refused(reasons, 0), held) {
            (Some(refused), _) => write.refused(refused.item()),
            (None, Some(_)) => Err(CommitError::VehicleHeld),
            (None, None) if is_busy(reasons) => Err(CommitError::Conflict),
            (None, None) => Err(StoreError::from(error).into()),
        }
    }

    pub(super) async fn update_sale_and_details(
        &self,
        next: &Sale,
        details: &Details,
        customer: Option<TransactWriteItem>,
    ) -> Result<(), CommitError> {
        let write = SaleWrite::of(next)?;
        let details = put(self.put_part(details_item(next.id, details)?))?;
        let parts = [self.sale_part(&write)?, details].into_iter().chain(customer).collect();
        let Err(error) = self.transact(parts).await else { return Ok(()) };
        let reasons = cancellation(&error);
        match refused(reasons, 0) {
            Some(refused) => write.refused(refused.item()),
            None if is_busy(reasons) => Err(CommitError::Conflict),
            None => Err(StoreError::from(error).into()),
        }
    }

    /// The sale's part of a transaction.
    pub(super) fn sale_part(&self, write: &SaleWrite) -> Result<TransactWriteItem, StoreError> {
        let part = self.update_part(write.key.clone()).update_expression(&write.expression);
        let part = part.set_expression_attribute_names(Some(write.names.clone()));
        let part = part.set_expression_attribute_values(Some(write.values.clone()));
        update(part.condition_expression(UNCHANGED).return_values_on_condition_check_failure(FOUND))
    }

    /// The vehicle's part: its record says which sale holds it, and which ones held it before.
    async fn vehicle_part(
        &self,
        next: &Sale,
        change: &VehicleChange,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut values = item([(":sale", text(next.id.to_string()))]);
        let (expression, condition, status) = match change {
            VehicleChange::Assign { .. } | VehicleChange::Replace { .. } => {
                let dealership = text(next.dealership.as_str());
                let sales = list([text(next.id.to_string())]);
                values.extend(item([
                    (":sales", sales),
                    (":none", list([])),
                    (":dealership", dealership),
                ]));
                (TAKEN, "attribute_not_exists(sale_id) OR sale_id = :sale", VehicleStatus::Asignado)
            }
            VehicleChange::Release { since, .. } => {
                // A read, where a sale is lost: in the sale's own item the plan would cost each of
                // its updates.
                let plan = self.captured(next.id).await?.plan;
                // Our own type: it can always be written.
                let plan_json = serde_json::to_string(&plan).map_err(|_| StoreError::Corrupt)?;
                values.extend(item([
                    (":plan", text(plan_json)),
                    (":build", text(build(&plan))),
                    (":of", text(next.dealership.as_str())),
                    (":key", text(stock_key(&plan.base_platform, *since))),
                ]));
                let release = "SET #status = :status, stock_of = :of, stock_key = :key, #plan = :plan, build = :build REMOVE sale_id";
                (release, OWN, VehicleStatus::SinAsignar)
            }
            VehicleChange::Register { plate, .. } => {
                values.extend(item([
                    (":plate", text(plate.as_str())),
                    (":plate_key", text(plate.normalized())),
                ]));
                (
                    "SET #status = :status, plate = :plate, plate_key = :plate_key",
                    OWN,
                    VehicleStatus::Matriculado,
                )
            }
        };
        values.insert(":status".to_owned(), text(status.as_str()));
        let names = match change {
            VehicleChange::Release { .. } => names(["status", "plan"]),
            _ => names(["status"]),
        };
        let part = self
            .update_part(key(vehicle_pk(change.vehicle()), VEHICLE))
            .update_expression(expression);
        let part = part
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values));
        update(part.condition_expression(condition))
    }

    /// The part of a vehicle that another one replaces.
    fn gone_part(&self, next: &Sale, gone: &Vin) -> Result<TransactWriteItem, StoreError> {
        let part = self
            .update_part(key(vehicle_pk(gone), VEHICLE))
            .update_expression("SET #status = :status REMOVE sale_id");
        let values = item([
            (":sale", text(next.id.to_string())),
            (":status", text(VehicleStatus::Sustituido.as_str())),
        ]);
        let part = part
            .set_expression_attribute_names(Some(names(["status"])))
            .set_expression_attribute_values(Some(values));
        update(part.condition_expression(OWN))
    }
}
