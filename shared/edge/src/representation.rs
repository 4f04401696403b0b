//! A sale as the API gives it. No token, no digest, no hash is in here.

use domain::country::{Charge, ChargeKind, Country, DocumentKind};
use domain::money::Terms;
use domain::ports::{Correction, Details, Document};
use domain::sale::{
    Appointment, Attempt, AttemptState, Balances, Case, CaseKind, Check, CheckKind, Decline,
    DeliveryPlace, Erasure, Extension, FactKind, Milestone, NextStep, PaymentKind, PaymentMethod,
    Stage,
};
use domain::use_cases::report::Report;
use domain::vehicle::{StockVehicle, VehicleRecord, VehicleStatus};
use domain::{
    Address, AttemptId, BasePlatform, CommercialPlan, CountryCode, Customer, DealershipId,
    Delivery, EmailAddress, EmployeeId, FullName, Language, OptionCode, OrderId, PhoneNumber, Plan,
    PlanCode, Plate, Reason, RegistrationId,
};
use domain::{Sale, SaleId, Sold, Status, Vin};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

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
            payments: PaymentsView {
                signal: PaymentView::new(sale, PaymentKind::Signal),
                balance: PaymentView::new(sale, PaymentKind::Balance),
            },
            pay_by,
            order: sale.order().map(|order| OrderView {
                order_id: &order.id,
                estimated_delivery: order.estimated_delivery,
            }),
            rejection_reason,
            cancellation: CancellationView::of(sale),
            erasure: sale.erasure.as_ref().map(|Erasure { by, at }| ErasureView { by, at: *at }),
            extensions: sale.extensions.iter().map(ExtensionView::from).collect(),
            cases: sale.cases.iter().map(CaseView::from).collect(),
            vehicle_id: sale.vehicle(),
            registration: sale
                .registration()
                .map(|found| RegistrationView { registration_id: &found.id, plate: &found.plate }),
            authority: Country::of(sale.country).map(|country| AuthorityView::new(country, sale)),
            documents: details.documents.iter().map(DocumentView::from).collect(),
            corrections: details.corrections.iter().map(CorrectionView::from).collect(),
            preparation: PreparationView::of(sale),
            events: sale
                .facts
                .iter()
                .map(|fact| EventView { kind: fact.0, status: fact.0.status(), at: fact.1 })
                .collect(),
            customer: (&details.customer).into(),
            plan: &details.plan,
            delivery: &details.delivery,
            registered_at: details.registered_at,
            registered_by: &sale.registered_by,
        }
    }
}

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
    base_platform: &'a BasePlatform,
    currency: &'static str,
    price: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<&'a OrderId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vehicle_id: Option<&'a Vin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plate: Option<&'a Plate>,
}

impl<'a> SaleLine<'a> {
    /// The columns of [`Self::cells`].
    pub const COLUMNS: [&'static str; 14] = [
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
            base_platform: &details.plan.base_platform,
            currency: sale.terms.price().currency().code(),
            price: sale.terms.price().minor(),
            order_id: sale.order().map(|order| &order.id),
            vehicle_id: sale.vehicle(),
            plate: sale.registration().map(|registration| &registration.plate),
        }
    }

    /// The same as the cells of a table; amounts in minor units.
    pub fn cells(&self) -> [String; 14] {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        [
            self.sale_id.to_string(),
            self.status.to_string(),
            self.due_at.map(|due| due.to_string()).unwrap_or_default(),
            self.overdue.to_string(),
            self.registered_at.to_string(),
            self.registered_by.to_string(),
            self.customer.as_str().to_owned(),
            self.plan.as_str().to_owned(),
            self.base_platform.as_str().to_owned(),
            self.currency.to_owned(),
            self.price.to_string(),
            text(self.order_id.map(OrderId::as_str)),
            text(self.vehicle_id.map(Vin::as_str)),
            text(self.plate.map(Plate::as_str)),
        ]
    }
}

/// A month's sales, counted.
#[derive(Debug, Serialize)]
pub struct ReportView<'a> {
    sold: u64,
    by_status: &'a BTreeMap<Status, u64>,
    ledger: &'a BTreeMap<&'static str, Balances>,
    stages: BTreeMap<Status, StayView>,
    is_partial: bool,
}

#[derive(Debug, Serialize)]
struct StayView {
    sales: u32,
    mean_seconds: i64,
}

