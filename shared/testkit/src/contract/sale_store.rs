//! What a [`SaleStore`] promises.

use super::{Outcome, Sample, after, at_once, registered_at};
use domain::country::DocumentKind;
use domain::ids::{FileDigest, GatewayPaymentId, PaymentMethodToken, ShortDigest};
use domain::money::Terms;
use domain::ports::{
    CommitError, Document, KnownCustomer, MOST_SALES_LISTED, NewSale, Registered, RequestKey,
    SaleStore,
};
use domain::sale::{
    Command, Means, Milestone, Order, PaymentKind, PaymentOutcome, Sale, vehicle_change,
};
use domain::{FullName, OrderId, Vin};
use jiff::SignedDuration;
use std::error::Error;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! sale_store {
    ($each:ident) => {
        $each! { sale_store:
            a_new_sale_is_stored_with_its_details,
            what_is_not_there_is_none,
            the_same_request_gets_the_first_one_s_answer,
            a_key_with_another_content_is_refused,
            a_known_customer_is_named,
            a_customer_s_sales_are_listed_newest_first,
            a_long_list_of_sales_ends_with_the_newest,
            a_call_that_the_transport_repeats_is_stored_once,
            of_one_request_many_times_at_once_one_sale_is_stored,
            of_two_new_customers_with_one_address_at_once_one_is_known,
            a_commit_needs_the_version_before_it,
            an_own_commit_that_is_sent_again_is_no_conflict,
            a_commit_of_no_sale_is_a_conflict,
            a_sale_and_its_details_are_committed_together_or_not_at_all,
            of_many_commits_at_once_one_is_made,
            a_vehicle_is_one_sale_s_until_that_sale_loses_it,
            a_vehicle_s_commit_that_is_sent_again_is_no_conflict,
            an_old_version_is_a_conflict_whoever_holds_the_vehicle,
            of_many_sales_at_once_one_gets_the_vehicle
        }
    };
}

/// How many run at once where many do.
pub(super) const MANY: usize = 8;

/// A stored sale.
pub(super) async fn stored(store: &impl SaleStore) -> Result<Sample, Box<dyn Error>> {
    let sample = Sample::new()?;
    assert_eq!(store.register(sample.registration()).await?, Registered::Stored);
    Ok(sample)
}

/// Protects the sale and all that was captured with it: what is read is what was written.
pub async fn a_new_sale_is_stored_with_its_details(store: &impl SaleStore) -> Outcome {
    let Sample { sale, details, .. } = stored(store).await?;
    assert_eq!(store.sale(sale.id).await?, Some(sale.clone()));
    assert_eq!(store.sale_with_details(sale.id).await?, Some((sale, details)));
    Ok(())
}

/// Protects against an empty answer for a sale that isn't there.
pub async fn what_is_not_there_is_none(store: &impl SaleStore) -> Outcome {
    let Sample { sale, .. } = Sample::new()?;
    assert_eq!(store.sale(sale.id).await?, None);
    assert_eq!(store.sale_with_details(sale.id).await?, None);
    Ok(())
}

/// Protects invariant 6: a request that comes again is one sale.
pub async fn the_same_request_gets_the_first_one_s_answer(store: &impl SaleStore) -> Outcome {
    let first = stored(store).await?;
    let mut again =
        Sample { request: first.request.clone(), ..Sample::of(first.details.customer.clone())? };
    // The plan's price and platform may have changed meanwhile; the answer doesn't.
    again.sale.terms = Terms::new(again.sale.terms.price(), again.sale.terms.balance())?;
    again.details.plan.options.clear();
    assert_eq!(store.register(again.registration()).await?, first.repeated());
    assert_eq!(store.sale(again.sale.id).await?, None);
    assert_eq!(store.answered(&again.request).await?, Some(first.repeated()));
    let other = RequestKey { fingerprint: ShortDigest::of(&[b"another content"]), ..again.request };
    assert_eq!(store.answered(&other).await?, Some(Registered::KeyReused));
    let unknown = RequestKey { key: ShortDigest::of(&[b"never sent"]), ..other };
    assert_eq!(store.answered(&unknown).await?, None);
    Ok(())
}

