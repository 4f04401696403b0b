//! What [`UnsettledSales`] and [`OpenCases`] promise of the sales that a [`SaleStore`] holds.

use super::sale_store::stored;
use super::{Outcome, Sample, after, fresh_attempt_id, registered_at};
use domain::DealershipId;
use domain::ids::{DisputeId, GatewayPaymentId, PaymentMethodToken, RefundId, ShortDigest};
use domain::ports::{OpenCases, SaleStore, UnsettledSales};
use domain::sale::{
    Command, Dispute, DisputeState, Means, MoneyBack, PaymentKind, PaymentOutcome, Refund,
    RefundState, Sale,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::error::Error;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! sale_lists {
    ($each:ident) => {
        $each! { sale_lists:
            what_is_open_at_the_gateway_is_listed_until_it_is_settled,
            every_unsettled_sale_is_listed_however_many_there_are,
            a_dealership_s_cases_are_listed_while_they_are_open
        }
    };
}

/// More than one page of either list.
const MANY: usize = 230;

fn at(hours: i64) -> Result<Timestamp, Box<dyn Error>> {
    Ok(registered_at().checked_add(SignedDuration::from_hours(hours))?)
}

/// Commits what `command` makes of the sale.
async fn apply(
    store: &impl SaleStore,
    sale: &Sale,
    command: Command,
    hours: i64,
) -> Result<Sale, Box<dyn Error>> {
    let next = after(sale, [command], at(hours)?)?.pop().ok_or("no step")?;
    store.commit(&next, None).await?;
    Ok(next)
}

fn start() -> Result<Command, Box<dyn Error>> {
    Ok(Command::StartPayment {
        kind: PaymentKind::Signal,
        attempt: fresh_attempt_id(),
        key: ShortDigest::of(&[b"request"]),
        fingerprint: ShortDigest::of(&[b"content"]),
        at_desk: false,
        means: Means::Card(PaymentMethodToken::parse("pm_card")?),
    })
}

/// The sale with its señal captured.
async fn paid(store: &impl SaleStore, sale: &Sale) -> Result<Sale, Box<dyn Error>> {
    let started = apply(store, sale, start()?, 1).await?;
    let attempt = started.open_attempt(PaymentKind::Signal).ok_or("no attempt")?.id;
    let outcome = PaymentOutcome::Captured(GatewayPaymentId::parse(&format!("pi_{attempt}"))?);
    apply(store, &started, Command::RecordPayment { attempt, outcome, answers_request: false }, 2)
        .await
}

/// Protects reconciliation: it looks at what is open, from when it has been open for long enough,
/// and at nothing else.
pub async fn what_is_open_at_the_gateway_is_listed_until_it_is_settled(
    store: &(impl SaleStore + UnsettledSales),
) -> Outcome {
    let Sample { sale, .. } = stored(store).await?;
    let open = apply(store, &sale, start()?, 1).await?;
    let listed = async |hours| {
        Ok::<_, Box<dyn Error>>(store.unsettled(at(hours)?).await?.contains(&sale.id))
    };
    assert!(!listed(0).await?, "it began an hour later");
    assert!(listed(1).await?, "from the moment itself");
    let attempt = open.open_attempt(PaymentKind::Signal).ok_or("no attempt")?.id;
    let outcome = PaymentOutcome::Captured(GatewayPaymentId::parse("pi_1")?);
    let settled =
        apply(store, &open, Command::RecordPayment { attempt, outcome, answers_request: false }, 2)
            .await?;
    assert!(!listed(100).await?, "it is settled");
    let cancel = Command::Cancel {
        by: domain::EmployeeId::parse("m-1")?,
        reason: domain::Reason::parse("as asked")?,
    };
    let owed = apply(store, &settled, cancel, 3).await?;
    assert!(listed(100).await?, "a refund is due");
    let refund = Refund {
        id: RefundId::parse("re_1")?,
        amount: owed.terms.signal().minor(),
        state: RefundState::Succeeded,
        made_at: at(4)?,
    };
    let told = MoneyBack { refunds: vec![refund], ..MoneyBack::default() };
    apply(store, &owed, Command::RecordMoneyBack { attempt, told }, 4).await?;
    assert!(!listed(100).await?, "it was made");
    Ok(())
}

/// Protects the last in a long line: a page that is full is not the end.
pub async fn every_unsettled_sale_is_listed_however_many_there_are(
    store: &(impl SaleStore + UnsettledSales),
) -> Outcome {
    let mut expected = BTreeSet::new();
    for _ in 0..MANY {
        let Sample { sale, .. } = stored(store).await?;
        expected.insert(apply(store, &sale, start()?, 1).await?.id);
    }
    let listed: BTreeSet<_> = store.unsettled(at(1)?).await?.into_iter().collect();
    assert!(expected.is_subset(&listed), "{} of {MANY}", expected.intersection(&listed).count());
    Ok(())
}

/// Protects a dealership's work list: its own cases, all that is known of the sale, and only while
/// they are open.
pub async fn a_dealership_s_cases_are_listed_while_they_are_open(
    store: &(impl SaleStore + OpenCases),
) -> Outcome {
    let ours = DealershipId::parse(&format!("CASE-{}", super::serial()))?;
    let mut sales = Vec::new();
    for hours in [4, 3] {
        let mut sample = Sample::new()?;
        sample.sale.dealership = ours.clone();
        store.register(sample.registration()).await?;
        let sale = paid(store, &sample.sale).await?;
        let attempt = sale.attempts(PaymentKind::Signal).first().ok_or("no attempt")?.id;
        let amount = sale.terms.signal().minor();
        let dispute = |state| {
            let dispute = Dispute { id: DisputeId::parse("dp_1")?, amount, state };
            let told = MoneyBack { disputes: vec![dispute], ..MoneyBack::default() };
            Ok::<_, Box<dyn Error>>(Command::RecordMoneyBack { attempt, told })
        };
        let reversed = apply(store, &sale, dispute(DisputeState::Open)?, hours).await?;
        sales.push((reversed, dispute(DisputeState::Won)?));
    }
    let [(later, won), (earlier, _)] = sales.as_slice() else { return Err("two sales".into()) };
    assert_eq!(
        store.with_open_cases(&ours).await?,
        [earlier.clone(), later.clone()],
        "the oldest case first"
    );
    assert_eq!(store.with_open_cases(&DealershipId::parse("CASE-0")?).await?, []);
    assert!(store.oldest_case().await?.is_some_and(|oldest| oldest <= at(3).unwrap_or_default()));
    apply(store, later, won.clone(), 5).await?;
    assert_eq!(store.with_open_cases(&ours).await?, std::slice::from_ref(earlier));
    Ok(())
}
