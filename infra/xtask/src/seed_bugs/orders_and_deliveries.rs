//! The seeded bugs of orders that don't go on, and of deliveries' days.

use super::Bug;

/// As in `bugs`.
pub(super) const BUGS: &[Bug] = &[
    Bug {
        name: "a moved estimate is not told",
        file: "shared/domain/src/sale/decide/factory.rs",
        find: "is_far.then_some(Event::EstimateMoved)",
        replace: "None::<Event>.filter(|_| is_far)",
    },
    Bug {
        name: "small steps of an estimate are passed over",
        file: "shared/domain/src/sale/decide/factory.rs",
        find: "sale.told_estimate()",
        replace: "sale.estimates.last()",
    },
    Bug {
        name: "a sale whose order was cancelled can't be given up",
        file: "shared/domain/src/sale/decide/cancellation.rs",
        find: "sale.has_open_case(CaseKind::OrderCancelled)",
        replace: "false",
    },
    Bug {
        name: "a cancelled order is taken for one that is held",
        file: "shared/domain/src/sale/decide/factory.rs",
        find: "raised(sale, CaseKind::OrderCancelled)",
        replace: "raised(sale, CaseKind::OrderHeld)",
    },
    Bug {
        name: "nobody sees that a vehicle is held",
        file: "shared/domain/src/sale/decide/factory.rs",
        find: "Ok(raised(sale, CaseKind::OrderHeld).into_iter().collect())",
        replace: "Ok(vec![])",
    },
    Bug {
        name: "another vehicle is no news",
        file: "shared/domain/src/sale/decide/factory.rs",
        find: "known != vehicle",
        replace: "false",
    },
    Bug {
        name: "a cancellation by the factory is taken and forgotten",
        file: "shared/domain/src/use_cases/follow_factory.rs",
        find: "commit(store, sale, Command::ReportTrouble { order, trouble }, now).await",
        replace: "Ok({ let _ = (order, trouble, now); sale })",
    },
    Bug {
        name: "the case of a cancelled order outlives the sale",
        file: "shared/domain/src/sale/unsettled.rs",
        find: "self.status().is_lost()",
        replace: "false",
    },
    Bug {
        name: "a hand-over carries a day that is gone",
        file: "shared/domain/src/sale/decide/delivery.rs",
        find: "is_complete && slot.date < local.date()",
        replace: "false",
    },
    Bug {
        name: "the delivery subsystem is told another day",
        file: "shared/domain/src/sale/hand_over.rs",
        find: "appointment.slot.date",
        replace: "appointment.slot.date.saturating_add(jiff::Span::new().days(1))",
    },
    Bug {
        name: "the delivery subsystem isn't told the hour",
        file: "shared/domain/src/sale/hand_over.rs",
        find: "appointment.slot.time",
        replace: "appointment.slot.time.filter(|_| false)",
    },
    Bug {
        name: "a cancelled sale is called lapsed",
        file: "shared/domain/src/sale/evolve.rs",
        find: "Stage::Cancelled { by, reason }",
        replace: "Stage::Lapsed",
    },
];