/// Protects invariant 6: one key, one content.
pub async fn a_key_with_another_content_is_refused(store: &impl SaleStore) -> Outcome {
    let first = stored(store).await?;
    let mut other = Sample { request: first.request, ..Sample::new()? };
    other.request.fingerprint = ShortDigest::of(&[b"another content"]);
    assert_eq!(store.register(other.registration()).await?, Registered::KeyReused);
    assert_eq!(store.sale(other.sale.id).await?, None);
    Ok(())
}

/// Protects a customer's one account: who buys again is told who it is, and buys under that id.
pub async fn a_known_customer_is_named(store: &impl SaleStore) -> Outcome {
    let first = stored(store).await?;
    let mut again = Sample::of(first.details.customer.clone())?;
    again.details.customer.id = Sample::new()?.details.customer.id;
    assert_eq!(store.register(again.registration()).await?, known(&first));
    assert_eq!(store.sale(again.sale.id).await?, None);
    again.details.customer.id = first.details.customer.id;
    let known = NewSale { known_customer: true, ..again.registration() };
    assert_eq!(store.register(known).await?, Registered::Stored);
    assert_eq!(store.sale_with_details(again.sale.id).await?, Some((again.sale, again.details)));
    Ok(())
}

/// That the sample's customer is known.
fn known(Sample { details, .. }: &Sample) -> Registered {
    let (id, full_name) = (details.customer.id, details.customer.full_name.clone());
    Registered::KnownCustomer(KnownCustomer { id, full_name })
}

/// A sale of a customer who bought before.
pub(super) async fn another(
    store: &impl SaleStore,
    first: &Sample,
) -> Result<Sample, Box<dyn Error>> {
    let again = Sample::of(first.details.customer.clone())?;
    let known = NewSale { known_customer: true, ..again.registration() };
    assert_eq!(store.register(known).await?, Registered::Stored);
    Ok(again)
}

/// Protects the customer's expediente: each sale is in its customer's list, and in no other's.
pub async fn a_customer_s_sales_are_listed_newest_first(store: &impl SaleStore) -> Outcome {
    let first = stored(store).await?;
    let other = stored(store).await?;
    let (second, third) = (another(store, &first).await?, another(store, &first).await?);
    assert_eq!(
        store.sales_of(&first.sale.customer).await?,
        [third.sale.id, second.sale.id, first.sale.id]
    );
    assert_eq!(store.sales_of(&other.sale.customer).await?, [other.sale.id]);
    assert_eq!(store.sales_of(&Sample::new()?.sale.customer).await?, []);
    let refused =
        Sample { request: first.request.clone(), ..Sample::of(other.details.customer.clone())? };
    assert_eq!(store.register(refused.registration()).await?, first.repeated());
    assert_eq!(
        store.sales_of(&other.sale.customer).await?,
        [other.sale.id],
        "what is not stored is not listed"
    );
    Ok(())
}

/// Protects whoever reads the list from its length.
pub async fn a_long_list_of_sales_ends_with_the_newest(store: &impl SaleStore) -> Outcome {
    let first = stored(store).await?;
    let mut newest = Vec::new();
    for _ in 0..MOST_SALES_LISTED {
        newest.insert(0, another(store, &first).await?.sale.id);
    }
    assert_eq!(store.sales_of(&first.sale.customer).await?, newest);
    Ok(())
}

/// Protects the first write's answer, where it is lost and the transport asks again.
pub async fn a_call_that_the_transport_repeats_is_stored_once(store: &impl SaleStore) -> Outcome {
    let sample = stored(store).await?;
    assert_eq!(store.register(sample.registration()).await?, sample.repeated());
    let without_key = Sample::new()?;
    for _ in 0..2 {
        let new = NewSale { request: None, ..without_key.registration() };
        assert_eq!(store.register(new).await?, Registered::Stored);
    }
    Ok(())
}

