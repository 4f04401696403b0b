//! A sale in a list or a spreadsheet, in one line.

use domain::ports::Details;
use domain::{
    BasePlatform, EmployeeId, FullName, Language, Money, Names, OrderId, PlanCode, Plate,
};
use domain::{Sale, SaleId, Status, Vin};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

/// A sale in a list, in one line.
#[derive(Debug, Serialize)]
pub struct SaleLine<'a> {
    sale_id: SaleId,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<Timestamp>,
    overdue: bool,
    registered_at: Timestamp,
    registered_by: &'a EmployeeId,
    customer: &'a FullName,
    plan: &'a PlanCode,
    #[serde(skip_serializing_if = "Names::is_empty")]
    plan_names: &'a Names,
    base_platform: &'a BasePlatform,
    currency: &'static str,
    price: u64,
    /// The same with its currency, for [`Self::cells`].
    #[serde(skip)]
    amount: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<&'a OrderId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vehicle_id: Option<&'a Vin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plate: Option<&'a Plate>,
}

impl<'a> SaleLine<'a> {
    /// The columns of [`Self::cells`].
    pub const COLUMNS: [&'static str; 15] = [
        "sale_id",
        "status",
        "due_at",
        "overdue",
        "registered_at",
        "registered_by",
        "customer",
        "plan",
        "base_platform",
        "currency",
        "price",
        "order_id",
        "vehicle_id",
        "plate",
        "plan_name",
    ];

    /// The sale and what was captured with it, as they are at `now`.
    pub fn new(sale: &'a Sale, details: &'a Details, now: Timestamp) -> Self {
        Self {
            sale_id: sale.id,
            status: sale.status(),
            due_at: sale.due_at(),
            overdue: sale.due_at().is_some_and(|due| due < now),
            registered_at: details.registered_at,
            registered_by: &sale.registered_by,
            customer: &details.customer.full_name,
            plan: &details.plan.code,
            plan_names: &details.plan.names,
            base_platform: &details.plan.base_platform,
            currency: sale.terms.price().currency().code(),
            price: sale.terms.price().minor(),
            amount: sale.terms.price(),
            order_id: sale.order().map(|order| &order.id),
            vehicle_id: sale.vehicle(),
            plate: sale.registration().map(|registration| &registration.plate),
        }
    }

    /// The same as the cells of a table: names in the reader's language, amounts in whole units with
    /// this decimal sign, moments as this zone's clock shows them.
    pub fn cells(&self, language: Language, zone: &TimeZone, decimal: char) -> [String; 15] {
        let moment = |at: Timestamp| {
            at.to_zoned(zone.clone()).datetime().strftime("%Y-%m-%d %H:%M").to_string()
        };
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        [
            self.sale_id.to_string(),
            self.status.to_string(),
            self.due_at.map(moment).unwrap_or_default(),
            self.overdue.to_string(),
            moment(self.registered_at),
            self.registered_by.to_string(),
            self.customer.as_str().to_owned(),
            self.plan.as_str().to_owned(),
            self.base_platform.as_str().to_owned(),
            self.currency.to_owned(),
            self.amount.decimal(decimal),
            text(self.order_id.map(OrderId::as_str)),
            text(self.vehicle_id.map(Vin::as_str)),
            text(self.plate.map(Plate::as_str)),
            self.plan_names.of(language).unwrap_or(self.plan.as_str()).to_owned(),
        ]
    }
}
