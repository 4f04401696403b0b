//! The vehicles: who holds each, who held it before, and which are stock.

use super::findings::{Findings, Invariant};
use super::table::fact_time;
use crate::memory::{State, has};
use crate::simulation::{ClientAnswer, MAX_SKEW, Run, WINDOW};
use domain::sale::{FactKind, Sale};
use domain::{SaleId, Vin};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn vehicles(run: &Run, state: &State, found: &mut Findings) {
    for (vehicle, row) in &state.vehicles {
        let held = row.holder.and_then(|holder| state.sales.get(&holder));
        let is_its = held.is_none_or(|holder| holder.sale.vehicle() == Some(vehicle));
        found.check(is_its, Invariant::Vehicle, || {
            format!("{vehicle} is held by {:?}, which has another", row.holder)
        });
    }
    let mut live: BTreeMap<&str, SaleId> = BTreeMap::new();
    for (id, row) in &state.sales {
        let sale = &row.sale;
        let Some(vehicle) = sale.vehicle() else { continue };
        let holder = state.vehicles.get(vehicle).and_then(|known| known.holder);
        if sale.status().is_lost() {
            found.check(holder != Some(*id), Invariant::Vehicle, || {
                format!("{id} lost {vehicle} and still holds it")
            });
            found.check(!has(sale, FactKind::PaymentReceived), Invariant::Vehicle, || {
                format!("{id} paid and lost {vehicle}")
            });
            let told_at = fact_time(sale, FactKind::AvailableForCustomer);
            let lost_at = fact_time(sale, FactKind::SinAsignar);
            let extended = run.answers.iter().filter_map(|answer| match answer {
                ClientAnswer::Extended { sale, pay_by } if sale == id => Some(*pay_by),
                _ => None,
            });
            let promised = extended.max().is_none_or(|pay_by| {
                lost_at.is_some_and(|lost| lost >= pay_by.saturating_sub(2 * MAX_SKEW))
            });
            found.check(promised, Invariant::Vehicle, || {
                format!("{id} lost {vehicle} before the deadline that a manager gave")
            });
            let window = i64::try_from(WINDOW.as_millis()).unwrap_or(i64::MAX);
            let in_time = told_at.zip(lost_at).is_some_and(|(told, lost)| {
                lost.saturating_sub(told) >= window.saturating_sub(2 * MAX_SKEW)
            });
            found.check(in_time, Invariant::Vehicle, || {
                format!("{id} lost {vehicle} before its deadline")
            });
        } else {
            found.check(holder == Some(*id), Invariant::Vehicle, || {
                format!("{id} has {vehicle}, whose record says otherwise")
            });
            if let Some(other) = live.insert(vehicle.as_str(), *id) {
                found.add(Invariant::Vehicle, format!("{id} and {other} both have {vehicle}"));
            }
        }
    }
}

/// Who had each vehicle from when until when, by the sales' own history: no two at once, the first
/// from the factory, the others from the stock of its dealership, as it was built; and its record
/// says so.
pub(super) fn stock(state: &State, found: &mut Findings) {
    let mut held: BTreeMap<&Vin, Vec<(i64, i64, &Sale)>> = BTreeMap::new();
    let platform =
        |sale: &Sale| state.sales.get(&sale.id).map(|row| row.details.plan.base_platform.clone());
    for row in state.sales.values() {
        let sale = &row.sale;
        let arrived = fact_time(sale, FactKind::AtDealership).zip(sale.vehicle());
        let taken = fact_time(sale, FactKind::SaleRegistered)
            .zip(sale.stock.as_ref().map(|claim| &claim.vehicle));
        let ends = [FactKind::SinAsignar, FactKind::Lapsed, FactKind::Cancelled];
        let until = ends.into_iter().find_map(|kind| fact_time(sale, kind)).unwrap_or(i64::MAX);
        if let Some((from, vehicle)) = taken.or(arrived) {
            held.entry(vehicle).or_default().push((from, until, sale));
        }
    }
    for (vehicle, mut holders) in held {
        let Some(record) = state.vehicles.get(vehicle) else {
            found.add(Invariant::Vehicle, format!("{vehicle} has no record"));
            continue;
        };
        // In the order of the record: the clocks of two functions may tell another one.
        holders.sort_by_key(|(.., sale)| record.sales.iter().position(|known| *known == sale.id));
        let ids: BTreeSet<SaleId> = holders.iter().map(|(_, _, sale)| sale.id).collect();
        let known: BTreeSet<SaleId> = record.sales.iter().copied().collect();
        let listed = ids == known && record.sales.len() == known.len();
        found.check(listed, Invariant::Vehicle, || {
            format!("{vehicle} doesn't know its sales: {:?}", record.sales)
        });
        let live = holders.iter().any(|(_, until, _)| *until == i64::MAX);
        let in_stock = record.stock.is_some() && record.holder.is_none();
        found.check(live != in_stock, Invariant::Vehicle, || {
            format!("{vehicle} is held or stock, and its record is wrong")
        });
        let built: Vec<_> = holders
            .iter()
            .filter(|(_, _, sale)| sale.stock.is_none())
            .map(|(_, _, sale)| *sale)
            .collect();
        found.check(built.len() == 1, Invariant::Vehicle, || {
            format!("{vehicle} was built for {} sales", built.len())
        });
        for pair in holders.windows(2) {
            let [(_, until, former), (from, _, next)] = pair else { continue };
            let after = from.saturating_add(2 * MAX_SKEW) >= *until && *until != i64::MAX;
            found.check(after, Invariant::Vehicle, || {
                format!("{} took {vehicle} while {} had it", next.id, former.id)
            });
            let same = former.dealership == next.dealership && platform(former) == platform(next);
            found.check(same, Invariant::Vehicle, || {
                format!("{} was sold {vehicle} as something else", next.id)
            });
        }
        for (_, _, sale) in holders.iter().filter(|(_, _, sale)| sale.stock.is_some()) {
            let order = state.orders.values().any(|order| order.reference == sale.id);
            found.check(!order, Invariant::OneOrder, || {
                format!("{} took {vehicle} and ordered another", sale.id)
            });
        }
    }
}
