//! What clients were told, against what is so.

use super::findings::{Findings, Invariant};
use super::table::sale_of;
use crate::memory::State;
use crate::simulation::{ClientAnswer, Run};
use domain::SaleId;
use domain::sale::{Answer, PaymentKind, PaymentOutcome, Status};
use std::collections::BTreeMap;

pub(super) fn answers(run: &Run, state: &State, found: &mut Findings) {
    let mut registered: BTreeMap<u64, SaleId> = BTreeMap::new();
    let mut paid: BTreeMap<(u64, SaleId, PaymentKind), Answer> = BTreeMap::new();
    for answer in &run.answers {
        match answer {
            ClientAnswer::Registered { key, sale } => {
                found.check(state.sales.contains_key(sale), Invariant::Answers, || {
                    format!("{sale} was answered 201 and is not there")
                });
                let first = *registered.entry(*key).or_insert(*sale);
                found.check(first == *sale, Invariant::Answers, || {
                    format!("one key, two sales: {first} and {sale}")
                });
            }
            ClientAnswer::Cancelled { sale } => {
                let cancelled =
                    sale_of(state, *sale).is_some_and(|known| known.status() == Status::Cancelled);
                found.check(cancelled, Invariant::Answers, || {
                    format!("{sale} was answered as cancelled and is not")
                });
            }
            ClientAnswer::Extended { sale, pay_by } => {
                let kept = sale_of(state, *sale).is_some_and(|known| {
                    known.extensions.iter().any(|e| e.to.as_millisecond() == *pay_by)
                });
                found.check(kept, Invariant::Answers, || {
                    format!("{sale} was given more time and doesn't know it")
                });
            }
            ClientAnswer::CaseClosed { sale, kind } => {
                let closed = sale_of(state, *sale).is_some_and(|known| {
                    known.cases.iter().any(|case| {
                        case.kind == *kind && case.closure.is_some() && case.closed_at.is_some()
                    })
                });
                found.check(closed, Invariant::Answers, || {
                    format!("{sale} was answered that its {} is closed", kind.as_str())
                });
            }
            ClientAnswer::Paid { key, sale, kind, answer } => {
                let first = *paid.entry((*key, *sale, *kind)).or_insert(*answer);
                found.check(first == *answer, Invariant::Answers, || {
                    format!("one key, two answers for {sale}: {first:?} and {answer:?}")
                });
                let captured = state.payments.values().any(|p| {
                    p.sale == *sale
                        && p.kind == *kind
                        && matches!(p.outcome, PaymentOutcome::Captured(_))
                });
                found.check(*answer != Answer::Captured || captured, Invariant::Answers, || {
                    format!("{sale} was answered 200 with no capture")
                });
            }
        }
    }
    // Every try of one employee carries one key: one customer's request is one sale, answered or
    // not.
    let requests = state.requests.len();
    found.check(state.sales.len() <= requests, Invariant::Answers, || {
        format!("{} sales for {requests} requests", state.sales.len())
    });
}
