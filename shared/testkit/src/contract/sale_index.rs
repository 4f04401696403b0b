//! What a [`SaleIndex`] promises of the sales that a [`SaleStore`] holds.

use super::sale_store::{fresh_vehicle, shipped, step};
use super::{Outcome, Sample, after, registered_at};
use domain::ports::{SALES_PAGE, SaleFilter, SaleIndex, SalePlace, SaleStore};
use domain::sale::{Appointment, Command, DeliveryPlace, Fact, FactKind, Sale, Slot};
use domain::{DealershipId, EmployeeId, OrderId, Plate, RegistrationId, SaleId, Status};
use jiff::civil::{date, time};
use jiff::{SignedDuration, Timestamp};
use std::error::Error;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! sale_index {
    ($each:ident) => {
        $each! { sale_index:
            a_dealership_s_sales_are_listed_newest_first,
            an_employee_s_sales_are_listed_and_no_other_s,
            pages_hold_each_sale_once_while_others_come,
            a_sale_is_listed_by_the_status_that_it_has,
            what_is_overdue_is_listed_the_longest_overdue_first,
            deliveries_are_listed_by_the_day_that_is_arranged,
            sales_are_read_in_the_order_that_they_are_asked_for,
            an_order_and_a_plate_lead_to_their_sale
        }
    };
}

/// A dealership that no other check sells in.
fn fresh_dealership() -> Result<DealershipId, Box<dyn Error>> {
    Ok(DealershipId::parse(&format!("LIST-{}", super::serial()))?)
}

async fn sold(
    store: &impl SaleStore,
    dealership: &DealershipId,
    by: &str,
) -> Result<Sample, Box<dyn Error>> {
    let mut sample = Sample::new()?;
    sample.sale.dealership = dealership.clone();
    sample.sale.registered_by = EmployeeId::parse(by)?;
    store.register(sample.registration()).await?;
    Ok(sample)
}

/// All of the dealership's, whenever they were registered.
fn all() -> SaleFilter {
    SaleFilter::Registered { by: None, from: Timestamp::UNIX_EPOCH, to: Timestamp::MAX }
}

async fn ids(
    store: &impl SaleIndex,
    dealership: &DealershipId,
    filter: &SaleFilter,
) -> Result<Vec<SaleId>, Box<dyn Error>> {
    Ok(store.list(dealership, filter, None).await?.into_iter().map(|place| place.sale).collect())
}

/// Protects the back office's first page, and the bounds of a month.
pub async fn a_dealership_s_sales_are_listed_newest_first(
    store: &(impl SaleStore + SaleIndex),
) -> Outcome {
    let (ours, theirs) = (fresh_dealership()?, fresh_dealership()?);
    let first = sold(store, &ours, "e-1").await?.sale.id;
    let second = sold(store, &ours, "e-2").await?.sale.id;
    sold(store, &theirs, "e-1").await?;
    assert_eq!(ids(store, &ours, &all()).await?, [second, first]);
    let made = first.made_at();
    let between = |from, to| SaleFilter::Registered { by: None, from, to };
    let later = made.checked_add(SignedDuration::from_millis(1))?;
    assert_eq!(ids(store, &ours, &between(made, later)).await?, [second, first]);
    assert_eq!(ids(store, &ours, &between(later, Timestamp::MAX)).await?, []);
    assert_eq!(ids(store, &ours, &between(Timestamp::UNIX_EPOCH, made)).await?, []);
    Ok(())
}

/// Protects an employee's own list.
pub async fn an_employee_s_sales_are_listed_and_no_other_s(
    store: &(impl SaleStore + SaleIndex),
) -> Outcome {
    let ours = fresh_dealership()?;
    let first = sold(store, &ours, "e-1").await?.sale.id;
    sold(store, &ours, "e-10").await?;
    sold(store, &fresh_dealership()?, "e-1").await?;
    let by = |name| Ok::<_, Box<dyn Error>>(Some(EmployeeId::parse(name)?));
    let of = |by| SaleFilter::Registered { by, from: Timestamp::UNIX_EPOCH, to: Timestamp::MAX };
    assert_eq!(ids(store, &ours, &of(by("e-1")?)).await?, [first]);
    assert_eq!(ids(store, &ours, &of(by("e-2")?)).await?, []);
    Ok(())
}

