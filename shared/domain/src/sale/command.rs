//! The commands: each is what somebody asks of a sale, with what the decision needs to know.

use super::{
    CaseKind, CheckKind, Closure, Expected, Means, Milestone, MoneyBack, Order, PaymentKind,
    PaymentOutcome, Registration, Slot, Trouble,
};
use crate::country::DocumentKind;
use crate::ids::ShortDigest;
use crate::{AttemptId, CustomerKey, EmployeeId, OrderId, Reason, Vin};
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

/// What can be asked of a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Store the intent to charge.
    StartPayment {
        /// Señal or balance; each is due in one stage only.
        kind: PaymentKind,
        /// A fresh id.
        attempt: AttemptId,
        /// Digest of the request's key.
        key: ShortDigest,
        /// Digest of the request's content.
        fingerprint: ShortDigest,
        /// How the customer pays.
        means: Means,
        /// Whether an employee asks for it.
        at_desk: bool,
    },
    /// Record what the gateway said.
    RecordPayment {
        /// The attempt that the gateway speaks of; another sale's is refused.
        attempt: AttemptId,
        /// What it said.
        outcome: PaymentOutcome,
        /// Whether this is what the payment request will be answered (the gateway's direct answer,
        /// not a webhook).
        answers_request: bool,
    },
    /// Record what left again of captured money, by a reading of the gateway's books.
    RecordMoneyBack {
        /// The attempt whose money it is; another sale's is refused.
        attempt: AttemptId,
        /// What the gateway's books say, or a part of that.
        told: MoneyBack,
    },
    /// Record that the bank returned a debit that had succeeded, as the gateway says now. An old
    /// webhook is no such news.
    RecordReturn {
        /// The attempt whose money it is; another sale's is refused.
        attempt: AttemptId,
    },
    /// Put before people what the gateway should have told or done by then.
    OpenCases {
        /// What is open since this moment, or longer, becomes a case.
        unsettled_since: Timestamp,
    },
    /// A manager closes a case that the system can't settle.
    CloseCase {
        /// The case to close; there has to be an open one of this kind.
        kind: CaseKind,
        /// Who, and why.
        closure: Closure,
    },
    /// A manager says which vehicle stands at the dealership, where what the factory reports doesn't
    /// fit, and so closes the case.
    AcceptVehicle {
        /// The VIN on the vehicle itself.
        vehicle: Vin,
        /// Who, and why.
        closure: Closure,
    },
    /// Store the intent to order.
    RequestOrder,
    /// The factory confirmed.
    ConfirmOrder(Order),
    /// The factory refused.
    RefuseOrder {
        /// What it said.
        reason: String,
    },
    /// The factory reported a milestone.
    ReportMilestone {
        /// The factory's order id.
        order: OrderId,
        /// How far it is.
        milestone: Milestone,
        /// The vehicle, once it has an id.
        vehicle: Option<Vin>,
        /// A new estimate, if any.
        estimated_delivery: Option<Expected>,
        /// How long the customer has to pay the balance once told.
        final_payment_window: SignedDuration,
    },
    /// The factory reported that an order doesn't go on.
    ReportTrouble {
        /// The factory's order id.
        order: OrderId,
        /// What it is.
        trouble: Trouble,
    },
    /// The factory can't be reached: a case for people, if that is so since then.
    MissFactory {
        /// It is late if the order was asked for first at this moment or before.
        asked_before: Timestamp,
    },
    /// The wait for the señal timed out.
    Lapse,
    /// The wait for the balance timed out.
    Unassign,
    /// Remind the customer of the deadline of the balance, once it is as near as `lead`.
    Remind {
        /// How long before the deadline.
        lead: SignedDuration,
    },
    /// A manager cancels the sale.
    Cancel {
        /// Whoever asks for it, by the id in the employee's token (`sub`).
        by: EmployeeId,
        /// The manager's own words, up to 200 characters; they may name the customer.
        reason: Reason,
    },
    /// A manager gives the customer until `pay_by` for the balance.
    ExtendDeadline {
        /// Whoever asks for it, by the id in the employee's token (`sub`).
        by: EmployeeId,
        /// The manager's own words, up to 200 characters; they may name the customer.
        reason: Reason,
        /// The new deadline.
        pay_by: Timestamp,
        /// How far all extensions together may go beyond the first deadline.
        max_extension: SignedDuration,
    },
    /// A manager has the customer's personal data erased.
    EraseCustomer {
        /// Whoever asks for it, by the id in the employee's token (`sub`).
        by: EmployeeId,
    },
    /// Correct the customer's data.
    CorrectCustomer {
        /// Whether what partners know the owner by is corrected: name, address or tax number.
        owner: bool,
        /// Whose sale it is, by the e-mail address that is right.
        customer: CustomerKey,
    },
    /// Put documents on file for the authority.
    RecordDocuments(Vec<DocumentKind>),
    /// Store the intent to register the vehicle with the authority.
    RequestRegistration,
    /// The authority refused.
    RefuseRegistration {
        /// What it said.
        reason: String,
    },
    /// The authority can't be reached: a case for people, if that is so since then.
    MissAuthority {
        /// It is late if the authority was asked first at this moment or before.
        asked_before: Timestamp,
    },
    /// The authority works on it.
    HearAuthority,
    /// A mail to the customer came back.
    ReportUndeliverable,
    /// A manager has the authority asked again.
    ResubmitRegistration {
        /// Who, and why.
        closure: Closure,
    },
    /// The authority registered it.
    ConfirmRegistration(Registration),
    /// An employee ticks lines of the delivery's checklist, or arranges its day and place.
    PrepareDelivery {
        /// Whoever asks for it, by the id in the employee's token (`sub`).
        by: EmployeeId,
        /// What is done.
        checks: Vec<CheckKind>,
        /// When and where, if that is to be set.
        appointment: Option<Slot>,
        /// What the dealership's clock shows.
        local: DateTime,
    },
}
