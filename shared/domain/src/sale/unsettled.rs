//! What of a sale is not settled: its open cases, and since when there is a reason for one.

use super::{AttemptState, Case, CaseKind, FactKind, Sale, Stage};
use jiff::{SignedDuration, Timestamp};

/// A bank debit or transfer takes days, and the gateway's webhook tells its end: before this nobody
/// asks. Stripe names five business days as usual (<https://docs.stripe.com/payments/sepa-debit>).
const BANK_DAYS: SignedDuration = SignedDuration::from_hours(7 * 24);

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

    /// Whether money of this sale was taken back, and has not come again.
    fn has_reversed_payment(&self) -> bool {
        self.all_attempts().any(|(_, attempt)| {
            matches!(attempt.state, AttemptState::Reversed(_)) || attempt.back.taken() > 0
        })
    }

    /// Since when there is a reason for a case of this kind; `None`: there is none.
    pub(super) fn unsettled(&self, kind: CaseKind) -> Option<Timestamp> {
        match kind {
            CaseKind::PaymentUnsettled => {
                self.all_attempts().filter_map(|(kind, attempt)| match attempt.state {
                    AttemptState::Unknown => Some(attempt.started_at),
                    // Its time is over, or that of its payment: it has to be ended.
                    AttemptState::AwaitsCustomer(..) => match self.payment_deadline(kind) {
                        Some(deadline) => Some(attempt.expires_at().unwrap_or(deadline)),
                        None => self.facts.last().map(|fact| fact.1),
                    },
                    AttemptState::Processing(_) => attempt.started_at.checked_add(BANK_DAYS).ok(),
                    _ => None,
                })
            }
            // Refunds are made in the order in which they fell due, or all at once: what is left fell
            // due last.
            CaseKind::RefundUnsettled => {
                let open = self
                    .all_attempts()
                    .filter(|(_, attempt)| matches!(attempt.state, AttemptState::RefundDue(_)))
                    .count();
                let mut due = self.facts.iter().rev().filter(|fact| fact.0 == FactKind::RefundDue);
                let due = open.checked_sub(1).and_then(|nth| due.nth(nth)).map(|fact| fact.1);
                let late = self.all_attempts().filter_map(|(_, attempt)| attempt.back.late_since());
                return due.into_iter().chain(late).min();
            }
            CaseKind::RefundFailed => {
                let failed = self
                    .all_attempts()
                    .any(|(_, attempt)| matches!(attempt.state, AttemptState::RefundFailed(_)));
                return self.facts.last().map(|fact| fact.1).filter(|_| failed);
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
            CaseKind::FactorySilent => {
                let Stage::ReservationPaid { order_requested_at: Some(asked) } = self.stage else {
                    return None;
                };
                return Timestamp::from_millisecond(asked).ok();
            }
            CaseKind::OrderCancelled | CaseKind::OrderHeld | CaseKind::VehicleUnclear
                if self.status().is_lost() =>
            {
                return None;
            }
            // Only people know when it is settled.
            CaseKind::OrderCancelled
            | CaseKind::OrderHeld
            | CaseKind::VehicleUnclear
            | CaseKind::MailUndeliverable => {
                return self.open_cases().find(|case| case.kind == kind).map(|case| case.opened_at);
            }
        }
        .min()
    }
}