/// Protects who pages through a list: a sale that is registered meanwhile moves none from one page
/// to another.
pub async fn pages_hold_each_sale_once_while_others_come(
    store: &(impl SaleStore + SaleIndex),
) -> Outcome {
    let ours = fresh_dealership()?;
    let mut expected = Vec::new();
    for _ in 0..(SALES_PAGE * 2 + 7) {
        expected.push(sold(store, &ours, "e-1").await?.sale.id);
    }
    for (filter, expected) in [
        (all(), expected.iter().rev().copied().collect::<Vec<_>>()),
        (SaleFilter::Status(Status::SaleRegistered), expected.clone()),
    ] {
        let (mut seen, mut after, mut pages) = (Vec::new(), None, 0);
        loop {
            let page = store.list(&ours, &filter, after).await?;
            pages += 1;
            after = page.last().copied();
            seen.extend(page.iter().map(|place| place.sale));
            if page.len() < usize::from(SALES_PAGE) {
                break;
            }
            // The newest of all: on a page that was read, or behind the last one.
            sold(store, &ours, "e-1").await?;
        }
        seen.retain(|id| expected.contains(id));
        assert_eq!((seen, pages), (expected, 3), "{filter:?}");
    }
    Ok(())
}

/// Protects the list by status: a sale leaves one list for the next, and what is due first comes
/// first.
pub async fn a_sale_is_listed_by_the_status_that_it_has(
    store: &(impl SaleStore + SaleIndex),
) -> Outcome {
    let ours = fresh_dealership()?;
    let (mut late, mut soon) = (Sample::new()?, Sample::new()?);
    for (sample, hours) in [(&mut late, 9), (&mut soon, 3)] {
        sample.sale.dealership = ours.clone();
        let pay_signal_by = registered_at().checked_add(SignedDuration::from_hours(hours))?;
        sample.sale.stage = domain::sale::Stage::SaleRegistered { pay_signal_by };
        store.register(sample.registration()).await?;
    }
    let with = async |status| ids(store, &ours, &SaleFilter::Status(status)).await;
    assert_eq!(with(Status::SaleRegistered).await?, [soon.sale.id, late.sale.id]);
    let by = EmployeeId::parse("m-1")?;
    let cancel = Command::Cancel { by, reason: domain::Reason::parse("as asked")? };
    let cancelled = after(&soon.sale, [cancel], registered_at())?.pop().ok_or("no step")?;
    store.commit(&cancelled, None).await?;
    assert_eq!(with(Status::SaleRegistered).await?, [late.sale.id]);
    assert_eq!(with(Status::Cancelled).await?, [soon.sale.id]);
    assert_eq!(
        ids(store, &ours, &all()).await?,
        [soon.sale.id, late.sale.id],
        "it stays among all"
    );
    Ok(())
}

/// Protects who looks after what is late: all statuses with a date in one list, by the date, page
/// after page.
pub async fn what_is_overdue_is_listed_the_longest_overdue_first(
    store: &(impl SaleStore + SaleIndex),
) -> Outcome {
    let ours = fresh_dealership()?;
    let unpaid = sold(store, &ours, "e-1").await?.sale;
    let pay_by = unpaid.due_at().ok_or("no deadline")?;
    let mut due = Sample::new()?;
    due.sale.dealership = ours.clone();
    let (vehicle, earlier) = (fresh_vehicle()?, pay_by.checked_sub(SignedDuration::from_hours(1))?);
    due.sale.stage =
        domain::sale::Stage::FinalPaymentPending { order: None, vehicle, pay_by: earlier };
    store.register(due.registration()).await?;
    let overdue = async |before| ids(store, &ours, &SaleFilter::Overdue(before)).await;
    assert_eq!(overdue(earlier).await?, []);
    assert_eq!(overdue(pay_by).await?, [due.sale.id]);
    let later = pay_by.checked_add(SignedDuration::from_millis(1))?;
    assert_eq!(overdue(later).await?, [due.sale.id, unpaid.id]);
    let rest =
        store.list(&ours, &SaleFilter::Overdue(later), Some(SalePlace::of(&due.sale))).await?;
    assert_eq!(rest, [SalePlace::of(&unpaid)], "the list goes on in every status");
    Ok(())
}