impl<'a> From<&'a Report> for ReportView<'a> {
    fn from(Report { sold, by_status, ledger, stages, is_partial }: &'a Report) -> Self {
        let stages = stages.iter().map(|(status, stay)| {
            (*status, StayView { sales: stay.sales, mean_seconds: stay.mean().as_secs() })
        });
        Self { sold: *sold, by_status, ledger, stages: stages.collect(), is_partial: *is_partial }
    }
}

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
            payments: ReceiptsView {
                signal: ReceiptView::new(sale, PaymentKind::Signal),
                balance: ReceiptView::new(sale, PaymentKind::Balance),
            },
            order: sale.order().map(|order| OrderView {
                order_id: &order.id,
                estimated_delivery: order.estimated_delivery,
            }),
            vehicle_id,
            registration: sale
                .registration()
                .map(|found| RegistrationView { registration_id: &found.id, plate: &found.plate }),
            appointment: sale.appointment.as_ref().map(ArrangedView::from),
            documents: details
                .documents
                .iter()
                .map(|document| OnFileView { kind: document.kind, at: document.at })
                .collect(),
            events: sale
                .facts
                .iter()
                .map(|fact| EventView { kind: fact.0, status: fact.0.status(), at: fact.1 })
                .collect(),
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

#[derive(Debug, Serialize)]
struct ReceiptsView {
    signal: ReceiptView,
    balance: ReceiptView,
}

/// A payment, and the receipt of each amount that was taken.
#[derive(Debug, Serialize)]
struct ReceiptView {
    amount: u64,
    state: PaymentState,
    receipts: Vec<Receipt>,
}

#[derive(Debug, Serialize)]
struct Receipt {
    #[serde(rename = "receipt_id")]
    id: AttemptId,
    method: PaymentMethod,
    state: PaymentState,
    started_at: Timestamp,
}

impl ReceiptView {
    fn new(sale: &Sale, kind: PaymentKind) -> Self {
        let PaymentView { amount, state, attempts } = PaymentView::new(sale, kind);
        let taken = [PaymentState::Captured, PaymentState::RefundDue, PaymentState::Refunded];
        let receipts =
            attempts.into_iter().filter(|attempt| taken.contains(&attempt.state)).map(|attempt| {
                let AttemptView { attempt_id: id, method, state, started_at, .. } = attempt;
                Receipt { id, method, state, started_at }
            });
        Self { amount, state, receipts: receipts.collect() }
    }
}

/// A vehicle of the stock. Nothing of who had it before is in here.
#[derive(Debug, Serialize)]
pub struct StockVehicleView<'a> {
    vehicle_id: &'a Vin,
    plan: &'a Plan,
    since: Timestamp,
}

impl<'a> From<&'a StockVehicle> for StockVehicleView<'a> {
    fn from(StockVehicle { vehicle, plan, since }: &'a StockVehicle) -> Self {
        Self { vehicle_id: vehicle, plan, since: *since }
    }
}

/// A vehicle's own record: its sales by their ids.
#[derive(Debug, Serialize)]
pub struct VehicleView<'a> {
    vehicle_id: &'a Vin,
    status: VehicleStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    plate: Option<&'a Plate>,
    sales: &'a [SaleId],
}

impl<'a> From<&'a VehicleRecord> for VehicleView<'a> {
    fn from(VehicleRecord { vehicle, status, plate, sales }: &'a VehicleRecord) -> Self {
        Self { vehicle_id: vehicle, status: *status, plate: plate.as_ref(), sales }
    }
}

/// A plan comercial as it is offered.
#[derive(Debug, Serialize)]
pub struct PlanView<'a> {
    code: &'a PlanCode,
    base_platform: &'a BasePlatform,
    tariffs: Vec<TariffView<'a>>,
    updated_by: &'a EmployeeId,
    updated_at: Timestamp,
}

#[derive(Debug, Serialize)]
struct TariffView<'a> {
    country: CountryCode,
    currency: &'static str,
    price: u64,
    signal: u64,
    options: Vec<OptionView<'a>>,
}

#[derive(Debug, Serialize)]
struct OptionView<'a> {
    code: &'a OptionCode,
    price: u64,
}

impl<'a> From<&'a CommercialPlan> for PlanView<'a> {
    fn from(
        CommercialPlan { code, base_platform, tariffs, updated_by, updated_at }: &'a CommercialPlan,
    ) -> Self {
        let tariffs = tariffs.iter().map(|tariff| {
            let (terms, options) = (tariff.terms(), tariff.options().iter());
            TariffView {
                country: tariff.country(),
                currency: terms.price().currency().code(),
                price: terms.price().minor(),
                signal: terms.signal().minor(),
                options: options
                    .map(|option| OptionView { code: &option.code, price: option.price.minor() })
                    .collect(),
            }
        });
        Self {
            code,
            base_platform,
            tariffs: tariffs.collect(),
            updated_by,
            updated_at: *updated_at,
        }
    }
}

#[derive(Debug, Serialize)]
struct TermsView {
    currency: &'static str,
    price: u64,
    signal: u64,
    balance: u64,
}

