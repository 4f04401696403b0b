//! Faults as HTTP tells them: RFC 9457 problem details, each kind with a type that stays.

use crate::reader::Fault;
use domain::account::{PasswordFault, TooSoon};
use domain::plan::NotOffered;
use domain::ports::StoreFault;
use domain::sale::{Decline, Rejection};
use domain::use_cases::pay::{DisputeFailure, PayFailure, UpdateFailure};
use domain::use_cases::{
    Failure, activate_account, change_password, log_in, register_sale, resend_credentials,
    reset_password,
};
use domain::vehicle::NotInStock;
use serde_json::{Value, json};

/// Where the types' names live; a name, not a promise of a page.
pub const TYPE_BASE: &str = "https://caas.example/problems/";

macro_rules! problem_types {
    ($($(#[$doc:meta])* $name:ident = $status:literal $slug:literal $title:literal,)*) => {
        /// The kinds of problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemType {
            $($(#[$doc])* $name,)*
        }

        impl ProblemType {
            /// Every kind of problem, which the API's description lists as well.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The HTTP status code that it is answered with.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// The last part of the type's URI.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            /// What is wrong, the same for each of its kind.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

problem_types! {
    /// The request's address can't be one.
    MalformedRequest = 400 "malformed-request" "The request can't be read",
    /// The body is not JSON; `detail` says at which line and column.
    MalformedBody = 400 "malformed-body" "The body is not valid JSON",
    /// A payment needs one.
    IdempotencyKeyMissing = 400 "idempotency-key-missing" "The Idempotency-Key header is missing",
    /// Not 1 to 255 visible ASCII characters.
    IdempotencyKeyInvalid = 400 "idempotency-key-invalid" "The Idempotency-Key header can't be used",
    /// No token, or one without an employee's claims.
    Unauthenticated = 401 "unauthenticated" "The request carries no valid token",
    /// User name and password, or a mailed link, that open nothing; which part is wrong is not
    /// told.
    CredentialsRefused = 401 "credentials-refused" "The credentials are not valid",
    /// A webhook of nobody we know.
    SignatureInvalid = 401 "signature-invalid" "The signature is missing or doesn't fit",
    /// The gateway or the bank said no.
    PaymentDeclined = 402 "payment-declined" "The payment was declined",
    /// An employee who may not.
    Forbidden = 403 "forbidden" "The token doesn't allow this",
    /// No such sale, or another dealership's.
    SaleNotFound = 404 "sale-not-found" "There is no such sale",
    /// No such vehicle, or another dealership's.
    VehicleNotFound = 404 "vehicle-not-found" "The dealership has no such vehicle",
    /// The factory speaks of an order that we don't have.
    OrderNotFound = 404 "order-not-found" "There is no such order",
    /// The gateway speaks of a payment that we don't have.
    PaymentNotFound = 404 "payment-not-found" "There is no such payment",
    /// The sale hasn't come to the stage in which this payment is made.
    PaymentNotDue = 409 "payment-not-due" "This payment is not due",
    /// The payment was captured by another request.
    AlreadyPaid = 409 "already-paid" "This payment was made already",
    /// Another attempt of this payment is open.
    PaymentInProgress = 409 "payment-in-progress" "Another attempt to pay is in progress",
    /// Lapsed, refused or sin asignar.
    SaleEnded = 409 "sale-ended" "The sale has ended",
    /// The last moment at which this payment could begin is past.
    DeadlinePassed = 409 "deadline-passed" "The deadline for this payment has passed",
    /// A payment has twelve attempts at most.
    TooManyAttempts = 409 "too-many-attempts" "This payment was attempted too often",
    /// From the intent to order on.
    OrderAlreadyPlaced = 409 "order-already-placed" "The factory order is placed already",
    /// There is nothing to extend.
    NoDeadline = 409 "no-deadline" "No final payment is awaited",
    /// A deadline is extended eight times at most.
    TooManyExtensions = 409 "too-many-extensions" "The deadline was extended too often",
    /// None of this kind is open.
    CaseNotFound = 404 "case-not-found" "No such case",
    /// It is not a person's to close.
    CaseClosesItself = 409 "case-closes-itself" "This case closes by itself",
    /// The bank took it back.
    PaymentReversed = 409 "payment-reversed" "A payment was reversed",
    /// The authority would refuse.
    DocumentsMissing = 409 "documents-missing" "Documents are missing",
    /// Full payment comes first.
    RegistrationNotDue = 409 "registration-not-due" "The registration is not due",
    /// The authority has registered the vehicle for this sale.
    AlreadyRegistered = 409 "already-registered" "The vehicle is registered already",
    /// Registration comes first.
    DeliveryNotDue = 409 "delivery-not-due" "The delivery can't be prepared yet",
    /// It is the delivery subsystem's.
    HandedOver = 409 "handed-over" "The sale is handed over to delivery",
    /// A delivery is arranged twelve times at most.
    TooManyArrangements = 409 "too-many-arrangements" "The delivery was arranged too often",
    /// A sale has forty documents at most.
    TooManyDocuments = 409 "too-many-documents" "The sale has too many documents",
    /// A customer has ten devices at most.
    TooManyDevices = 409 "too-many-devices" "The customer has too many devices",
    /// A customer's data are corrected twenty times at most.
    TooManyCorrections = 409 "too-many-corrections" "The customer's data were corrected too often",
    /// One order, one vehicle.
    VehicleMismatch = 409 "vehicle-mismatch" "The order has another vehicle",
    /// One vehicle, one sale.
    VehicleHeld = 409 "vehicle-held" "The vehicle is held by another sale",
    /// What is paid for is what is there.
    VehicleDiffers = 409 "vehicle-differs" "The vehicle is not what the plan sells",
    /// A sale costs before anybody has paid: others come first.
    TooManyUnpaid = 409 "too-many-unpaid" "Too many reservations are unpaid",
    /// Whoever buys is a customer.
    PurchaseOpen = 409 "purchase-open" "A purchase of the customer is not over",
    /// The gateway moved another amount than was asked for.
    AmountMismatch = 409 "amount-mismatch" "The amount is not the one that was asked for",
    /// There is a password already: the customer can reset it.
    AccountActive = 409 "account-active" "The account is active already",
    /// More than any request needs.
    BodyTooLarge = 413 "body-too-large" "The body is too large",
    /// The content type of the body is not `application/json`.
    ContentTypeUnsupported = 415 "content-type-unsupported" "The content type must be application/json",
    /// Body or parameters have errors; `errors` lists all of them.
    InvalidRequest = 422 "invalid-request" "The request has faults",
    /// One key, one request.
    IdempotencyKeyReused = 422 "idempotency-key-reused" "The Idempotency-Key was used with another request",
    /// The plan has no such options or country; `errors` says which.
    NotOffered = 422 "not-offered" "The plan is not offered like this",
    /// Guessing is slow.
    TooManyLogIns = 429 "too-many-log-ins" "Too many attempts were made with this account",
    /// An error of ours: the log has it under the request's id.
    InternalError = 500 "internal-error" "Something is wrong on our side",
    /// Something we need can't be reached for the moment; `Retry-After` says when to come back.
    Unavailable = 503 "unavailable" "The service is unavailable for the moment",
    /// The gateway gave no clear answer: the same request again, under the same key, finds out.
    PaymentOutcomeUnknown = 503 "payment-outcome-unknown" "The outcome of the payment is not known yet",
}

impl ProblemType {
    /// The stable URI.
    pub fn uri(self) -> String {
        format!("{TYPE_BASE}{}", self.slug())
    }

    /// Seconds after which a repeat makes sense.
    fn retry_after(self) -> Option<u32> {
        match self {
            Self::Unavailable => Some(2),
            Self::PaymentOutcomeUnknown => Some(5),
            _ => None,
        }
    }
}

/// A problem of one kind, with what is said of this occurrence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    kind: ProblemType,
    detail: Option<String>,
    errors: Vec<Fault>,
    decline: Option<Decline>,
    retry_after: Option<u32>,
}

impl Problem {
    /// A problem of this kind.
    pub fn new(kind: ProblemType) -> Self {
        Self {
            kind,
            detail: None,
            errors: Vec::new(),
            decline: None,
            retry_after: kind.retry_after(),
        }
    }

    /// Says more about this one; for the client's eyes.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// Every fault of a request.
    pub fn invalid(errors: Vec<Fault>) -> Self {
        Self { errors, ..Self::new(ProblemType::InvalidRequest) }
    }

    /// A plan that isn't sold so, and which part of the request says it.
    pub fn not_offered(why: &NotOffered) -> Self {
        let pointers = match why {
            NotOffered::Plan | NotOffered::Country(_) => vec!["/plan/code".to_owned()],
            NotOffered::Options(places) => {
                places.iter().map(|place| format!("/plan/options/{place}")).collect()
            }
            NotOffered::Price => return ProblemType::InternalError.into(),
        };
        let errors =
            pointers.into_iter().map(|pointer| Fault::new(pointer, why.to_string())).collect();
        Self { errors, ..Self::new(ProblemType::NotOffered) }
    }

    /// A declined payment, and why.
    pub fn declined(decline: Decline) -> Self {
        Self { decline: Some(decline), ..Self::new(ProblemType::PaymentDeclined) }
    }

    /// An attempt that came before its time.
    pub fn too_soon(wait: TooSoon) -> Self {
        Self { retry_after: Some(wait.seconds), ..Self::new(ProblemType::TooManyLogIns) }
    }

    /// Seconds after which a repeat makes sense.
    pub fn retry_after(&self) -> Option<u32> {
        self.retry_after
    }

    /// The kind, and so the status and the type's URI.
    pub fn kind(&self) -> ProblemType {
        self.kind
    }

    /// The faults of an invalid request.
    pub fn errors(&self) -> &[Fault] {
        &self.errors
    }

    /// The JSON object, for the answer to `request_id`.
    pub fn body(&self, request_id: &str) -> Value {
        let mut body = json!({
            "type": self.kind.uri(),
            "title": self.kind.title(),
            "status": self.kind.status(),
            "request_id": request_id,
        });
        if let Some(members) = body.as_object_mut() {
            members.extend(self.detail.as_ref().map(|detail| ("detail".to_owned(), json!(detail))));
            members.extend(self.decline.map(|decline| ("decline".to_owned(), json!(decline))));
            if !self.errors.is_empty() {
                members.insert("errors".to_owned(), json!(self.errors));
            }
        }
        body
    }
}

impl From<ProblemType> for Problem {
    fn from(kind: ProblemType) -> Self {
        Self::new(kind)
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let kind = match &rejection {
            Rejection::NotDue(_) => ProblemType::PaymentNotDue,
            Rejection::Ended(_) => ProblemType::SaleEnded,
            Rejection::AlreadyPaid => ProblemType::AlreadyPaid,
            // Only the workflow's own commands are answered with `StillWaiting`; for a client it
            // would be the same.
            Rejection::PaymentInProgress | Rejection::StillWaiting => {
                ProblemType::PaymentInProgress
            }
            Rejection::TooManyAttempts => ProblemType::TooManyAttempts,
            Rejection::DeadlinePassed(_) => ProblemType::DeadlinePassed,
            Rejection::DocumentsMissing(_) => ProblemType::DocumentsMissing,
            Rejection::AlreadyRegistered => ProblemType::AlreadyRegistered,
            Rejection::NoCase => ProblemType::CaseNotFound,
            Rejection::ClosesItself => ProblemType::CaseClosesItself,
            // Only the workflow's own tasks are answered so, and so.
            Rejection::RegistrationRefused => ProblemType::RegistrationNotDue,
            Rejection::PaymentReversed => ProblemType::PaymentReversed,
            Rejection::OrderIsPlaced => ProblemType::OrderAlreadyPlaced,
            Rejection::PurchaseOpen => ProblemType::PurchaseOpen,
            Rejection::NoDeadline(_) => ProblemType::NoDeadline,
            Rejection::TooManyExtensions => ProblemType::TooManyExtensions,
            Rejection::NotLater(after) => {
                return Self::invalid(vec![Fault::new(
                    "/pay_by",
                    format!("must be later than {after}"),
                )]);
            }
            Rejection::TooLate(latest) => {
                return Self::invalid(vec![Fault::new(
                    "/pay_by",
                    format!("must be {latest} at the latest"),
                )]);
            }
            Rejection::DeliveryNotDue(_) => ProblemType::DeliveryNotDue,
            Rejection::HandedOver => ProblemType::HandedOver,
            Rejection::TooManyArrangements => ProblemType::TooManyArrangements,
            Rejection::DateOutOfRange(earliest, latest) => {
                return Self::invalid(vec![Fault::new(
                    "/appointment/date",
                    format!("must be from {earliest} to {latest}"),
                )]);
            }
            Rejection::UnknownAttempt => ProblemType::PaymentNotFound,
            Rejection::UnknownOrder(_) => ProblemType::OrderNotFound,
            Rejection::MissingVehicle => {
                return Self::invalid(vec![Fault::new(
                    "/data/vehicle_id",
                    "is required from AtDealership on",
                )]);
            }
            Rejection::OtherVehicle(_) => ProblemType::VehicleMismatch,
        };
        Self::new(kind).detail(rejection.to_string())
    }
}

impl From<StoreFault> for Problem {
    fn from(fault: StoreFault) -> Self {
        match fault {
            StoreFault::Unavailable => ProblemType::Unavailable.into(),
            StoreFault::Corrupt => ProblemType::InternalError.into(),
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Rejected(rejection) => rejection.into(),
            Failure::NotFound => ProblemType::SaleNotFound.into(),
            Failure::VehicleHeld => ProblemType::VehicleHeld.into(),
            Failure::Contended => ProblemType::Unavailable.into(),
            Failure::Store(fault) => fault.into(),
        }
    }
}

impl From<register_sale::Failure> for Problem {
    fn from(failure: register_sale::Failure) -> Self {
        match failure {
            register_sale::Failure::KeyReused => ProblemType::IdempotencyKeyReused.into(),
            register_sale::Failure::NotInStock(why) => Self::new(match why {
                NotInStock::Unknown => ProblemType::VehicleNotFound,
                NotInStock::Held => ProblemType::VehicleHeld,
                NotInStock::OtherBuild => ProblemType::VehicleDiffers,
            }),
            register_sale::Failure::TooManyUnpaid(whose) => Self::new(ProblemType::TooManyUnpaid)
                .detail(format!("{whose}: have the señal of others paid, or cancel them, before you register another sale")),
            register_sale::Failure::NotOffered(why) => Self::not_offered(&why),
            register_sale::Failure::Store(fault) => fault.into(),
        }
    }
}

impl From<PayFailure> for Problem {
    fn from(failure: PayFailure) -> Self {
        match failure {
            PayFailure::KeyReused => ProblemType::IdempotencyKeyReused.into(),
            PayFailure::OutcomeUnknown => Self::new(ProblemType::PaymentOutcomeUnknown)
                .detail("repeat the request with the same Idempotency-Key: the customer is charged once at most"),
            PayFailure::Failed(failure) => failure.into(),
        }
    }
}

impl From<UpdateFailure> for Problem {
    fn from(failure: UpdateFailure) -> Self {
        match failure {
            UpdateFailure::OtherAmount { .. } => {
                Self::new(ProblemType::AmountMismatch).detail(failure.to_string())
            }
            UpdateFailure::NoAnswer(_) => ProblemType::Unavailable.into(),
            UpdateFailure::Failed(failure) => failure.into(),
        }
    }
}

/// Where a request has its new password.
fn new_password(fault: PasswordFault) -> Problem {
    Problem::invalid(vec![Fault::new("/new_password", fault.to_string())])
}

impl From<log_in::Failure> for Problem {
    fn from(failure: log_in::Failure) -> Self {
        match failure {
            log_in::Failure::Refused => ProblemType::CredentialsRefused.into(),
            log_in::Failure::TooSoon(wait) => Self::too_soon(wait),
            log_in::Failure::Store(fault) => fault.into(),
        }
    }
}

impl From<activate_account::Failure> for Problem {
    fn from(failure: activate_account::Failure) -> Self {
        match failure {
            activate_account::Failure::Refused => ProblemType::CredentialsRefused.into(),
            activate_account::Failure::Password(fault) => new_password(fault),
            activate_account::Failure::Store(fault) => fault.into(),
        }
    }
}

impl From<change_password::Failure> for Problem {
    fn from(failure: change_password::Failure) -> Self {
        match failure {
            change_password::Failure::Refused => ProblemType::CredentialsRefused.into(),
            change_password::Failure::TooSoon(wait) => Self::too_soon(wait),
            change_password::Failure::Password(fault) => new_password(fault),
            change_password::Failure::Store(fault) => fault.into(),
        }
    }
}

impl From<resend_credentials::Failure> for Problem {
    fn from(failure: resend_credentials::Failure) -> Self {
        match failure {
            resend_credentials::Failure::NotFound => ProblemType::SaleNotFound.into(),
            resend_credentials::Failure::Active => ProblemType::AccountActive.into(),
            resend_credentials::Failure::Store(fault) => fault.into(),
            resend_credentials::Failure::Queue(_) => ProblemType::Unavailable.into(),
        }
    }
}

impl From<reset_password::Failure> for Problem {
    fn from(failure: reset_password::Failure) -> Self {
        match failure {
            reset_password::Failure::Refused => ProblemType::CredentialsRefused.into(),
            reset_password::Failure::Password(fault) => new_password(fault),
            reset_password::Failure::Store(fault) => fault.into(),
        }
    }
}

impl From<DisputeFailure> for Problem {
    fn from(failure: DisputeFailure) -> Self {
        match failure {
            DisputeFailure::NoAnswer(_) => ProblemType::Unavailable.into(),
            DisputeFailure::Failed(failure) => failure.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{OrderId, Status, Vin};
    use jiff::Timestamp;
    use std::collections::HashSet;

    #[test]
    fn every_rejection_has_its_problem() {
        let vin = Vin::parse("VSSZZZ5FZJR012345").unwrap();
        let table = [
            (Rejection::NotDue(Status::Manufacturing), "payment-not-due", 409),
            (Rejection::Ended(Status::Lapsed), "sale-ended", 409),
            (Rejection::AlreadyPaid, "already-paid", 409),
            (Rejection::PaymentInProgress, "payment-in-progress", 409),
            (Rejection::TooManyAttempts, "too-many-attempts", 409),
            (Rejection::DeadlinePassed(Timestamp::UNIX_EPOCH), "deadline-passed", 409),
            (Rejection::UnknownAttempt, "payment-not-found", 404),
            (Rejection::StillWaiting, "payment-in-progress", 409),
            (Rejection::UnknownOrder(OrderId::parse("F-1").unwrap()), "order-not-found", 404),
            (Rejection::PaymentReversed, "payment-reversed", 409),
            (
                Rejection::DocumentsMissing(vec![domain::country::DocumentKind::Identity]),
                "documents-missing",
                409,
            ),
            (Rejection::RegistrationRefused, "registration-not-due", 409),
            (Rejection::AlreadyRegistered, "already-registered", 409),
            (Rejection::DeliveryNotDue(Status::PaymentReceived), "delivery-not-due", 409),
            (Rejection::HandedOver, "handed-over", 409),
            (Rejection::TooManyArrangements, "too-many-arrangements", 409),
            (
                Rejection::DateOutOfRange(jiff::civil::Date::MIN, jiff::civil::Date::MAX),
                "invalid-request",
                422,
            ),
            (Rejection::NoCase, "case-not-found", 404),
            (Rejection::ClosesItself, "case-closes-itself", 409),
            (Rejection::OrderIsPlaced, "order-already-placed", 409),
            (Rejection::PurchaseOpen, "purchase-open", 409),
            (Rejection::NoDeadline(Status::Manufacturing), "no-deadline", 409),
            (Rejection::TooManyExtensions, "too-many-extensions", 409),
            (Rejection::NotLater(Timestamp::UNIX_EPOCH), "invalid-request", 422),
            (Rejection::TooLate(Timestamp::UNIX_EPOCH), "invalid-request", 422),
            (Rejection::MissingVehicle, "invalid-request", 422),
            (Rejection::OtherVehicle(vin), "vehicle-mismatch", 409),
        ];
        for (rejection, slug, status) in table {
            let body = Problem::from(rejection.clone()).body("r-1");
            assert_eq!(
                body["type"],
                format!("https://caas.example/problems/{slug}"),
                "{rejection:?}"
            );
            assert_eq!(body["status"], status, "{rejection:?}");
        }
    }

    #[test]
    fn failures_beside_rejections_have_theirs() {
        let table: [(Problem, ProblemType); 13] = [
            (Failure::NotFound.into(), ProblemType::SaleNotFound),
            (Failure::VehicleHeld.into(), ProblemType::VehicleHeld),
            (Failure::Contended.into(), ProblemType::Unavailable),
            (Failure::Store(StoreFault::Unavailable).into(), ProblemType::Unavailable),
            (Failure::Store(StoreFault::Corrupt).into(), ProblemType::InternalError),
            (register_sale::Failure::KeyReused.into(), ProblemType::IdempotencyKeyReused),
            (register_sale::Failure::NotOffered(NotOffered::Plan).into(), ProblemType::NotOffered),
            (
                register_sale::Failure::NotInStock(NotInStock::Unknown).into(),
                ProblemType::VehicleNotFound,
            ),
            (register_sale::Failure::NotInStock(NotInStock::Held).into(), ProblemType::VehicleHeld),
            (
                register_sale::Failure::NotInStock(NotInStock::OtherBuild).into(),
                ProblemType::VehicleDiffers,
            ),
            (PayFailure::KeyReused.into(), ProblemType::IdempotencyKeyReused),
            (PayFailure::OutcomeUnknown.into(), ProblemType::PaymentOutcomeUnknown),
            (
                UpdateFailure::OtherAmount { reported: 1, asked: 2 }.into(),
                ProblemType::AmountMismatch,
            ),
        ];
        for (problem, kind) in table {
            assert_eq!(problem.kind(), kind);
        }
    }

    #[test]
    fn types_are_unique_and_every_503_says_when_to_come_back() {
        let uris: HashSet<String> = ProblemType::ALL.iter().map(|kind| kind.uri()).collect();
        assert_eq!(uris.len(), ProblemType::ALL.len());
        for kind in ProblemType::ALL {
            assert_eq!(kind.status() == 503, kind.retry_after().is_some(), "{kind:?}");
        }
    }

    #[test]
    fn every_type_is_described_for_clients() {
        let description = include_str!("../../../infra/openapi.yaml");
        for kind in ProblemType::ALL {
            assert!(description.contains(&format!("type: {}\n", kind.uri())), "{kind:?}");
            assert!(description.contains(&format!("title: {}\n", kind.title())), "{kind:?}");
        }
    }

    #[test]
    fn members_appear_only_where_they_say_something() {
        let body = Problem::declined(Decline::InsufficientFunds).body("r-1");
        assert_eq!(body["decline"], "insufficient_funds");
        assert!(body.get("errors").is_none() && body.get("detail").is_none());
        let body = Problem::invalid(vec![Fault::new("/plan", "is required")]).body("r-1");
        assert_eq!(body["errors"], json!([{ "pointer": "/plan", "detail": "is required" }]));
    }
}
