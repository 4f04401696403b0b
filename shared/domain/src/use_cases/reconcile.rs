//! What the gateway should have told or done by now: asked for on a schedule, until it is settled.
//! What takes too long is a case for people as well.

use super::commit::{ChangeError, commit};
use super::pay::settle;
use super::refund::refund_payments;
use crate::SaleId;
use crate::ports::{PaymentGateway, SaleStore, StoreError, UnsettledSales};
use crate::sale::{Command, PaymentKind, Sale};
use jiff::{SignedDuration, Timestamp};

/// How long webhooks, requests and queues have to settle something by themselves, and how long
/// until it is a case.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// After this the gateway is asked.
    pub ask_after: SignedDuration,
    /// After this it is a case.
    pub case_after: SignedDuration,
}

/// What a run came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Sales that were looked at.
    pub asked: usize,
    /// Those that are settled now.
    pub settled: usize,
    /// Those with an open case.
    pub cases: usize,
    /// Those that could not be looked at; the next run does.
    pub failed: usize,
}

/// Settles what can be settled, one sale after the other. A sale that fails holds up no other, and
/// as each run begins at another sale, neither do many that a run has no time to get beyond.
pub async fn reconcile_payments(
    store: &(impl SaleStore + UnsettledSales),
    gateway: &impl PaymentGateway,
    patience: Patience,
    now: Timestamp,
) -> Result<Report, StoreError> {
    let before = now.checked_sub(patience.ask_after).unwrap_or(Timestamp::MIN);
    let mut report = Report::default();
    let mut open = store.unsettled(before).await?;
    let turn = usize::try_from(now.as_second().unsigned_abs()).unwrap_or_default();
    if let Some(first) = turn.checked_rem(open.len()) {
        open.rotate_left(first);
    }
    for id in open {
        report.asked = report.asked.saturating_add(1);
        match settle_sale(store, gateway, id, patience.case_after, now).await {
            Ok(sale) => {
                report.settled =
                    report.settled.saturating_add(usize::from(sale.unsettled_since().is_none()));
                report.cases =
                    report.cases.saturating_add(usize::from(sale.open_cases().next().is_some()));
            }
            Err(_) => report.failed = report.failed.saturating_add(1),
        }
    }
    Ok(report)
}

async fn settle_sale(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    id: SaleId,
    case_after: SignedDuration,
    now: Timestamp,
) -> Result<Sale, ChangeError> {
    let mut sale = store.sale(id).await?.ok_or(ChangeError::NotFound)?;
    for kind in PaymentKind::ALL {
        sale = settle(store, gateway, sale, kind, now).await?;
    }
    if sale.unsettled_since().is_some()
        && refund_payments(store, gateway, id, now).await.is_ok_and(|made| made > 0)
    {
        sale = store.sale(id).await?.ok_or(ChangeError::NotFound)?;
    }
    let unsettled_since = now.checked_sub(case_after).unwrap_or(Timestamp::MIN);
    commit(store, sale, Command::OpenCases { unsettled_since }, now).await
}
