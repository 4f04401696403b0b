//! The seeded bugs of money that leaves again: refunds, gestures, disputes, returned debits.

use super::Bug;

/// What is looked for, and what stands there when the bug is on.
pub(super) const BUGS: &[Bug] = &[
    Bug {
        name: "an inquiry counts as a dispute",
        file: "shared/domain/src/sale/money_back.rs",
        find: "matches!(dispute.state, DisputeState::Open | DisputeState::Lost)",
        replace: "dispute.state != DisputeState::Won",
    },
    Bug {
        name: "a lost dispute gives the money back",
        file: "shared/domain/src/sale/money_back.rs",
        find: "matches!(dispute.state, DisputeState::Open | DisputeState::Lost)",
        replace: "dispute.state == DisputeState::Open",
    },
    Bug {
        name: "a refund that failed counts as made",
        file: "shared/domain/src/sale/money_back.rs",
        find: "refund.state != RefundState::Failed",
        replace: "true",
    },
    Bug {
        name: "a refund is not booked",
        file: "shared/domain/src/sale/decide/money_back.rs",
        find: "events.extend(refund.clone().map(|refund| Event::Refunded { attempt: id, refund }))",
        replace: "()",
    },
    Bug {
        name: "a refund that fails is forgotten",
        file: "shared/domain/src/sale/decide/money_back.rs",
        find: "events.push(Event::RefundFailed { attempt: id })",
        replace: "()",
    },
    Bug {
        name: "a dispute is no case",
        file: "shared/domain/src/sale/decide/money_back.rs",
        find: "if more_taken {",
        replace: "if more_taken && !{on} {",
    },
    Bug {
        name: "money that comes again is not taken in",
        file: "shared/domain/src/sale/decide/money_back.rs",
        find: "if comes_back {",
        replace: "if comes_back && !{on} {",
    },
    Bug {
        name: "all that was given back by hand counts as paid",
        file: "shared/domain/src/sale/decide/money_back.rs",
        find: "if left == 0 && !more_taken =>",
        replace: "if left == 0 && !more_taken && !{on} =>",
    },
    Bug {
        name: "what a won dispute brings to a lost sale is kept",
        file: "shared/domain/src/sale/decide/money_back.rs",
        find: "!counts_on(sale, kind) || captured(sale, kind).is_some()",
        replace: "false",
    },
    Bug {
        name: "what people paid out is still owed",
        file: "shared/domain/src/sale/decide/money_back.rs",
        find: "attempt.back.paid_out.saturating_add(sale.left_of(kind, attempt))",
        replace: "0",
    },
    Bug {
        name: "a due refund stays a capture",
        file: "shared/domain/src/sale/evolve.rs",
        find: "| AttemptState::Refunded(payment, _) => AttemptState::RefundDue(payment)",
        replace: "| AttemptState::Refunded(payment, _) => if {on} { AttemptState::Captured(payment) } else { AttemptState::RefundDue(payment) }",
    },
    Bug {
        name: "what was given back by hand is given back again",
        file: "shared/domain/src/use_cases/refund.rs",
        find: "sale.left_of(kind, attempt)",
        replace: "sale.amount_due(kind).minor()",
    },
    Bug {
        name: "nobody asks what became of a refund",
        file: "shared/domain/src/use_cases/refund.rs",
        find: "is_late(attempt)",
        replace: "false",
    },
    Bug {
        name: "what a bank leaves of a payment is not given back",
        file: "shared/domain/src/sale/decide/payments.rs",
        find: "matches!(attempt.state, AttemptState::Captured(_) | AttemptState::Reversed(_))",
        replace: "matches!(attempt.state, AttemptState::Captured(_))",
    },
    Bug {
        name: "a gesture is taken for income",
        file: "shared/domain/src/sale/bookkeeping.rs",
        find: "sale.attempts(kind).iter().filter(counts).map(|attempt| attempt.back.refunded()).sum()",
        replace: "0",
    },
    Bug {
        name: "a refund is not in the ledger",
        file: "shared/domain/src/sale/bookkeeping.rs",
        find: "(refunded, known.refunded(), back.refunded())",
        replace: "(refunded, 0, 0)",
    },
    Bug {
        name: "a dispute is not in the ledger",
        file: "shared/domain/src/sale/bookkeeping.rs",
        find: "(Movement::Reversed, known.taken(), back.taken())",
        replace: "(Movement::Reversed, 0, 0)",
    },
    Bug {
        name: "a won dispute is not in the ledger",
        file: "shared/domain/src/sale/bookkeeping.rs",
        find: "(Movement::Reinstated, back.taken(), known.taken())",
        replace: "(Movement::Reinstated, 0, 0)",
    },
    Bug {
        name: "a forfeit señal is not in the ledger",
        file: "shared/domain/src/sale/bookkeeping.rs",
        find: "vec![(Movement::Forfeited, kept(sale, PaymentKind::Signal))]",
        replace: "vec![]",
    },
    Bug {
        name: "the workflow does not wait for money that was taken back",
        file: "shared/domain/src/sale/wait.rs",
        find: "self.is_on_hold() || self.awaits_dealership()",
        replace: "self.awaits_dealership()",
    },
];
