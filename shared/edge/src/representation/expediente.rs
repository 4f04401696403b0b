//! A sale as its customer sees it: the expediente.

use super::authority::{OnFileView, RegistrationView};
use super::delivery::ArrangedView;
use super::payment::{ReceiptsView, TermsView};
use super::progress::{EventView, OrderView};
use domain::ports::Details;
use domain::sale::{Milestone, NextStep};
use domain::{DealershipId, Delivery, Plan, Sale, SaleId, Status, Vin};
use jiff::Timestamp;
use serde::Serialize;

/// A sale as its customer sees it: what was bought, what was paid, how far it is, what comes next.
/// Employees' names and reasons stay in the dealership.
#[derive(Debug, Serialize)]
pub struct ExpedienteView<'a> {
    sale_id: SaleId,
    status: Status,
    failed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    milestone: Option<Milestone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<NextView>,
    terms: TermsView,
    payments: ReceiptsView,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<OrderView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vehicle_id: Option<&'a Vin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration: Option<RegistrationView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    appointment: Option<ArrangedView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    documents: Vec<OnFileView>,
    events: Vec<EventView>,
    plan: &'a Plan,
    delivery: &'a Delivery,
    dealership_id: &'a DealershipId,
    registered_at: Timestamp,
}

impl<'a> ExpedienteView<'a> {
    /// The sale and what was captured with it.
    pub fn new(sale: &'a Sale, details: &'a Details) -> Self {
        // A vehicle that was lost is another's by now, and none of this customer's business.
        let vehicle_id = sale.vehicle().filter(|_| !sale.status().is_lost());
        Self {
            sale_id: sale.id,
            status: sale.status(),
            failed: sale.status().is_lost(),
            milestone: sale.milestone(),
            next: sale.next_step().map(|(step, by)| NextView { step, by }),
            terms: sale.terms.into(),
            payments: ReceiptsView::of(sale),
            order: OrderView::of(sale),
            vehicle_id,
            registration: RegistrationView::of(sale),
            appointment: sale.appointment.as_ref().map(ArrangedView::from),
            documents: details.documents.iter().map(OnFileView::from).collect(),
            events: EventView::all(sale),
            plan: &details.plan,
            delivery: &details.delivery,
            dealership_id: &sale.dealership,
            registered_at: details.registered_at,
        }
    }
}

/// What happens next, and by when.
#[derive(Debug, Serialize)]
struct NextView {
    step: NextStep,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Timestamp>,
}