impl From<Terms> for TermsView {
    fn from(terms: Terms) -> Self {
        let (price, signal, balance) =
            (terms.price().minor(), terms.signal().minor(), terms.balance().minor());
        Self { currency: terms.price().currency().code(), price, signal, balance }
    }
}

#[derive(Debug, Serialize)]
struct CustomerView<'a> {
    full_name: &'a FullName,
    email: &'a EmailAddress,
    phone: &'a PhoneNumber,
    address: &'a Address,
    language: Language,
}

impl<'a> From<&'a Customer> for CustomerView<'a> {
    fn from(customer: &'a Customer) -> Self {
        let Customer { id: _, full_name, email, phone, address, language } = customer;
        Self { full_name, email, phone, address, language: *language }
    }
}

#[derive(Debug, Serialize)]
struct OrderView<'a> {
    order_id: &'a OrderId,
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_delivery: Option<Date>,
}

/// Who cancelled, when, why.
#[derive(Debug, Serialize)]
struct CancellationView<'a> {
    by: &'a EmployeeId,
    reason: &'a Reason,
    at: Timestamp,
}

impl<'a> CancellationView<'a> {
    fn of(sale: &'a Sale) -> Option<Self> {
        let Stage::Cancelled { by, reason } = &sale.stage else { return None };
        let fact = sale.facts.iter().find(|fact| fact.0 == FactKind::Cancelled)?;
        Some(Self { by, reason, at: fact.1 })
    }
}

/// Who had the customer's data erased, and when.
#[derive(Debug, Serialize)]
struct ErasureView<'a> {
    by: &'a EmployeeId,
    at: Timestamp,
}

/// Who gave more time, when, why, and how much.
#[derive(Debug, Serialize)]
struct ExtensionView<'a> {
    by: &'a EmployeeId,
    reason: &'a Reason,
    at: Timestamp,
    from: Timestamp,
    to: Timestamp,
}

impl<'a> From<&'a Extension> for ExtensionView<'a> {
    fn from(Extension { by, reason, at, from, to }: &'a Extension) -> Self {
        Self { by, reason, at: *at, from: *from, to: *to }
    }
}

/// What people had to look at, and who closed it, if it did not close by itself.
#[derive(Debug, Serialize)]
struct CaseView<'a> {
    kind: CaseKind,
    opened_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_by: Option<&'a EmployeeId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a Reason>,
}

impl<'a> From<&'a Case> for CaseView<'a> {
    fn from(Case { kind, opened_at, closed_at, closure }: &'a Case) -> Self {
        let closed_at = closed_at.and_then(|at| Timestamp::from_millisecond(at).ok());
        let (closed_by, reason) =
            closure.as_ref().map(|closure| (&closure.by, &closure.reason)).unzip();
        Self { kind: *kind, opened_at: *opened_at, closed_at, closed_by, reason }
    }
}

#[derive(Debug, Serialize)]
struct RegistrationView<'a> {
    registration_id: &'a RegistrationId,
    plate: &'a Plate,
}

/// A document on file.
#[derive(Debug, Serialize)]
struct DocumentView<'a> {
    kind: DocumentKind,
    sha256: &'a str,
    by: &'a EmployeeId,
    at: Timestamp,
}

impl<'a> From<&'a Document> for DocumentView<'a> {
    fn from(Document { kind, sha256, by, at }: &'a Document) -> Self {
        Self { kind: *kind, sha256: sha256.as_str(), by, at: *at }
    }
}

/// A document on file, as its owner sees it.
#[derive(Debug, Serialize)]
struct OnFileView {
    kind: DocumentKind,
    at: Timestamp,
}

/// Who corrected what, when and why.
#[derive(Debug, Serialize)]
struct CorrectionView<'a> {
    by: &'a EmployeeId,
    reason: &'a Reason,
    at: Timestamp,
    fields: &'a [String],
}

impl<'a> From<&'a Correction> for CorrectionView<'a> {
    fn from(Correction { by, reason, at, fields }: &'a Correction) -> Self {
        Self { by, reason, at: *at, fields }
    }
}

/// What the country's authority wants, what it said, and what is to be paid.
#[derive(Debug, Serialize)]
struct AuthorityView<'a> {
    name: &'a str,
    language: Language,
    expected_days: u16,
    required_documents: &'a [DocumentKind],
    missing_documents: Vec<DocumentKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'a str>,
    charges: Vec<ChargeView<'a>>,
}

/// A fee or a tax: how much, by which rule, from where the figure is, and as of when.
#[derive(Debug, Serialize)]
struct ChargeView<'a> {
    name: &'a str,
    kind: ChargeKind,
    amount: u64,
    rule: String,
    source: &'a str,
    as_of: Date,
}

