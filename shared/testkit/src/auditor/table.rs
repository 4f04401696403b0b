//! What the final table says of a sale.

use crate::memory::State;
use domain::SaleId;
use domain::sale::{Fact, FactKind, Sale};

pub(super) fn sale_of(state: &State, id: SaleId) -> Option<&Sale> {
    state.sales.get(&id).map(|row| &row.sale)
}

pub(super) fn fact_time(sale: &Sale, kind: FactKind) -> Option<i64> {
    sale.facts.iter().find(|fact| fact.0 == kind).map(|Fact(_, at)| at.as_millisecond())
}
