//! What a [`VehicleStore`] promises of the vehicles that a [`SaleStore`]'s sales hold and lose.

use super::sale_store::{MANY, fresh_vehicle, shipped, step};
use super::{Outcome, Sample, after, at_once, registered_at};
use domain::ports::{CommitError, Registered, STOCK_PAGE, SaleStore, VehicleStore};
use domain::sale::{Closure, Command, Milestone, Sale, StockClaim};
use domain::vehicle::{NotInStock, StockVehicle, VehicleStatus};
use domain::{BasePlatform, DealershipId, Reason, Vin};
use jiff::SignedDuration;
use std::error::Error;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! vehicle_store {
    ($each:ident) => {
        $each! { vehicle_store:
            a_vehicle_that_is_lost_is_stock_until_a_sale_takes_it,
            a_vehicle_is_taken_only_where_and_as_what_it_is,
            a_vehicle_takes_the_place_of_another,
            of_many_sales_at_once_one_takes_the_vehicle,
            the_stock_is_listed_page_by_page
        }
    };
}

/// A sale of this stock vehicle, not registered yet.
fn sale_of(vehicle: &Vin) -> Result<Sample, Box<dyn Error>> {
    let mut sample = Sample::new()?;
    sample.sale.stock = Some(StockClaim { vehicle: vehicle.clone(), final_payment_seconds: 3_600 });
    Ok(sample)
}

/// Takes a vehicle through its first sale, which loses it. Returns that sale.
async fn lost(store: &impl SaleStore, vehicle: &Vin) -> Result<Sale, Box<dyn Error>> {
    let (on_its_way, there, lost) = shipped(store, vehicle).await?;
    step(store, &on_its_way, &there).await?;
    step(store, &there, &lost).await?;
    Ok(lost)
}

fn platform() -> Result<BasePlatform, Box<dyn Error>> {
    Ok(BasePlatform::parse("CITY-EV")?)
}

/// Protects the stock: what is lost is there at once, what is sold is gone at once, and comes back
/// if it isn't paid for.
pub async fn a_vehicle_that_is_lost_is_stock_until_a_sale_takes_it(
    store: &(impl SaleStore + VehicleStore),
) -> Outcome {
    let vehicle = fresh_vehicle()?;
    let first = lost(store, &vehicle).await?;
    let (ours, theirs) = (first.dealership.clone(), DealershipId::parse("LIS-02")?);
    let since = first.facts.last().ok_or("no fact")?.1;
    let expected =
        StockVehicle { vehicle: vehicle.clone(), plan: Sample::new()?.details.plan, since };
    assert_eq!(store.stock(&ours, None, None).await?, std::slice::from_ref(&expected));
    assert_eq!(store.stock(&ours, Some(&platform()?), None).await?, [expected]);
    assert_eq!(
        store.stock(&ours, Some(&BasePlatform::parse("CITY")?), None).await?,
        [],
        "a platform is not its beginning"
    );
    assert_eq!(store.stock(&theirs, None, None).await?, []);

    let second = sale_of(&vehicle)?;
    assert_eq!(store.register(second.registration()).await?, Registered::Stored);
    assert_eq!(
        store.register(second.registration()).await?,
        second.repeated(),
        "a repeat is answered the same"
    );
    assert_eq!(store.stock(&ours, None, None).await?, []);
    let record = store.vehicle(&ours, &vehicle).await?.ok_or("no record")?;
    assert_eq!(
        (record.status, record.sales),
        (VehicleStatus::Asignado, vec![first.id, second.sale.id])
    );
    assert_eq!(store.vehicle(&theirs, &vehicle).await?, None);

    let late = registered_at().checked_add(SignedDuration::from_hours(80))?;
    let lapsed = after(&second.sale, [Command::Lapse], late)?.pop().ok_or("no step")?;
    step(store, &second.sale, &lapsed).await?;
    let stock = store.stock(&ours, None, None).await?;
    assert_eq!(
        stock.iter().map(|found| (&found.vehicle, found.since)).collect::<Vec<_>>(),
        [(&vehicle, late)]
    );
    assert_eq!(store.register(sale_of(&vehicle)?.registration()).await?, Registered::Stored);
    Ok(())
}

