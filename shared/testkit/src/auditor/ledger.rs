//! The sales' ledgers, against the gateway's books.

use super::findings::{Findings, Invariant};
use crate::memory::State;
use domain::SaleId;
use domain::sale::{Account, AttemptState, PaymentKind, PaymentOutcome, Status};
use std::collections::BTreeMap;

/// The gateway's account is what the gateway holds; the rest says whose that is: customers' until
/// they have their vehicle, the dealership's from then on, and of a sale that was lost only a señal
/// that is forfeit.
pub(super) fn ledger(state: &State, found: &mut Findings) {
    let signed = |minor: u64| i64::try_from(minor).unwrap_or(i64::MAX);
    let mut held: BTreeMap<SaleId, i64> = BTreeMap::new();
    let mut disputed: BTreeMap<SaleId, i64> = BTreeMap::new();
    for payment in state.payments.values() {
        if matches!(payment.outcome, PaymentOutcome::Captured(_)) {
            let gone = payment.refunded().saturating_add(payment.taken());
            let sum = held.entry(payment.sale).or_default();
            *sum = sum.saturating_add(signed(payment.amount).saturating_sub(signed(gone)));
            let sum = disputed.entry(payment.sale).or_default();
            *sum = sum.saturating_add(signed(payment.taken()));
        }
    }
    for (id, row) in &state.sales {
        let (sale, balances) = (&row.sale, row.sale.balances());
        let of = |account| balances.get(&account).copied().unwrap_or_default();
        let sum: i64 = balances.values().sum();
        found
            .check(sum == 0, Invariant::Ledger, || format!("{id}'s accounts don't balance: {sum}"));
        let (booked, held) = (of(Account::Gateway), held.get(id).copied().unwrap_or_default());
        found.check(booked == held, Invariant::Ledger, || {
            format!("{id} has {booked} at the gateway by its ledger, and {held} there")
        });
        let (booked, with_banks) =
            (of(Account::Disputed), disputed.get(id).copied().unwrap_or_default());
        found.check(booked == with_banks, Invariant::Ledger, || {
            format!("{id} has {booked} with banks by its ledger, and {with_banks} are there")
        });
        // What was given back by hand of what the dealership keeps is no income.
        let given = |kind| {
            let kept = sale.attempts(kind).iter().filter(|attempt| {
                matches!(attempt.state, AttemptState::Captured(_) | AttemptState::Reversed(_))
            });
            let books = kept.filter_map(|attempt| state.payments.get(&attempt.id.to_string()));
            books.map(|payment| signed(payment.refunded())).fold(0, i64::saturating_add)
        };
        let kept = |kind| signed(sale.amount_due(kind).minor()).saturating_sub(given(kind));
        let expected = match sale.status() {
            Status::ReadyForDelivery | Status::HandedOver => {
                kept(PaymentKind::Signal).saturating_add(kept(PaymentKind::Balance))
            }
            Status::SinAsignar => kept(PaymentKind::Signal),
            _ => 0,
        };
        let (sales, forfeits) =
            (of(Account::Sales).saturating_neg(), of(Account::Forfeits).saturating_neg());
        let income = sales.saturating_add(forfeits).saturating_sub(of(Account::Allowances));
        let right = income == expected && (forfeits == 0 || sale.status() == Status::SinAsignar);
        found.check(right, Invariant::Ledger, || {
            format!("{id} is {}, and earned {sales} and {forfeits}", sale.status())
        });
    }
}
