//! The bodies with which employees register sales, and act on them.

use super::handlers::handled;
use super::samples::SALE;
use domain::ports::UnpaidLimits;
use domain::{AttemptId, CustomerId, SaleId};
use jiff::SignedDuration;

pub(super) fn register(input: &[u8]) -> Result<(), String> {
    handled(input, async |store, request| {
        let (Ok(sale), Ok(customer)) = (SaleId::parse(SALE), CustomerId::parse(SALE)) else {
            return Err(edge::ProblemType::InternalError.into());
        };
        let fresh = register_sale::Fresh { sale, customer };
        let limits = UnpaidLimits { employee: 25, dealership: 100 };
        let (signal, balance) = (SignedDuration::from_hours(168), SignedDuration::from_hours(336));
        let bounds = register_sale::Bounds { signal, balance, limits };
        register_sale::handle(store, store, bounds, fresh, request).await
    })
}

pub(super) fn put_plan(input: &[u8]) -> Result<(), String> {
    handled(input, async |store, request| ::put_plan::handle(store, request).await)
}

pub(super) fn pay(input: &[u8]) -> Result<(), String> {
    handled(input, async |ports, request| {
        let Ok(attempt) = AttemptId::parse(SALE) else {
            return Err(edge::ProblemType::InternalError.into());
        };
        pay_signal::handle(ports, ports, attempt, u64::MAX, request).await
    })
}

pub(super) fn cancel(input: &[u8]) -> Result<(), String> {
    handled(input, async |ports, request| cancel_sale::handle(ports, ports, request).await)
}

pub(super) fn correct(input: &[u8]) -> Result<(), String> {
    handled(input, async |store, request| {
        let Ok(attempt) = AttemptId::parse(SALE) else {
            return Err(edge::ProblemType::InternalError.into());
        };
        correct_customer::handle(store, attempt, request).await
    })
}

pub(super) fn extend(input: &[u8]) -> Result<(), String> {
    handled(input, async |store, request| {
        extend_deadline::handle(store, SignedDuration::from_hours(720), request).await
    })
}

pub(super) fn prepare(input: &[u8]) -> Result<(), String> {
    handled(input, async |store, request| prepare_delivery::handle(store, request).await)
}
