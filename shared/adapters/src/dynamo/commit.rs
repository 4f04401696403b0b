//! A decision's write, conditional on the version that was decided on.

use super::client::{AttributeValue, Fault, Part, Request};
use super::{
    DynamoSales, Item, SALE, VEHICLE, cancellation, is_busy, key, number, refused, sale_pk, state_of, string, text,
    unsettled_shard, vehicle_pk,
};
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
        match self.update_item(self.sale_update(next, &write)).await {
            Ok(()) => Ok(()),
            Err(Fault::Condition(found)) if write.is_in(found.as_ref()) => Ok(()),
            Err(Fault::Condition(_) | Fault::Busy) => Err(CommitFault::Conflict),
            Err(fault) => Err(fault.unavailable("UpdateItem").into()),
        }
    }

    pub(super) async fn update_sale_and_vehicle(&self, next: &Sale, change: &VehicleChange) -> Result<(), CommitFault> {
        let write = SaleWrite::of(next)?;
        let parts = [Part::Update(self.sale_update(next, &write)), Part::Update(self.vehicle_update(next, change))];
        let Err(fault) = self.transact(&parts).await else { return Ok(()) };
        let reasons = cancellation(&fault);
        match (refused(reasons, 0), refused(reasons, 1)) {
            (Some(refused), _) if write.is_in(refused.item.as_ref()) => Ok(()),
            (Some(_), _) => Err(CommitFault::Conflict),
            (None, Some(_)) => Err(CommitFault::VehicleHeld),
            (None, None) if is_busy(reasons) => Err(CommitFault::Conflict),
            (None, None) => Err(fault.unavailable("TransactWriteItems").into()),
        }
    }

    /// The sale's part.
    fn sale_update<'a>(&'a self, next: &Sale, write: &'a SaleWrite) -> Request<'a> {
        let update = self.at(key(sale_pk(next.id), SALE)).update(&write.expression).names(SaleWrite::NAMES);
        update.condition(UNCHANGED).values(write.values.clone()).return_found()
    }

    /// The vehicle's part: its record says which sale holds it, and whose it was last.
    fn vehicle_update(&self, next: &Sale, change: &VehicleChange) -> Request<'_> {
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
        let update = self.at(key(vehicle_pk(change.vehicle()), VEHICLE)).update(expression).names(["status"]);
        update.condition(condition).values(values)
    }
}