/// Protects invariant 6 where the copies of a request overtake each other.
pub async fn of_one_request_many_times_at_once_one_sale_is_stored(
    store: &impl SaleStore,
) -> Outcome {
    let first = Sample::new()?;
    let mut copies = Vec::new();
    for _ in 0..MANY {
        copies.push(Sample {
            request: first.request.clone(),
            ..Sample::of(first.details.customer.clone())?
        });
    }
    let answers = at_once(copies.iter().map(|copy| store.register(copy.registration()))).await;
    let answers = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
    let winners: Vec<_> =
        copies.iter().zip(&answers).filter(|(_, answer)| **answer == Registered::Stored).collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    for (copy, answer) in copies.iter().zip(&answers) {
        let won = winners.iter().any(|(winner, _)| winner.sale.id == copy.sale.id);
        assert!(
            won || winners.iter().any(|(winner, _)| *answer == winner.repeated()),
            "{answers:?}"
        );
        assert_eq!(store.sale(copy.sale.id).await?.is_some(), won);
    }
    Ok(())
}

/// Protects a customer's one account where two dealerships register the same person at once.
pub async fn of_two_new_customers_with_one_address_at_once_one_is_known(
    store: &impl SaleStore,
) -> Outcome {
    let first = Sample::new()?;
    let mut second = Sample::of(first.details.customer.clone())?;
    second.details.customer.id = Sample::new()?.details.customer.id;
    let answers =
        at_once([&first, &second].map(|sample| store.register(sample.registration()))).await;
    let answers = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
    assert!(
        answers == [Registered::Stored, known(&first)]
            || answers == [known(&second), Registered::Stored],
        "{answers:?}"
    );
    Ok(())
}

fn start(request: u8) -> Result<Command, Box<dyn Error>> {
    Ok(Command::StartPayment {
        kind: PaymentKind::Signal,
        attempt: super::fresh_attempt_id(),
        key: ShortDigest::of(&[&[request]]),
        fingerprint: ShortDigest::of(&[b"content"]),
        at_desk: false,
        means: Means::Card(PaymentMethodToken::parse("pm_card")?),
    })
}

/// The sale with one of several payments begun.
fn started(sale: &Sale, request: u8) -> Result<Sale, Box<dyn Error>> {
    let mut steps = after(sale, [start(request)?], registered_at())?;
    Ok(steps.pop().ok_or("no step")?)
}

/// Protects each decision: it is committed on what it was made of, or not at all.
pub async fn a_commit_needs_the_version_before_it(store: &impl SaleStore) -> Outcome {
    let Sample { sale, details, .. } = stored(store).await?;
    let next = started(&sale, 1)?;
    store.commit(&next, None).await?;
    assert_eq!(store.sale_with_details(sale.id).await?, Some((next.clone(), details)));
    assert_eq!(store.commit(&started(&sale, 2)?, None).await, Err(CommitError::Conflict));
    let ahead = Sale { version: next.version.saturating_add(2), ..next.clone() };
    assert_eq!(store.commit(&ahead, None).await, Err(CommitError::Conflict));
    assert_eq!(store.sale(sale.id).await?, Some(next));
    Ok(())
}

/// Protects a commit whose answer was lost: sent again, it is the same commit.
pub async fn an_own_commit_that_is_sent_again_is_no_conflict(store: &impl SaleStore) -> Outcome {
    let Sample { sale, .. } = stored(store).await?;
    let next = started(&sale, 1)?;
    store.commit(&next, None).await?;
    store.commit(&next, None).await?;
    assert_eq!(store.sale(sale.id).await?, Some(next));
    Ok(())
}

/// Protects against a sale that comes to be by a commit.
pub async fn a_commit_of_no_sale_is_a_conflict(store: &impl SaleStore) -> Outcome {
    let Sample { sale, .. } = Sample::new()?;
    assert_eq!(store.commit(&started(&sale, 1)?, None).await, Err(CommitError::Conflict));
    assert_eq!(store.sale(sale.id).await?, None);
    Ok(())
}

