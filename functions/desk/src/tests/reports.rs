//! The month's report, as a page and as a table.

use super::{Place, days};
use domain::ports::SaleStore;
use domain::sale::{Fact, FactKind, Movement, Part, Posting, Stage};
use domain::{SaleId, Vin};
use jiff::{SignedDuration, Timestamp};
use testkit::contract::Sample;
use testkit::memory::Ports;

/// Registers a sale at this moment; `true`: it lost its vehicle after `hours`.
async fn sold(place: &Place, at: &str, number: u64, hours: Option<i64>) {
    let at: Timestamp = at.parse().unwrap();
    let millis = at.as_millisecond();
    let (high, low) = (millis >> 16, millis & 0xffff);
    let mut sample = Sample::new().unwrap();
    let sale = &mut sample.sale;
    sale.id = SaleId::parse(&format!("{high:08x}-{low:04x}-7000-8000-{number:012x}")).unwrap();
    let later = |hours| at.checked_add(SignedDuration::from_hours(hours)).unwrap();
    if let Some(hours) = hours {
        let ends = [FactKind::PaymentFailed, FactKind::SinAsignar].map(|kind| (kind, hours + 50));
        let facts = [(FactKind::ReservationPaid, hours), (FactKind::AvailableForCustomer, hours)];
        sale.facts = vec![Fact(FactKind::SaleRegistered, at)];
        sale.facts.extend(facts.into_iter().chain(ends).map(|(kind, at)| Fact(kind, later(at))));
        let movements = [(Movement::Captured, hours), (Movement::Forfeited, hours + 50)];
        sale.ledger =
            movements.map(|(movement, at)| Posting(movement, Part::Signal, later(at))).to_vec();
        let vehicle = Vin::parse("VSSZZZ5FZJR012345").unwrap();
        sale.stage = Stage::SinAsignar { order: None, vehicle };
    }
    Ports::new(&place.world, "register-sale").register(sample.registration()).await.unwrap();
}

/// February: three sales, two of which are forfeit; January: one, which is.
async fn dealership(roles: &[&str]) -> Place {
    let place = Place::new(roles).await;
    // The last moment of January in Madrid, and the first of February.
    sold(&place, "2026-01-31T22:59:59Z", 1, Some(10)).await;
    sold(&place, "2026-01-31T23:00:00Z", 2, Some(4)).await;
    sold(&place, "2026-02-10T09:00:00Z", 3, Some(6)).await;
    sold(&place, "2026-02-28T22:59:59Z", 4, None).await;
    place
}

/// R-197 of `docs/requirements.md`.
#[tokio::test]
async fn a_month_is_compared_with_the_one_before_in_charts_and_tables_alike() {
    let place = dealership(&["auditor"]).await;
    let page = place.get("reports/2026-02?lang=en").await;
    assert_eq!(page.status, 200);
    for line in [
        "Sold</th><td>3</td><td>1</td><td>+2</td>",
        "Under way</th><td>1</td><td>0</td><td>+1</td>",
        "Sin asignar</th><td>2</td><td>1</td><td>+1</td>",
        "Forfeit señales</th><td>€2,000.00</td><td>€1,000.00</td><td>+€1,000.00</td>",
        "Registered</th><td>5 h 0 min</td><td>10 h 0 min</td><td>−5 h 0 min</td>",
    ] {
        assert!(page.body.contains(line), "{line}: {}", page.body);
    }
    // Each figure of a table is drawn, and each chart says what it is.
    let count = |text: &str| page.body.matches(text).count();
    assert_eq!(count("<svg role=\"img\""), 3);
    assert_eq!((count("<title id="), count("<desc id="), count("<caption")), (3, 3, 3));
    assert_eq!(count("<rect class=\"now\""), count("<tr><th scope=\"row\">"));
    assert_eq!(count("<rect"), 2 * count("<tr><th scope=\"row\">"));
    // The longest bar of a chart, and one of a third.
    assert!(page.body.contains("width=\"50.0%\"") && page.body.contains("width=\"16.6%\""));
    let table = place.get("reports/2026-02.csv?lang=es").await;
    assert_eq!(table.headers["content-disposition"], "attachment; filename=\"caas-2026-02.csv\"");
    assert!(table.headers["content-type"].starts_with("text/csv"));
    for line in [
        "\u{feff}group;figure;name;unit;2026-02;2026-01\r\n",
        "\r\nsales;sold;Vendidas;sales;3;1\r\n",
        "\r\nsales;SinAsignar;Sin asignar;sales;2;1\r\n",
        "\r\nmoney;forfeits;Señales perdidas;EUR;2000,00;1000,00\r\n",
        "\r\ntime;SaleRegistered;Registrada;hours;5,0;10,0\r\n",
    ] {
        assert!(table.body.contains(line), "{line}: {}", table.body);
    }
    // A query and a read of the sales, of each month.
    let reads = place.ask(days(0), "GET", "reports/2026-02", [super::COOKIE, ""], "").await.1;
    assert_eq!(reads, 4);
}

#[tokio::test]
async fn a_report_begins_with_the_present_month_and_knows_no_later_one() {
    let place = dealership(&["dealership-manager"]).await;
    let leads = async |path: &str| place.get(path).await.headers["location"].clone();
    assert_eq!(leads("reports?lang=en").await, "reports/2026-03?lang=en");
    assert_eq!(leads("reports?lang=en&month=2026-01").await, "reports/2026-01?lang=en");
    assert_eq!(leads("reports?lang=en&month=%3Cb%3E").await, "reports/2026-03?lang=en");
    let page = async |path: &str| place.get(path).await.body;
    let present = page("reports/2026-03?lang=en").await;
    assert!(present.contains("The month is not over") && !present.contains("rel=\"next\""));
    assert_eq!(present.matches("<option").count(), 24);
    assert!(present.contains("<option value=\"2026-03\" selected>March 2026<"), "{present}");
    let old = page("reports/2019-12?lang=en").await;
    assert_eq!(old.matches("<option").count(), 25);
    let past = page("reports/2026-02?lang=en").await;
    assert!(!past.contains("The month is not over"));
    assert!(past.contains("reports/2026-01?lang=en\" rel=\"prev\">← January 2026"));
    assert!(past.contains("reports/2026-03?lang=en\" rel=\"next\">March 2026 →"));
    for none in ["2026", "2026-13", "2026-02.csv.csv", ".csv", "March", "2026-02-01", "x%2F..%2Fy"]
    {
        assert_eq!(place.get(&format!("reports/{none}")).await.status, 404, "{none}");
    }
}

#[tokio::test]
async fn a_report_is_the_own_dealership_s_and_not_everybody_s() {
    for role in ["sales", "product", "janitor"] {
        let place = dealership(&[role]).await;
        for path in ["reports", "reports/2026-02", "reports/2026-02.csv"] {
            assert_eq!(place.get(path).await.status, 403, "{path} as {role}");
        }
        assert!(!place.get("plans").await.body.contains("\"reports\""), "{role} is led there");
    }
    let elsewhere = Place::of("LIS-02", &["auditor"]).await;
    sold(&elsewhere, "2026-02-10T09:00:00Z", 3, Some(6)).await;
    let page = elsewhere.get("reports/2026-02?lang=en").await.body;
    assert!(page.contains("Sold</th><td>0</td><td>0</td><td>0</td>"), "{page}");
}
