//! What a work list has, and in which order.

use super::{Place, now};
use domain::sale::{Appointment, DeliveryPlace, Registration, Slot, Stage};
use domain::{EmployeeId, Plate, RegistrationId, SaleId, Vin};
use jiff::civil::{Date, date};
use testkit::requests::SALE;

fn handed_over(place: &Place, day: Date) {
    place.world.with(|state| {
        let sale = &mut state.sales.get_mut(&SaleId::parse(SALE).unwrap()).unwrap().sale;
        let registration = Registration {
            id: RegistrationId::parse("R-1").unwrap(),
            plate: Plate::parse("1234 BCD").unwrap(),
        };
        let vehicle = Vin::parse("WVWZZZE1ZMP012345").unwrap();
        sale.stage = Stage::HandedOver { order: None, vehicle, registration };
        let slot = Slot { date: day, time: None, place: DeliveryPlace::Dealership };
        sale.appointment = Some(Appointment { slot, by: EmployeeId::parse("e-1").unwrap() });
    });
}

/// Who is at the door today is looked for in the list, although all is prepared.
#[tokio::test]
async fn the_day_s_deliveries_have_those_that_are_prepared() {
    let place = Place::new(&["sales"]).await;
    let today = now().to_zoned(jiff::tz::TimeZone::UTC).date();
    for (day, is_listed) in [
        (today.yesterday().unwrap(), false),
        (today, true),
        (today.tomorrow().unwrap(), true),
        (date(2025, 3, 2), false),
    ] {
        handed_over(&place, day);
        let page = place.get("deliveries?lang=en").await;
        assert_eq!(page.body.contains(SALE), is_listed, "{day}");
    }
}
