//! What [`UnpaidReservations`] promises of the sales that a [`SaleStore`] registers.

use super::sale_store::MANY;
use super::{Outcome, Sample, at_once, fresh_sale_id};
use domain::ports::{
    NewSale, Registered, SaleStore, TooManyUnpaid, UnpaidLimits, UnpaidReservations,
};
use domain::{DealershipId, EmployeeId};
use std::error::Error;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! unpaid_reservations {
    ($each:ident) => {
        $each! { unpaid_reservations:
            an_employee_and_a_dealership_have_as_many_as_they_may,
            what_is_released_makes_room_once,
            a_repeat_at_the_limit_gets_the_first_one_s_answer,
            of_many_at_once_as_many_are_stored_as_may_be
        }
    };
}

const LIMITS: UnpaidLimits = UnpaidLimits { employee: 2, dealership: 3 };

/// Of a dealership that nobody else has.
fn fresh_dealership() -> Result<DealershipId, Box<dyn Error>> {
    let id = fresh_sale_id().to_string();
    Ok(DealershipId::parse(&format!(
        "D-{}",
        id.get(id.len().saturating_sub(12)..).ok_or("short")?
    ))?)
}

fn sale(dealership: &DealershipId, employee: &str) -> Result<Sample, Box<dyn Error>> {
    let mut sample = Sample::new()?;
    sample.sale.dealership = dealership.clone();
    sample.sale.registered_by = EmployeeId::parse(employee)?;
    Ok(sample)
}

async fn register(store: &impl SaleStore, sample: &Sample) -> Result<Registered, Box<dyn Error>> {
    Ok(store.register(NewSale { limits: LIMITS, ..sample.registration() }).await?)
}

/// Protects the dealership from an employee, and the house from a dealership, that registers
/// without end.
pub async fn an_employee_and_a_dealership_have_as_many_as_they_may(
    store: &impl SaleStore,
) -> Outcome {
    let (ours, theirs) = (fresh_dealership()?, fresh_dealership()?);
    for (employee, expected) in [
        ("e:1", Registered::Stored),
        ("e:1", Registered::Stored),
        ("e:1", Registered::TooManyUnpaid(TooManyUnpaid::Employee)),
        ("e.2", Registered::Stored),
        ("e.2", Registered::TooManyUnpaid(TooManyUnpaid::Dealership)),
        ("e:1", Registered::TooManyUnpaid(TooManyUnpaid::Employee)),
    ] {
        let sample = sale(&ours, employee)?;
        let is_stored = expected == Registered::Stored;
        assert_eq!(register(store, &sample).await?, expected, "{employee}");
        assert_eq!(store.sale(sample.sale.id).await?.is_some(), is_stored, "{employee}");
    }
    assert_eq!(
        register(store, &sale(&theirs, "e:1")?).await?,
        Registered::Stored,
        "each dealership counts its own"
    );
    Ok(())
}

/// Protects both sides of the count: a relay that runs twice makes room for one, and the last one
/// that goes leaves nothing.
pub async fn what_is_released_makes_room_once(
    store: &(impl SaleStore + UnpaidReservations),
) -> Outcome {
    let dealership = fresh_dealership()?;
    let (first, second) = (sale(&dealership, "e-1")?, sale(&dealership, "e-1")?);
    for sample in [&first, &second] {
        assert_eq!(register(store, sample).await?, Registered::Stored);
    }
    for _ in 0..2 {
        store.release(&first.sale).await?;
    }
    assert_eq!(register(store, &sale(&dealership, "e-1")?).await?, Registered::Stored);
    let full = Registered::TooManyUnpaid(TooManyUnpaid::Employee);
    assert_eq!(register(store, &sale(&dealership, "e-1")?).await?, full);
    store.release(&sale(&dealership, "e-1")?.sale).await?;
    assert_eq!(
        register(store, &sale(&dealership, "e-1")?).await?,
        full,
        "a stranger makes no room"
    );
    Ok(())
}

/// Protects invariant 6 where the first try took the last place.
pub async fn a_repeat_at_the_limit_gets_the_first_one_s_answer(store: &impl SaleStore) -> Outcome {
    let dealership = fresh_dealership()?;
    let (first, last) = (sale(&dealership, "e-1")?, sale(&dealership, "e-1")?);
    assert_eq!(register(store, &first).await?, Registered::Stored);
    for expected in [Registered::Stored, last.repeated()] {
        assert_eq!(register(store, &last).await?, expected);
    }
    let without_key = sale(&fresh_dealership()?, "e-1")?;
    let limits = UnpaidLimits { employee: 1, dealership: 1 };
    for _ in 0..2 {
        let new = NewSale { request: None, limits, ..without_key.registration() };
        assert_eq!(store.register(new).await?, Registered::Stored, "the transport sent it twice");
    }
    Ok(())
}

/// Protects the limit where many register at the same moment.
pub async fn of_many_at_once_as_many_are_stored_as_may_be(store: &impl SaleStore) -> Outcome {
    let dealership = fresh_dealership()?;
    let samples = (0..MANY).map(|_| sale(&dealership, "e-1")).collect::<Result<Vec<_>, _>>()?;
    let answers = at_once(samples.iter().map(|sample| register(store, sample))).await;
    let answers = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
    let stored = answers.iter().filter(|answer| **answer == Registered::Stored).count();
    assert_eq!(stored, usize::from(LIMITS.employee), "{answers:?}");
    Ok(())
}