/// Protects each decision where many are made at once.
pub async fn of_many_commits_at_once_one_is_made(store: &impl SaleStore) -> Outcome {
    let Sample { sale, .. } = stored(store).await?;
    let nexts = (0..8).map(|request| started(&sale, request)).collect::<Result<Vec<_>, _>>()?;
    let answers = at_once(nexts.iter().map(|next| store.commit(next, None))).await;
    let made: Vec<_> = nexts
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| answer.is_ok())
        .map(|(next, _)| next)
        .collect();
    assert!(
        answers.iter().all(|answer| matches!(answer, Ok(()) | Err(CommitError::Conflict))),
        "{answers:?}"
    );
    assert_eq!(made.len(), 1, "{answers:?}");
    assert_eq!(store.sale(sale.id).await?.as_ref(), made.first().copied());
    Ok(())
}

/// A sale on the way to this vehicle: its steps up to the vehicle's arrival, then to its loss.
pub(super) async fn shipped(
    store: &impl SaleStore,
    vehicle: &Vin,
) -> Result<(Sale, Sale, Sale), Box<dyn Error>> {
    let Sample { sale, .. } = stored(store).await?;
    let begin = start(1)?;
    let Command::StartPayment { attempt, .. } = begin else { return Err("no payment".into()) };
    let order =
        Order { id: OrderId::parse(&format!("F-{}", super::serial()))?, estimated_delivery: None };
    let report = |milestone| Command::ReportMilestone {
        order: order.id.clone(),
        milestone,
        vehicle: Some(vehicle.clone()),
        estimated_delivery: None,
        final_payment_window: SignedDuration::from_hours(1),
    };
    let outcome = PaymentOutcome::Captured(GatewayPaymentId::parse("pi_1")?);
    let commands = [
        begin,
        Command::RecordPayment { attempt, outcome, answers_request: true },
        Command::RequestOrder,
        Command::ConfirmOrder(order.clone()),
        report(Milestone::InTransit),
    ];
    let on_its_way = after(&sale, commands, registered_at())?;
    for step in on_its_way.iter().skip(1) {
        store.commit(step, None).await?;
    }
    let shipped = on_its_way.last().ok_or("no step")?;
    let there = after(shipped, [report(Milestone::AvailableForCustomer)], registered_at())?
        .pop()
        .ok_or("no step")?;
    let late = registered_at().checked_add(SignedDuration::from_hours(2))?;
    let lost = after(&there, [Command::Unassign], late)?.pop().ok_or("no step")?;
    Ok((shipped.clone(), there, lost))
}

pub(super) fn fresh_vehicle() -> Result<Vin, Box<dyn Error>> {
    Ok(Vin::parse(&format!("VSS{:014}", super::serial()))?)
}

/// Commits the step from one to the other, with the vehicle's change.
pub(super) async fn step(
    store: &impl SaleStore,
    from: &Sale,
    to: &Sale,
) -> Result<(), CommitError> {
    store.commit(to, vehicle_change(from, to).as_ref()).await
}

/// Protects what is captured from a commit that lost the race, and the sale from details that are
/// another version's.
pub async fn a_sale_and_its_details_are_committed_together_or_not_at_all(
    store: &impl SaleStore,
) -> Outcome {
    let Sample { sale, mut details, .. } = stored(store).await?;
    let correct = Command::CorrectCustomer { owner: true, customer: sale.customer.clone() };
    let commands = [Command::RecordDocuments(vec![DocumentKind::Identity]), correct];
    let steps = after(&sale, commands, registered_at())?;
    let [_, recorded, corrected] = steps.as_slice() else { return Err("two steps".into()) };
    let (by, sha256) = (sale.registered_by.clone(), FileDigest::parse(&"ab".repeat(32))?);
    details.documents.push(Document {
        kind: DocumentKind::Identity,
        sha256,
        by,
        at: registered_at(),
    });
    store.commit_with_details(recorded, &details).await?;
    assert_eq!(store.sale_with_details(sale.id).await?, Some((recorded.clone(), details.clone())));
    store.commit_with_details(recorded, &details).await?;
    let late =
        after(&sale, [Command::RecordDocuments(vec![DocumentKind::Insurance])], registered_at())?;
    let late = late.last().ok_or("no step")?;
    assert_eq!(store.commit_with_details(late, &details).await, Err(CommitError::Conflict));
    assert_eq!(store.commit_with_customer(late, &details).await, Err(CommitError::Conflict));
    details.customer.full_name = FullName::parse("Ana Peña")?;
    store.commit_with_customer(corrected, &details).await?;
    assert_eq!(store.sale_with_details(sale.id).await?, Some((corrected.clone(), details)));
    Ok(())
}

