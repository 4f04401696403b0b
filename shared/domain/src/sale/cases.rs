//! Cases: what the system can't settle by itself, put before the dealership until it is settled.

use super::{AttemptState, Decline, Event, FactKind, Rejection, Sale, Stage};
use crate::{EmployeeId, Reason};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A bank debit or transfer takes days, and the gateway's webhook tells its end: before this nobody
/// asks. Stripe names five business days as usual (<https://docs.stripe.com/payments/sepa-debit>).
const BANK_DAYS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Something that people have to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// What it is about; at most one of a kind is open.
    pub kind: CaseKind,
    /// Since when it is before people.
    #[serde(with = "crate::time::millis")]
    pub opened_at: Timestamp,
    /// When it was settled, in milliseconds; absent while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<i64>,
    /// Who closed it; absent where it was settled by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closure: Option<Closure>,
}

/// A manager closed a case that the system can't: who, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// The manager, by the id in the employee's token (`sub`).
    pub by: EmployeeId,
    /// The manager's own words, up to 200 characters.
    pub reason: Reason,
}

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// The outcome of a payment is not known, and the gateway doesn't tell it.
    PaymentUnsettled,
    /// A refund is due, and the gateway doesn't make it.
    RefundUnsettled,
    /// The bank took a payment back.
    PaymentReversed,
    /// The sale is paid, and documents that the authority wants are not on file.
    DocumentsMissing,
    /// The authority refused to register the vehicle.
    RegistrationRefused,
    /// The authority can't be reached. It is still asked.
    AuthoritySilent,
    /// A mail to the customer came back, or was complained about: there are no more until people
    /// have seen to it.
    MailUndeliverable,
}

impl CaseKind {
    /// Every kind of case, for whoever has to go through them all.
    pub const ALL: [Self; 7] = [
        Self::PaymentUnsettled,
        Self::RefundUnsettled,
        Self::PaymentReversed,
        Self::DocumentsMissing,
        Self::RegistrationRefused,
        Self::AuthoritySilent,
        Self::MailUndeliverable,
    ];

    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PaymentUnsettled => "payment_unsettled",
            Self::RefundUnsettled => "refund_unsettled",
            Self::PaymentReversed => "payment_reversed",
            Self::DocumentsMissing => "documents_missing",
            Self::RegistrationRefused => "registration_refused",
            Self::AuthoritySilent => "authority_silent",
            Self::MailUndeliverable => "mail_undeliverable",
        }
    }
}

impl Sale {
    /// The cases that are open, oldest first. INVARIANT: at most one a kind.
    pub fn open_cases(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(|case| case.closed_at.is_none())
    }

    /// Whether one of this kind is open.
    pub fn has_open_case(&self, kind: CaseKind) -> bool {
        self.open_cases().any(|case| case.kind == kind)
    }

    /// Since when the gateway should have told or done what this sale waits for; `None`: nothing is
    /// open.
    pub fn unsettled_since(&self) -> Option<Timestamp> {
        [self.unsettled(CaseKind::PaymentUnsettled), self.unsettled(CaseKind::RefundUnsettled)]
            .into_iter()
            .flatten()
            .min()
    }

    /// Whether a payment that the bank took back holds the sale up: until it is ours again, or a
    /// manager answers for it.
    pub fn is_on_hold(&self) -> bool {
        self.has_open_case(CaseKind::PaymentReversed)
    }

    /// Whether the bank took back a payment that this sale counts on.
    fn has_reversed_payment(&self) -> bool {
        self.all_attempts().any(|(_, attempt)| matches!(attempt.state, AttemptState::Reversed(_)))
    }

    /// Since when there is a reason for a case of this kind; `None`: there is none.
    fn unsettled(&self, kind: CaseKind) -> Option<Timestamp> {
        match kind {
            CaseKind::PaymentUnsettled => {
                self.all_attempts().filter_map(|(_, attempt)| match attempt.state {
                    AttemptState::Unknown => Some(attempt.started_at),
                    AttemptState::Processing(_) => attempt.started_at.checked_add(BANK_DAYS).ok(),
                    _ => None,
                })
            }
            // Refunds are made in the order in which they fell due, or all at once: as many are
            // left as facts lack their end.
            CaseKind::RefundUnsettled => {
                let due = self
                    .all_attempts()
                    .any(|(_, attempt)| matches!(attempt.state, AttemptState::RefundDue(_)));
                let times =
                    |kind| self.facts.iter().filter(move |fact| fact.0 == kind).map(|fact| fact.1);
                return times(FactKind::RefundDue)
                    .nth(times(FactKind::Refunded).count())
                    .filter(|_| due);
            }
            CaseKind::PaymentReversed => {
                let reversed = self.facts.iter().rfind(|fact| fact.0 == FactKind::PaymentReversed);
                return reversed.map(|fact| fact.1).filter(|_| self.has_reversed_payment());
            }
            CaseKind::DocumentsMissing => {
                let waits = matches!(self.stage, Stage::PaymentReceived { .. })
                    && !self.missing_documents().is_empty();
                let paid = self.facts.iter().rfind(|fact| fact.0 == FactKind::PaymentReceived);
                return paid.map(|fact| fact.1).filter(|_| waits);
            }
            CaseKind::RegistrationRefused => {
                let refused =
                    self.facts.iter().rfind(|fact| fact.0 == FactKind::RegistrationRefused);
                return refused.map(|fact| fact.1).filter(|_| self.refusal().is_some());
            }
            CaseKind::AuthoritySilent => {
                let Stage::PaymentReceived { registration_requested_at: Some(asked), .. } =
                    self.stage
                else {
                    return None;
                };
                return Timestamp::from_millisecond(asked).ok();
            }
            // Only people know when it is settled.
            CaseKind::MailUndeliverable => {
                return self.open_cases().find(|case| case.kind == kind).map(|case| case.opened_at);
            }
        }
        .min()
    }
}

