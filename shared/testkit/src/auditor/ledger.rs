//! The sales' ledgers, against the gateway's books.

use super::findings::{Findings, Invariant};
use crate::memory::State;
use domain::SaleId;
use domain::sale::{Account, PaymentOutcome, Status};
use std::collections::BTreeMap;

/// The gateway's account is what the gateway holds; the rest says whose that is: customers' until
/// they have their vehicle, the dealership's from then on, and of a sale that was lost only a señal
/// that is forfeit.
pub(super) fn ledger(state: &State, found: &mut Findings) {
    let mut held: BTreeMap<SaleId, i64> = BTreeMap::new();
    for payment in state.payments.values() {
        let captured = matches!(payment.outcome, PaymentOutcome::Captured(_));
        if captured && !payment.reversed && payment.refunds.is_empty() {
            let sum = held.entry(payment.sale).or_default();
            *sum = sum.saturating_add(i64::try_from(payment.amount).unwrap_or(i64::MAX));
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
        let amount = |money: domain::Money| i64::try_from(money.minor()).unwrap_or(i64::MAX);
        let (price, signal) = (amount(sale.terms.price()), amount(sale.terms.signal()));
        let (earned, forfeited) = match sale.status() {
            Status::ReadyForDelivery | Status::HandedOver => (price, 0),
            Status::SinAsignar => (0, signal),
            _ => (0, 0),
        };
        let (sales, forfeits) =
            (of(Account::Sales).saturating_neg(), of(Account::Forfeits).saturating_neg());
        found.check((sales, forfeits) == (earned, forfeited), Invariant::Ledger, || {
            format!("{id} is {}, and earned {sales} and {forfeits}", sale.status())
        });
    }
}
