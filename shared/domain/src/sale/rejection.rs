//! The answers to a command that may not happen.

use super::Status;
use super::aggregate::MAX_EXTENSIONS;
use super::payment::MAX_ATTEMPTS;
use crate::OrderId;
use crate::country::DocumentKind;
use jiff::Timestamp;
use jiff::civil::{Date, Time};

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The step comes later.
    #[error("the sale is {0}: this step is not due yet")]
    NotDue(Status),
    /// The sale was lost or refused.
    #[error("the sale has ended: it is {0}")]
    Ended(Status),
    /// That payment is captured already.
    #[error("this payment was made already")]
    AlreadyPaid,
    /// An earlier attempt's outcome is open.
    #[error("another attempt to pay is in progress")]
    PaymentInProgress,
    /// Too many declined attempts.
    #[error("this payment was attempted {MAX_ATTEMPTS} times")]
    TooManyAttempts,
    /// A payment begins at its deadline at the latest; this was it.
    #[error("the deadline for this payment passed at {0}")]
    DeadlinePassed(Timestamp),
    /// No such attempt in this sale.
    #[error("the sale has no such payment attempt")]
    UnknownAttempt,
    /// From the intent to order on, the factory may be building; a stock vehicle is reserved once
    /// its señal is paid.
    #[error(
        "the factory order is placed, or about to be, or the vehicle is reserved: \
         the sale can't be cancelled"
    )]
    OrderIsPlaced,
    /// What a partner was told stays, as long as it may act on it.
    #[error(
        "the {0} is asked with the customer's name and address: \
         they can be corrected once it has answered"
    )]
    PartnerHasCustomer(&'static str),
    /// Only the deadline of the balance, and only while it is awaited.
    #[error("the sale is {0}: no final payment is awaited")]
    NoDeadline(Status),
    /// A deadline moves forward only, and not into the past.
    #[error("the deadline must be later than {0}")]
    NotLater(Timestamp),
    /// Configuration bounds how late it can be.
    #[error("the deadline can be {0} at the latest")]
    TooLate(Timestamp),
    /// A deadline is extended eight times at most: it bounds the item.
    #[error("the deadline was extended {MAX_EXTENSIONS} times")]
    TooManyExtensions,
    /// The bank took money back: what has not happened yet waits.
    #[error("a payment was reversed: the sale waits until that is settled")]
    PaymentReversed,
    /// The authority would refuse.
    #[error(
        "documents are missing: {}",
        .0.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")
    )]
    DocumentsMissing(Vec<DocumentKind>),
    /// It may be another one than was reported.
    #[error("it is not clear which vehicle it is: the dealership has to see to it")]
    VehicleUnclear,
    /// The authority refused, and nobody had it asked again.
    #[error("the authority refused: the dealership has to see to it")]
    RegistrationRefused,
    /// It is asked with this vehicle.
    #[error("the authority is asked to register the vehicle: it can't be another any more")]
    RegistrationUnderWay,
    /// Once is enough.
    #[error("the vehicle is registered already")]
    AlreadyRegistered,
    /// What is prepared comes after the registration.
    #[error("the sale is {0}: a delivery is prepared once the vehicle is registered")]
    DeliveryNotDue(Status),
    /// It is another subsystem's.
    #[error("the sale is handed over to delivery")]
    HandedOver,
    /// Not in the past, and not for ever.
    #[error("the date must be from {0} to {1}")]
    DateOutOfRange(Date, Date),
    /// Today, but the hour is over.
    #[error("it is {0} at the dealership: the hour is over")]
    HourGone(Time),
    /// All is prepared, but the day that was arranged is over.
    #[error("the delivery was arranged for {0}, which is over: arrange another day")]
    DayGone(Date),
    /// A delivery is arranged twelve times at most: it bounds the item, and the customer's mails.
    #[error("the delivery was arranged too often")]
    TooManyArrangements,
    /// None of this kind is open.
    #[error("the sale has no such case")]
    NoCase,
    /// The gateway can settle it, and is asked until it does.
    #[error("this case closes by itself once what it is about is settled")]
    ClosesItself,
    /// Whoever has a purchase under way is a customer.
    #[error(
        "a purchase of the customer is not over: it is under way, \
         or a payment, a refund or a case is open"
    )]
    PurchaseOpen,
    /// The wait is not over: money is on its way, or the deadline is later.
    #[error("the deadline has not passed, or a payment is on its way")]
    StillWaiting,
    /// The factory speaks of an order that this sale doesn't have.
    #[error("the sale has no order {0}")]
    UnknownOrder(OrderId),
}
