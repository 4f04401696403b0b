//! The factory, which builds one vehicle for each order.

use super::books::FactoryOrder;
use super::ports::Ports;
use super::story::short;
use crate::faults::Site;
use domain::ports::{Factory, FactoryError, OrderReport, OrderRequest, PartnerError};
use domain::sale::{Order, Stage};
use domain::{OrderId, Vin};
use jiff::civil::{Date, date};

/// When the factory expects to deliver whatever it takes an order for.
pub const FIRST_ESTIMATE: Date = date(2027, 1, 15);

impl Factory for Ports<'_> {
    /// The factory refuses the platform `UNBUILDABLE`.
    async fn place(&self, order: &OrderRequest) -> Result<Order, FactoryError> {
        self.call(Site::FactoryPlace, Err(PartnerError.into()), |state| {
            if order.base_platform.as_str() == "UNBUILDABLE" {
                return Err(FactoryError::Refused(
                    "this platform is not built any more".to_owned(),
                ));
            }
            let estimated_delivery = Some(FIRST_ESTIMATE);
            let key = order.sale.to_string();
            if let Some(known) = state.orders.get(&key) {
                return Ok(Order { id: known.id.clone(), estimated_delivery });
            }
            let number = state.orders.len();
            // The name is made here.
            let id = OrderId::parse(&format!("F-{number}")).map_err(|_| PartnerError)?;
            // The name is made here.
            let vehicle = Vin::parse(&format!("VSS{number:014}")).map_err(|_| PartnerError)?;
            let stage = state.sales.get(&order.sale).map(|row| &row.sale.stage);
            let intent_stored =
                matches!(stage, Some(Stage::ReservationPaid { order_requested_at: Some(_) }));
            let known = FactoryOrder {
                id: id.clone(),
                reference: order.sale,
                vehicle,
                milestone: None,
                cancelled: false,
                troubles: Vec::new(),
                expected: Vec::new(),
                intent_stored,
            };
            state.orders.insert(key, known);
            state.begun.push(order.sale);
            state.note("factory", || format!("{}: took the order", short(order.sale)));
            Ok(Order { id, estimated_delivery })
        })
        .await
    }

    async fn report(&self, order: &OrderId) -> Result<OrderReport, PartnerError> {
        self.call(Site::FactoryReport, Err(PartnerError), |state| {
            let known =
                state.orders.values().find(|known| known.id == *order).ok_or(PartnerError)?;
            Ok(OrderReport {
                milestone: known.milestone,
                vehicle: Some(known.vehicle.clone()),
                estimated_delivery: None,
            })
        })
        .await
    }
}
