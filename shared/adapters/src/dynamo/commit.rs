//! A decision's write, conditional on the version that was decided on.

use super::{
    DynamoSales, Item, SALE, VEHICLE, cancellation, is_busy, key, log, names, number, refused, sale_pk, state_of, string, text,
    unavailable, unsettled_shard, vehicle_pk,
};
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use domain::Sale;
use domain::ports::{CommitFault, StoreFault};
use domain::vehicle::{VehicleChange, VehicleStatus};

const UNCHANGED: &str = "#version = :previous";

/// The sale's part of a commit. It names what it sets: the state machine's `task_token` stays as it is.
struct SaleWrite {
    version: String,
    state: String,
    expression: String,
    values: Item,
}

impl SaleWrite {
    const NAMES: [&str; 8] =
        ["version", "status", "state", "awaits", "unsettled_shard", "unsettled_since", "cases_of", "case_opened_at"];

    fn of(next: &Sale) -> Result<Self, StoreFault> {
        let (version, state) = (next.version.to_string(), state_of(next)?);
        let mut values = super::item([
            (":previous", number(next.version.saturating_sub(1))),
            (":version", number(&version)),
            (":status", text(next.status().as_str())),
            (":state", text(&state)),
        ]);
        // The indexes are sparse: a sale is in one only while its attributes are there.
        let case = next.open_cases().map(|case| case.opened_at).min();
        let since = next.unsettled_since();
        let sparse = [
            ("awaits", next.awaits().map(|wait| text(wait.as_str()))),
            ("unsettled_shard", since.map(|_| text(unsettled_shard(next.id)))),
            ("unsettled_since", since.map(|at| number(at.as_millisecond()))),
            ("cases_of", case.map(|_| text(next.dealership.as_str()))),
            ("case_opened_at", case.map(|at| number(at.as_millisecond()))),
        ];
        let mut set = ["version", "status", "state"].map(|name| format!("#{name} = :{name}")).to_vec();
        let mut remove = Vec::new();
        for (name, value) in sparse {
            match value {
                Some(value) => {
                    set.push(format!("#{name} = :{name}"));
                    values.insert(format!(":{name}"), value);
                }
                None => remove.push(format!("#{name}")),
            }
        }
        let (set, remove) = (set.join(", "), remove.join(", "));
        let expression = if remove.is_empty() { format!("SET {set}") } else { format!("SET {set} REMOVE {remove}") };
        Ok(Self { version, state, expression, values })
    }

    /// Whether the item is what this write makes of it. Then the condition failed on our own write, whose answer was
    /// lost before the client sent it again.
    fn is_in(&self, found: Option<&Item>) -> bool {
        found.is_some_and(|item| string(item, "version") == Some(&self.version) && string(item, "state") == Some(&self.state))
    }
}

impl DynamoSales {
    pub(super) async fn update_sale(&self, next: &Sale) -> Result<(), CommitFault> {
        let write = SaleWrite::of(next)?;
        let call = self.client.update_item().table_name(&self.table).set_key(Some(key(sale_pk(next.id), SALE)));
        let call = call.update_expression(&write.expression).condition_expression(UNCHANGED);
        let call = call.set_expression_attribute_names(Some(names(SaleWrite::NAMES)));
        let call = call.set_expression_attribute_values(Some(write.values.clone()));
        let call = call.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(fault) = call.send().await else { return Ok(()) };
        match fault.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) if write.is_in(failed.item()) => Ok(()),
            Some(UpdateItemError::ConditionalCheckFailedException(_) | UpdateItemError::TransactionConflictException(_)) => {
                Err(CommitFault::Conflict)
            }
            _ => Err(unavailable("UpdateItem", &fault).into()),
        }
    }

    pub(super) async fn update_sale_and_vehicle(&self, next: &Sale, change: &VehicleChange) -> Result<(), CommitFault> {
        let write = SaleWrite::of(next)?;
        let sale = Update::builder().table_name(&self.table).set_key(Some(key(sale_pk(next.id), SALE)));
        let sale = sale.update_expression(&write.expression).condition_expression(UNCHANGED);
        let sale = sale.set_expression_attribute_names(Some(names(SaleWrite::NAMES)));
        let sale = sale.set_expression_attribute_values(Some(write.values.clone()));
        let sale = sale.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld).build();
        let vehicle = self.vehicle_update(next, change);
        let (Ok(sale), Ok(vehicle)) = (sale, vehicle) else { return Err(StoreFault::Corrupt.into()) };
        let parts = [sale, vehicle].map(|part| TransactWriteItem::builder().update(part).build());
        // The client makes a ClientRequestToken a call and keeps it when it sends the call again.
        let Err(fault) = self.client.transact_write_items().set_transact_items(Some(parts.into())).send().await else {
            return Ok(());
        };
        let reasons = cancellation(&fault);
        match (refused(reasons, 0), refused(reasons, 1)) {
            (Some(refused), _) if write.is_in(refused.item()) => Ok(()),
            (Some(_), _) => Err(CommitFault::Conflict),
            (None, Some(_)) => Err(CommitFault::VehicleHeld),
            (None, None) if is_busy(reasons) => Err(CommitFault::Conflict),
            (None, None) => {
                for reason in reasons {
                    tracing::warn!(sale = %next.id, reason = reason.code().unwrap_or("-"), "a part of a transaction failed");
                }
                log::aws("TransactWriteItems", &fault);
                Err(StoreFault::Unavailable.into())
            }
        }
    }

    /// The vehicle's part: its record says which sale holds it, and whose it was last.
    fn vehicle_update(&self, next: &Sale, change: &VehicleChange) -> Result<Update, BuildError> {
        let sale = next.id.to_string();
        let own = "sale_id = :sale";
        let (expression, condition, status, value): (_, _, _, Option<(&str, AttributeValue)>) = match change {
            VehicleChange::Assign { .. } => (
                "SET #status = :status, sale_id = :sale, dealership_id = :dealership",
                "attribute_not_exists(sale_id) OR sale_id = :sale",
                VehicleStatus::Asignado,
                Some((":dealership", text(next.dealership.as_str()))),
            ),
            VehicleChange::Release { .. } => {
                ("SET #status = :status, last_sale_id = :sale REMOVE sale_id", own, VehicleStatus::SinAsignar, None)
            }
            VehicleChange::Register { plate, .. } => {
                ("SET #status = :status, plate = :plate", own, VehicleStatus::Matriculado, Some((":plate", text(plate.as_str()))))
            }
        };
        let mut values = super::item([(":status", text(status.as_str())), (":sale", text(sale))]);
        values.extend(value.map(|(name, value)| (name.to_owned(), value)));
        let update = Update::builder().table_name(&self.table).set_key(Some(key(vehicle_pk(change.vehicle()), VEHICLE)));
        let update = update.update_expression(expression).condition_expression(condition);
        update.set_expression_attribute_names(Some(names(["status"]))).set_expression_attribute_values(Some(values)).build()
    }
}