impl<'a> AuthorityView<'a> {
    fn new(country: &'a Country, sale: &'a Sale) -> Self {
        let charge = |charge: &'a Charge| {
            let rule = match charge.included_permille {
                Some(rate) => {
                    format!("{}.{} % of the net price, included in it", rate / 10, rate % 10)
                }
                None => "fixed, beside the price".to_owned(),
            };
            let (name, source) = (charge.name.as_str(), charge.source.as_str());
            ChargeView {
                name,
                kind: charge.kind,
                amount: charge.amount(sale.terms.price()),
                rule,
                source,
                as_of: charge.as_of,
            }
        };
        Self {
            name: &country.authority,
            language: country.language,
            expected_days: country.expected_days,
            required_documents: &country.required_documents,
            missing_documents: sale.missing_documents(),
            refusal: sale.refusal(),
            charges: country.charges.iter().map(charge).collect(),
        }
    }
}

/// How far the delivery is prepared, once the vehicle is registered.
#[derive(Debug, Serialize)]
pub struct PreparationView<'a> {
    checks: Vec<CheckView<'a>>,
    open_checks: Vec<CheckKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    appointment: Option<AppointmentView<'a>>,
}

/// A line of the checklist: who saw to it, and when.
#[derive(Debug, Serialize)]
struct CheckView<'a> {
    kind: CheckKind,
    by: &'a EmployeeId,
    at: Timestamp,
}

#[derive(Debug, Serialize)]
struct AppointmentView<'a> {
    #[serde(flatten)]
    arranged: ArrangedView,
    by: &'a EmployeeId,
}

/// When and where the customer gets the vehicle.
#[derive(Debug, Serialize)]
struct ArrangedView {
    date: Date,
    place: DeliveryPlace,
}

impl From<&Appointment> for ArrangedView {
    fn from(Appointment { date, place, by: _ }: &Appointment) -> Self {
        Self { date: *date, place: *place }
    }
}

impl<'a> PreparationView<'a> {
    /// What was done and arranged for this sale; `None` before there is anything to prepare.
    pub fn of(sale: &'a Sale) -> Option<Self> {
        let due = matches!(sale.stage, Stage::ReadyForDelivery { .. } | Stage::HandedOver { .. });
        due.then(|| Self {
            checks: sale
                .checks
                .iter()
                .map(|Check { kind, by, at }| CheckView { kind: *kind, by, at: *at })
                .collect(),
            open_checks: sale.open_checks(),
            appointment: sale
                .appointment
                .as_ref()
                .map(|arranged| AppointmentView { arranged: arranged.into(), by: &arranged.by }),
        })
    }
}

#[derive(Debug, Serialize)]
struct EventView {
    #[serde(rename = "type")]
    kind: FactKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    at: Timestamp,
}

#[derive(Debug, Serialize)]
struct PaymentsView {
    signal: PaymentView,
    balance: PaymentView,
}

/// A payment: what it is as a whole, and each attempt at it.
#[derive(Debug, Serialize)]
struct PaymentView {
    amount: u64,
    state: PaymentState,
    attempts: Vec<AttemptView>,
}

/// In the order of what counts most: money that the bank took back, captured money, then what is
/// open, then the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum PaymentState {
    Unpaid,
    Declined,
    Refunded,
    RefundDue,
    Unknown,
    Processing,
    Captured,
    Reversed,
}

impl PaymentState {
    fn of(state: &AttemptState) -> Self {
        match state {
            AttemptState::Unknown => Self::Unknown,
            AttemptState::Processing(_) => Self::Processing,
            AttemptState::Declined(_) => Self::Declined,
            AttemptState::Captured(_) => Self::Captured,
            AttemptState::RefundDue(_) => Self::RefundDue,
            AttemptState::Refunded(..) => Self::Refunded,
            AttemptState::Reversed(_) => Self::Reversed,
        }
    }
}

#[derive(Debug, Serialize)]
struct AttemptView {
    attempt_id: AttemptId,
    method: PaymentMethod,
    state: PaymentState,
    #[serde(skip_serializing_if = "Option::is_none")]
    decline: Option<Decline>,
    started_at: Timestamp,
}

impl From<&Attempt> for AttemptView {
    fn from(attempt: &Attempt) -> Self {
        let decline = match attempt.state {
            AttemptState::Declined(decline) => Some(decline),
            _ => None,
        };
        let (attempt_id, method, started_at) = (attempt.id, attempt.method, attempt.started_at);
        Self { attempt_id, method, state: PaymentState::of(&attempt.state), decline, started_at }
    }
}

impl PaymentView {
    fn new(sale: &Sale, kind: PaymentKind) -> Self {
        let attempts = sale.attempts(kind);
        let state = attempts.iter().map(|attempt| PaymentState::of(&attempt.state)).max();
        Self {
            amount: sale.amount_due(kind).minor(),
            state: state.unwrap_or(PaymentState::Unpaid),
            attempts: attempts.iter().map(AttemptView::from).collect(),
        }
    }
}