/// The cases that open because there was a reason for them at `before` already, and still is.
pub(super) fn opened(sale: &Sale, before: Timestamp) -> Vec<Event> {
    let is_open = |kind| sale.open_cases().any(|case| case.kind == kind);
    let due = |kind: &CaseKind| {
        sale.unsettled(*kind).is_some_and(|since| since <= before) && !is_open(*kind)
    };
    // A reversal is a case from its first moment.
    let late = [CaseKind::PaymentUnsettled, CaseKind::RefundUnsettled];
    late.into_iter().filter(due).map(|kind| Event::CaseOpened { kind }).collect()
}

/// A mail came back, while the purchase is under way.
pub(super) fn undeliverable(sale: &Sale) -> Vec<Event> {
    let kind = CaseKind::MailUndeliverable;
    (!sale.status().is_over() && !sale.has_open_case(kind))
        .then_some(Event::CaseOpened { kind })
        .into_iter()
        .collect()
}

/// The authority gave no answer, and was asked first before this moment.
pub(super) fn missed(sale: &Sale, asked_before: Timestamp) -> Vec<Event> {
    let kind = CaseKind::AuthoritySilent;
    let is_open = sale.has_open_case(kind);
    let is_late = sale.unsettled(kind).is_some_and(|asked| asked <= asked_before);
    (is_late && !is_open).then_some(Event::CaseOpened { kind }).into_iter().collect()
}

/// It gave one, though not its last.
pub(super) fn heard(sale: &Sale) -> Vec<Event> {
    let silent = sale.open_cases().filter(|case| case.kind == CaseKind::AuthoritySilent);
    silent.map(|case| Event::CaseClosed { kind: case.kind, closure: None }).collect()
}

/// A manager closes a case that the gateway can't: money that the bank keeps is the dealership's to
/// answer for, and a payment of which the gateway knows nothing never was. Should money come after
/// all, it is taken in as any that comes late. The same request again changes nothing.
pub(super) fn closed(
    sale: &Sale,
    kind: CaseKind,
    closure: Closure,
) -> Result<Vec<Event>, Rejection> {
    let Some(case) = sale.open_cases().find(|case| case.kind == kind) else {
        let last = sale.cases.iter().rfind(|case| case.kind == kind);
        let repeats = last.is_some_and(|case| case.closure.as_ref() == Some(&closure));
        return if repeats { Ok(vec![]) } else { Err(Rejection::NoCase) };
    };
    let unknown = sale.all_attempts().map(|(_, attempt)| attempt);
    let unknown = unknown.filter(|attempt| {
        attempt.state == AttemptState::Unknown && attempt.started_at <= case.opened_at
    });
    let mut events: Vec<Event> = match kind {
        CaseKind::PaymentReversed | CaseKind::MailUndeliverable => vec![],
        CaseKind::PaymentUnsettled => unknown
            .map(|attempt| Event::PaymentDeclined {
                attempt: attempt.id,
                decline: Decline::Declined,
            })
            .collect(),
        CaseKind::RefundUnsettled
        | CaseKind::DocumentsMissing
        | CaseKind::RegistrationRefused
        | CaseKind::AuthoritySilent => {
            return Err(Rejection::ClosesItself);
        }
    };
    if kind == CaseKind::PaymentUnsettled && events.is_empty() {
        return Err(Rejection::ClosesItself);
    }
    events.push(Event::CaseClosed { kind, closure: Some(closure) });
    Ok(events)
}

/// What follows for the cases from what happened: a reversal is one at once, so is what holds a
/// registration up, and what is settled is none any more.
pub(super) fn follow(next: &Sale, reversal: bool) -> impl Iterator<Item = Event> {
    let reversed = (reversal && !next.is_on_hold()).then_some(CaseKind::PaymentReversed);
    let is_open = |kind| next.open_cases().any(|case| case.kind == kind);
    let registration = [CaseKind::DocumentsMissing, CaseKind::RegistrationRefused];
    let held_up = registration
        .into_iter()
        .filter(move |kind| next.unsettled(*kind).is_some() && !is_open(*kind));
    let opened = reversed.into_iter().chain(held_up).map(|kind| Event::CaseOpened { kind });
    let settled = next.open_cases().filter(|case| next.unsettled(case.kind).is_none());
    let closed = settled.map(|case| Event::CaseClosed { kind: case.kind, closure: None });
    opened.chain(closed)
}