/// Protects invariant 2 where the factory gave another vehicle: the one that is gone is nobody's, and
/// nobody else's is taken.
pub async fn a_vehicle_takes_the_place_of_another(
    store: &(impl SaleStore + VehicleStore),
) -> Outcome {
    let (gone, there) = (fresh_vehicle()?, fresh_vehicle()?);
    let (on_its_way, arrived, _) = shipped(store, &gone).await?;
    step(store, &on_its_way, &arrived).await?;
    let (others, held, freed) = shipped(store, &there).await?;
    step(store, &others, &held).await?;
    let report = Command::ReportMilestone {
        order: arrived.order().ok_or("no order")?.id.clone(),
        milestone: Milestone::AvailableForCustomer,
        vehicle: Some(there.clone()),
        estimated_delivery: None,
        final_payment_window: SignedDuration::from_hours(1),
    };
    let (by, reason) = (arrived.registered_by.clone(), Reason::parse("damaged on its way")?);
    let accept = Command::AcceptVehicle { vehicle: there.clone(), closure: Closure { by, reason } };
    let steps = after(&arrived, [report, accept], registered_at())?;
    let [_, unclear, replaced] = steps.as_slice() else { return Err("two steps".into()) };
    step(store, &arrived, unclear).await?;
    assert_eq!(step(store, unclear, replaced).await, Err(CommitError::VehicleHeld));
    step(store, &held, &freed).await?;
    for _ in 0..2 {
        step(store, unclear, replaced).await?;
    }
    assert_eq!(store.sale(arrived.id).await?.as_ref(), Some(replaced));
    for (vehicle, status) in [(&gone, VehicleStatus::Sustituido), (&there, VehicleStatus::Asignado)]
    {
        let record = store.vehicle(&arrived.dealership, vehicle).await?.ok_or("no record")?;
        assert_eq!(record.status, status);
        assert!(record.sales.contains(&arrived.id), "who had it stays known");
    }
    assert_eq!(store.stock(&arrived.dealership, None, None).await?, []);
    Ok(())
}

/// Protects the customer, who gets what is paid for, and the dealership, whose vehicle it is.
pub async fn a_vehicle_is_taken_only_where_and_as_what_it_is(
    store: &(impl SaleStore + VehicleStore),
) -> Outcome {
    let vehicle = fresh_vehicle()?;
    let refused = async |sample: &Sample| -> Result<Registered, Box<dyn Error>> {
        let answer = store.register(sample.registration()).await?;
        assert_eq!(store.sale(sample.sale.id).await?, None, "nothing of a refused sale is stored");
        Ok(answer)
    };
    assert_eq!(refused(&sale_of(&vehicle)?).await?, Registered::NotInStock(NotInStock::Unknown));
    let (on_its_way, there, lost) = shipped(store, &vehicle).await?;
    step(store, &on_its_way, &there).await?;
    assert_eq!(refused(&sale_of(&vehicle)?).await?, Registered::NotInStock(NotInStock::Held));
    step(store, &there, &lost).await?;
    let mut elsewhere = sale_of(&vehicle)?;
    elsewhere.sale.dealership = DealershipId::parse("LIS-02")?;
    assert_eq!(refused(&elsewhere).await?, Registered::NotInStock(NotInStock::Unknown));
    let mut other = sale_of(&vehicle)?;
    other.details.plan.options.clear();
    assert_eq!(refused(&other).await?, Registered::NotInStock(NotInStock::OtherBuild));
    assert_eq!(store.stock(&lost.dealership, None, None).await?.len(), 1);
    assert_eq!(store.register(sale_of(&vehicle)?.registration()).await?, Registered::Stored);
    Ok(())
}

/// Protects invariant 2 where many customers want one vehicle.
pub async fn of_many_sales_at_once_one_takes_the_vehicle(
    store: &(impl SaleStore + VehicleStore),
) -> Outcome {
    let vehicle = fresh_vehicle()?;
    lost(store, &vehicle).await?;
    let sales = (0..MANY).map(|_| sale_of(&vehicle)).collect::<Result<Vec<_>, _>>()?;
    let answers = at_once(sales.iter().map(|sample| store.register(sample.registration()))).await;
    let answers = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
    let times = |wanted: &Registered| answers.iter().filter(|answer| *answer == wanted).count();
    assert_eq!(times(&Registered::Stored), 1, "{answers:?}");
    assert_eq!(times(&Registered::NotInStock(NotInStock::Held)), MANY - 1, "{answers:?}");
    Ok(())
}

/// Protects the list: each vehicle once, however many there are.
pub async fn the_stock_is_listed_page_by_page(store: &(impl SaleStore + VehicleStore)) -> Outcome {
    let mut vehicles = Vec::new();
    for _ in 0..usize::from(STOCK_PAGE) + 3 {
        let vehicle = fresh_vehicle()?;
        lost(store, &vehicle).await?;
        vehicles.push(vehicle);
    }
    let ours = Sample::new()?.sale.dealership;
    let first = store.stock(&ours, Some(&platform()?), None).await?;
    assert_eq!(first.len(), usize::from(STOCK_PAGE));
    let place = first.last().ok_or("no page")?.place();
    let rest = store.stock(&ours, Some(&platform()?), Some(&place)).await?;
    let mut listed: Vec<&Vin> = first.iter().chain(&rest).map(|found| &found.vehicle).collect();
    listed.sort_unstable();
    assert_eq!(listed, vehicles.iter().collect::<Vec<_>>());
    Ok(())
}