/// Protects invariant 2: one vehicle, one live sale.
pub async fn a_vehicle_is_one_sale_s_until_that_sale_loses_it(store: &impl SaleStore) -> Outcome {
    let vehicle = fresh_vehicle()?;
    let (first, first_there, first_lost) = shipped(store, &vehicle).await?;
    let (second, second_there, second_lost) = shipped(store, &vehicle).await?;
    step(store, &first, &first_there).await?;
    assert_eq!(step(store, &second, &second_there).await, Err(CommitError::VehicleHeld));
    assert_eq!(
        store.sale(second.id).await?,
        Some(second.clone()),
        "nothing of a refused commit is stored"
    );
    step(store, &first_there, &first_lost).await?;
    step(store, &second, &second_there).await?;
    assert_eq!(store.sale(second.id).await?, Some(second_there.clone()));
    step(store, &second_there, &second_lost).await?;
    Ok(())
}

/// Protects a commit with a vehicle whose answer was lost.
pub async fn a_vehicle_s_commit_that_is_sent_again_is_no_conflict(
    store: &impl SaleStore,
) -> Outcome {
    let (sale, there, lost) = shipped(store, &fresh_vehicle()?).await?;
    for _ in 0..2 {
        step(store, &sale, &there).await?;
    }
    for _ in 0..2 {
        step(store, &there, &lost).await?;
    }
    assert_eq!(store.sale(sale.id).await?, Some(lost));
    Ok(())
}

/// Protects the decision that is made again: of two reasons the one that a fresh read settles comes
/// first.
pub async fn an_old_version_is_a_conflict_whoever_holds_the_vehicle(
    store: &impl SaleStore,
) -> Outcome {
    let vehicle = fresh_vehicle()?;
    let (first, first_there, _) = shipped(store, &vehicle).await?;
    let (second, second_there, _) = shipped(store, &vehicle).await?;
    step(store, &first, &first_there).await?;
    let (moved, wanted) =
        (Sale { version: second.version.saturating_add(1), ..second.clone() }, second_there);
    store.commit(&moved, None).await?;
    assert_eq!(step(store, &second, &wanted).await, Err(CommitError::Conflict));
    Ok(())
}

/// Protects invariant 2 where many sales reach for one vehicle at once.
pub async fn of_many_sales_at_once_one_gets_the_vehicle(store: &impl SaleStore) -> Outcome {
    let vehicle = fresh_vehicle()?;
    let mut sales = Vec::new();
    for _ in 0..MANY {
        sales.push(shipped(store, &vehicle).await?);
    }
    let answers = at_once(sales.iter().map(|(sale, there, _)| step(store, sale, there))).await;
    // A store may call the loser of a race a conflict: decided again, it is told who holds the
    // vehicle.
    let lost = |answer: &Result<(), _>| {
        matches!(answer, Err(CommitError::VehicleHeld | CommitError::Conflict))
    };
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| answer.is_ok() || lost(answer)), "{answers:?}");
    for ((sale, there, _), answer) in sales.iter().zip(&answers) {
        assert_eq!(
            store.sale(sale.id).await?.as_ref(),
            Some(if answer.is_ok() { there } else { sale })
        );
        if answer.is_err() {
            assert_eq!(step(store, sale, there).await, Err(CommitError::VehicleHeld));
        }
    }
    Ok(())
}
