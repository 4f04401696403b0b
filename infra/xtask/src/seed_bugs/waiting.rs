//! The seeded bugs of payments that wait for their customer.

use super::Bug;

/// What is looked for, and what stands there when the bug is on.
pub(super) const BUGS: &[Bug] = &[
    Bug {
        name: "what waits for its customer is with the bank",
        file: "shared/domain/src/sale/evolve.rs",
        find: "AttemptState::AwaitsCustomer(payment.clone(), action.clone())",
        replace: "AttemptState::Processing(payment.clone())",
    },
    Bug {
        name: "a challenge is taken for a decline",
        file: "shared/domain/src/sale/evolve.rs",
        find: "AttemptState::AwaitsCustomer(payment.clone(), action.clone())",
        replace: "AttemptState::Declined(crate::sale::Decline::AuthenticationRequired)",
    },
    Bug {
        name: "a page counts as paid",
        file: "shared/domain/src/sale/evolve.rs",
        find: "AttemptState::AwaitsCustomer(payment.clone(), action.clone())",
        replace: "AttemptState::Captured(payment.clone())",
    },
    Bug {
        name: "an ended payment stays open",
        file: "shared/domain/src/sale/decide/payments.rs",
        find: "vec![Event::PaymentExpired { attempt: id, payment }]",
        replace: "vec![]",
    },
    Bug {
        name: "a refused confirmation stays open",
        file: "shared/domain/src/sale/decide/payments.rs",
        find: "PaymentOutcome::Declined(decline)) if open.is_open()",
        replace: "PaymentOutcome::Declined(decline)) if open.is_open() && (!{on} || open.is_under_way())",
    },
    Bug {
        name: "what waited for its customer takes no money",
        file: "shared/domain/src/sale/decide/payments.rs",
        find: "            PaymentOutcome::Captured(payment),\n        ) => {",
        replace: "            PaymentOutcome::Captured(payment),\n        ) if !({on} && matches!(attempt.state, AttemptState::AwaitsCustomer(..))) => {",
    },
    Bug {
        name: "a sale is cancelled while a charge may begin",
        file: "shared/domain/src/sale/decide/cancellation.rs",
        find: "!matches!(state, AttemptState::Processing(_))",
        replace: "matches!(state, AttemptState::AwaitsCustomer(..))",
    },
    Bug {
        name: "a page that is over is asked about for ever",
        file: "shared/domain/src/use_cases/pay.rs",
        find: "last.is_none_or(|last| last < now)",
        replace: "last.is_none()",
    },
    Bug {
        name: "what waits for its customer is ended at once",
        file: "shared/domain/src/use_cases/pay.rs",
        find: "last.is_none_or(|last| last < now)",
        replace: "true",
    },
    Bug {
        name: "money that nothing took is kept",
        file: "shared/domain/src/use_cases/pay.rs",
        find: "state.and_then(AttemptState::payment)",
        replace: "None",
    },
    Bug {
        name: "money that comes with the last part is kept",
        file: "shared/domain/src/use_cases/pay.rs",
        find: "if funds_came {",
        replace: "if funds_came && !{on} {",
    },
    Bug {
        name: "a card that fails on a page is the end of it",
        file: "shared/domain/src/use_cases/pay.rs",
        find: "        (state, _) if state.is_open() => ask(",
        replace: "        (state, PaymentNews::Failed) if {on} && state.is_open() => {\n            PaymentOutcome::Declined(Decline::Declined)\n        }\n        (state, _) if state.is_open() => ask(",
    },
    Bug {
        name: "a transfer's money is not looked for when it comes",
        file: "shared/domain/src/use_cases/pay.rs",
        find: "(_, PaymentNews::FundsCame) => return give_back_excess(gateway, sale, attempt).await,",
        replace: "(_, PaymentNews::FundsCame) if !{on} => {\n            return give_back_excess(gateway, sale, attempt).await;\n        }",
    },
    Bug {
        name: "a deadline passes while a customer pays",
        file: "shared/domain/src/sale/payment.rs",
        find: "matches!(self, Self::AwaitsCustomer(..)) || self.is_under_way()",
        replace: "self.is_under_way()",
    },
];
