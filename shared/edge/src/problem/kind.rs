//! The kinds of problem, each with its status, the name of its type and its title.

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
    /// All is prepared, but the day that was arranged is over.
    DayGone = 409 "day-gone" "The day of the delivery is over",
    /// A delivery is arranged twelve times at most.
    TooManyArrangements = 409 "too-many-arrangements" "The delivery was arranged too often",
    /// A sale has forty documents at most.
    TooManyDocuments = 409 "too-many-documents" "The sale has too many documents",
    /// A customer has ten devices at most.
    TooManyDevices = 409 "too-many-devices" "The customer has too many devices",
    /// One address, one account: the desk says whose it is.
    EmailOfAnother = 409 "email-of-another" "The e-mail address is a customer's of another name",
    /// What a partner was told stays, as long as it may act on it.
    PartnerHasCustomer = 409 "partner-has-customer" "A partner is asked with the customer's data",
    /// The vehicle can't be another any more.
    RegistrationUnderWay = 409 "registration-under-way" "The authority is asked to register the vehicle",
    /// A customer's data are corrected twenty times at most.
    TooManyCorrections = 409 "too-many-corrections" "The customer's data were corrected too often",
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
    pub(super) fn retry_after(self) -> Option<u32> {
        match self {
            Self::Unavailable => Some(2),
            Self::PaymentOutcomeUnknown => Some(5),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

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
        let description = include_str!("../../../../infra/openapi.yaml");
        for kind in ProblemType::ALL {
            assert!(description.contains(&format!("type: {}\n", kind.uri())), "{kind:?}");
            assert!(description.contains(&format!("title: {}\n", kind.title())), "{kind:?}");
        }
    }
}