/// Protects a day's deliveries: they are found from a day on, however many there have been.
pub async fn deliveries_are_listed_by_the_day_that_is_arranged(
    store: &(impl SaleStore + SaleIndex),
) -> Outcome {
    let ours = fresh_dealership()?;
    let day = date(2026, 3, 2);
    let mut arranged = Vec::new();
    for (date, time) in [
        (day.tomorrow()?, None),
        (day, Some(time(17, 30, 0, 0))),
        (day.yesterday()?, Some(time(23, 59, 0, 0))),
        (day, None),
    ] {
        let mut sample = Sample::new()?;
        sample.sale.dealership = ours.clone();
        let registration = domain::sale::Registration {
            id: RegistrationId::parse("R-1")?,
            plate: Plate::parse("1234 BCD")?,
        };
        let vehicle = fresh_vehicle()?;
        sample.sale.stage = domain::sale::Stage::HandedOver { order: None, vehicle, registration };
        let slot = Slot { date, time, place: DeliveryPlace::Dealership };
        sample.sale.appointment = Some(Appointment { slot, by: EmployeeId::parse("e-1")? });
        store.register(sample.registration()).await?;
        arranged.push(sample.sale.id);
    }
    let [tomorrow, afternoon, yesterday, today] = arranged[..] else {
        return Err("not the four".into());
    };
    let handed_over = SaleFilter::Status(Status::HandedOver);
    assert_eq!(ids(store, &ours, &handed_over).await?, [yesterday, today, afternoon, tomorrow]);
    let from_today = store.list(&ours, &handed_over, SalePlace::of_day(day)).await?;
    let from_today: Vec<SaleId> = from_today.into_iter().map(|place| place.sale).collect();
    assert_eq!(from_today, [today, afternoon, tomorrow]);
    Ok(())
}

/// Protects a page's rows.
pub async fn sales_are_read_in_the_order_that_they_are_asked_for(
    store: &(impl SaleStore + SaleIndex),
) -> Outcome {
    let ours = fresh_dealership()?;
    let (first, second) = (sold(store, &ours, "e-1").await?, sold(store, &ours, "e-1").await?);
    let missing = Sample::new()?.sale.id;
    let read = store.sales(&[second.sale.id, missing, first.sale.id]).await?;
    assert_eq!(read, [(second.sale, second.details), (first.sale, first.details)]);
    Ok(())
}

/// Protects look-ups: by what factory and authority know the sale, from the moment when they do.
pub async fn an_order_and_a_plate_lead_to_their_sale(
    store: &(impl SaleStore + SaleIndex),
) -> Outcome {
    let vehicle = fresh_vehicle()?;
    let (on_its_way, there, _) = shipped(store, &vehicle).await?;
    let order = on_its_way.order().ok_or("no order")?.id.clone();
    assert_eq!(store.with_order(&order).await?, [there.id]);
    assert_eq!(store.with_order(&OrderId::parse("F-none")?).await?, []);
    step(store, &on_its_way, &there).await?;
    let plate = Plate::parse(&format!("{} BCD", super::serial()))?;
    assert_eq!(store.with_plate(&plate).await?, []);
    let registration =
        domain::sale::Registration { id: RegistrationId::parse("R-1")?, plate: plate.clone() };
    let mut registered = Sale {
        version: there.version + 1,
        stage: domain::sale::Stage::VehicleRegistered {
            order: None,
            vehicle: vehicle.clone(),
            registration,
        },
        ..there.clone()
    };
    registered.facts.push(Fact(FactKind::VehicleRegistered, registered_at()));
    step(store, &there, &registered).await?;
    let written = Plate::parse(&plate.as_str().to_lowercase().replace(' ', "-"))?;
    assert_eq!(store.with_plate(&written).await?, [vehicle]);
    Ok(())
}
