//! A sale as who sells sees it: as it was registered, and as it stands.

use super::authority::{AuthorityView, DocumentView, RegistrationView};
use super::case::CaseView;
use super::customer::{CorrectionView, CustomerView, ErasureView};
use super::delivery::PreparationView;
use super::manager::{CancellationView, ExtensionView};
use super::payment::{PaymentsView, TermsView};
use super::progress::{EventView, OrderView};
use domain::ports::Details;
use domain::sale::{Milestone, Stage};
use domain::{Customer, Delivery, EmployeeId, Plan, Sale, SaleId, Sold, Status, Vin};
use jiff::Timestamp;
use serde::Serialize;

/// What was captured at registration; the whole answer to a registration, so that a repeat is
/// answered the same.
#[derive(Debug, Serialize)]
pub struct RegisteredSale<'a> {
    sale_id: SaleId,
    status: Status,
    terms: TermsView,
    customer: CustomerView<'a>,
    plan: &'a Plan,
    #[serde(skip_serializing_if = "Option::is_none")]
    vehicle_id: Option<&'a Vin>,
    delivery: &'a Delivery,
}

impl<'a> RegisteredSale<'a> {
    /// The sale as it was registered.
    pub fn new(
        sale_id: SaleId,
        Sold { plan, terms }: &'a Sold,
        customer: &'a Customer,
        vehicle_id: Option<&'a Vin>,
        delivery: &'a Delivery,
    ) -> Self {
        let (status, terms) = (Status::SaleRegistered, (*terms).into());
        Self { sale_id, status, terms, customer: customer.into(), plan, vehicle_id, delivery }
    }
}

/// A sale as it stands.
#[derive(Debug, Serialize)]
pub struct SaleView<'a> {
    sale_id: SaleId,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    milestone: Option<Milestone>,
    terms: TermsView,
    payments: PaymentsView,
    #[serde(skip_serializing_if = "Option::is_none")]
    pay_by: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<OrderView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejection_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancellation: Option<CancellationView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    erasure: Option<ErasureView<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    extensions: Vec<ExtensionView<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cases: Vec<CaseView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vehicle_id: Option<&'a Vin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration: Option<RegistrationView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authority: Option<AuthorityView<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    documents: Vec<DocumentView<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    corrections: Vec<CorrectionView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preparation: Option<PreparationView<'a>>,
    events: Vec<EventView>,
    customer: CustomerView<'a>,
    plan: &'a Plan,
    delivery: &'a Delivery,
    registered_at: Timestamp,
    registered_by: &'a EmployeeId,
}

impl<'a> SaleView<'a> {
    /// The sale and what was captured with it.
    pub fn new(sale: &'a Sale, details: &'a Details) -> Self {
        let (pay_by, rejection_reason) = match &sale.stage {
            Stage::SaleRegistered { pay_signal_by } => (Some(*pay_signal_by), None),
            Stage::FinalPaymentPending { pay_by, .. } => (Some(*pay_by), None),
            Stage::OrderRejected { reason } => (None, Some(reason.as_str())),
            _ => (None, None),
        };
        Self {
            sale_id: sale.id,
            status: sale.status(),
            milestone: sale.milestone(),
            terms: sale.terms.into(),
            payments: PaymentsView::of(sale),
            pay_by,
            order: OrderView::of(sale),
            rejection_reason,
            cancellation: CancellationView::of(sale),
            erasure: sale.erasure.as_ref().map(ErasureView::from),
            extensions: sale.extensions.iter().map(ExtensionView::from).collect(),
            cases: sale.cases.iter().map(CaseView::from).collect(),
            vehicle_id: sale.vehicle(),
            registration: RegistrationView::of(sale),
            authority: AuthorityView::of(sale, details),
            documents: details.documents.iter().map(DocumentView::from).collect(),
            corrections: details.corrections.iter().map(CorrectionView::from).collect(),
            preparation: PreparationView::of(sale),
            events: EventView::all(sale),
            customer: (&details.customer).into(),
            plan: &details.plan,
            delivery: &details.delivery,
            registered_at: details.registered_at,
            registered_by: &sale.registered_by,
        }
    }
}
