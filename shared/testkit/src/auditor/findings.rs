//! The invariants, and what was found not to hold.

/// The invariants of the design, by its numbers, and the notifications' promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Invariant {
    /// 1: at most one captured señal and one captured balance a sale; every capture ends in a paid
    /// sale or a refund.
    Money,
    /// 2: at most one live sale a vehicle; sin asignar if and only if the deadline passed unpaid.
    Vehicle,
    /// 3: at most one factory order a sale.
    OneOrder,
    /// 4: status and milestone never go back.
    Forward,
    /// 5: every committed decision reaches the workflow, or an alarm.
    Workflow,
    /// 6: a 2xx answer is durable; the same key gets the same answer.
    Answers,
    /// 7: no partner call without a stored intent.
    Intent,
    /// 8: every sale ends, or sits in a named waiting state with a deadline.
    Ends,
    /// 9: nothing is held up: every fact's notification and every new customer's credentials
    /// arrive.
    Told,
    /// 10: no registration before full payment, or for a vehicle that the sale doesn't hold.
    Registration,
    /// 11: what counts as an unpaid reservation is what waits for its señal.
    Unpaid,
    /// 12: the ledger says what the gateway's books say, and whose the money is.
    Ledger,
    /// 14: what is prepared, and only that, is handed over to the delivery subsystem.
    Delivery,
    /// No code panics.
    Panic,
}

impl Invariant {
    /// Every invariant, for whoever has to report on each.
    pub const ALL: [Self; 14] = [
        Self::Money,
        Self::Vehicle,
        Self::OneOrder,
        Self::Forward,
        Self::Workflow,
        Self::Answers,
        Self::Intent,
        Self::Ends,
        Self::Told,
        Self::Registration,
        Self::Unpaid,
        Self::Ledger,
        Self::Delivery,
        Self::Panic,
    ];
}

/// One broken invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The invariant that doesn't hold.
    pub invariant: Invariant,
    /// What was seen.
    pub what: String,
}

/// What an audit found so far.
#[derive(Default)]
pub(super) struct Findings(pub(super) Vec<Violation>);

impl Findings {
    pub(super) fn add(&mut self, invariant: Invariant, what: String) {
        self.0.push(Violation { invariant, what });
    }

    pub(super) fn check(
        &mut self,
        holds: bool,
        invariant: Invariant,
        what: impl FnOnce() -> String,
    ) {
        if !holds {
            self.add(invariant, what());
        }
    }
}
