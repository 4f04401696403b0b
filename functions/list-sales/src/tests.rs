use super::*;
use domain::SaleId;
use domain::ports::SaleStore;
use edge::ProblemType;
use jiff::SignedDuration;
use serde_json::Value;
use testkit::contract::Sample;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::get_as;

/// A world with 120 sales of MAD-01, every third one by e-2 and the others by e-1, and one of
/// LIS-02. The ids in their order.
async fn world() -> (World, Vec<String>) {
    let world = World::new(1, testkit::contract::registered_at(), Faults::Calm, false);
    let mut ids = Vec::new();
    for number in 0..=120 {
        let mut sample = Sample::new().unwrap();
        sample.sale.registered_by =
            EmployeeId::parse(if number % 3 == 0 { "e-2" } else { "e-1" }).unwrap();
        if number == 120 {
            sample.sale.dealership = domain::DealershipId::parse("LIS-02").unwrap();
        } else {
            ids.push(sample.sale.id.to_string());
        }
        Ports::new(&world, "register-sale").register(sample.registration()).await.unwrap();
    }
    (world, ids)
}

async fn list(world: &World, headers: &Value, query: &Value) -> Result<Reply, Problem> {
    let now =
        testkit::contract::registered_at().checked_add(SignedDuration::from_hours(100)).unwrap();
    let event = get_as("MAD-01", "sales", headers, query);
    handle(
        &Ports::new(world, "list-sales"),
        Request::new(serde_json::from_value(event).unwrap(), now).unwrap(),
    )
    .await
}

/// Every page from the first on: the ids, and how many pages.
async fn all(world: &World, mut query: Value) -> (Vec<String>, u32) {
    let (mut seen, mut pages) = (Vec::new(), 0);
    loop {
        let page = list(world, &json!({}), &query).await.unwrap().value();
        seen.extend(
            page["sales"]
                .as_array()
                .unwrap()
                .iter()
                .map(|sale| sale["sale_id"].as_str().unwrap().to_owned()),
        );
        pages += 1;
        let Some(next) = page.get("next") else { return (seen, pages) };
        query["after"] = next.clone();
    }
}

#[tokio::test]
async fn pages_go_on_to_the_end_newest_first_and_hold_our_sales_alone() {
    let (world, mut ids) = world().await;
    ids.reverse();
    assert_eq!(all(&world, json!({})).await, (ids, 3));
}

#[tokio::test]
async fn employee_status_and_what_is_overdue_choose() {
    let (world, ids) = world().await;
    assert_eq!(all(&world, json!({ "employee": "e-2" })).await.0.len(), 40);
    assert_eq!(all(&world, json!({ "employee": "e-3" })).await.0.len(), 0);
    assert_eq!(all(&world, json!({ "status": "SaleRegistered" })).await, (ids.clone(), 3));
    assert_eq!(all(&world, json!({ "status": "Lapsed" })).await.0.len(), 0);
    assert_eq!(all(&world, json!({ "overdue": "true" })).await, (ids.clone(), 3));
    let made = SaleId::parse(&ids[0]).unwrap().made_at().to_zoned(TimeZone::UTC).date();
    let (before, after) = (made.yesterday().unwrap(), made.tomorrow().unwrap());
    assert_eq!(
        all(&world, json!({ "from": made.to_string(), "to": made.to_string() })).await.0.len(),
        120
    );
    assert_eq!(all(&world, json!({ "from": after.to_string() })).await.0.len(), 0);
    assert_eq!(
        all(&world, json!({ "to": before.to_string(), "employee": "e-1" })).await.0.len(),
        0
    );
}

#[tokio::test]
async fn a_line_says_what_the_desk_looks_for() {
    let (world, ids) = world().await;
    let page =
        list(&world, &json!({}), &json!({ "status": "SaleRegistered" })).await.unwrap().value();
    let line = &page["sales"][0];
    assert_eq!(line["sale_id"], ids[0]);
    assert_eq!(
        (line["status"].as_str(), line["overdue"].as_bool()),
        (Some("SaleRegistered"), Some(true))
    );
    assert_eq!(
        (line["customer"].as_str(), line["price"].as_u64()),
        (Some("Ana García Peña"), Some(3_250_000))
    );
    assert!(line.get("email").is_none() && line.get("order_id").is_none());
}

#[tokio::test]
async fn a_spreadsheet_gets_a_table_that_says_where_it_goes_on() {
    let (world, ids) = world().await;
    let csv = json!({ "accept": "text/csv" });
    let table = list(&world, &csv, &json!({ "employee": "e-1", "from": "2020-01-01" }))
        .await
        .unwrap()
        .table
        .unwrap();
    let lines: Vec<&str> = table.csv.split_terminator("\r\n").collect();
    assert_eq!((lines.len(), table.next), (81, None));
    assert!(
        lines[0].starts_with("\u{feff}sale_id,status,due_at,") && lines[1].starts_with(&ids[119]),
        "{}",
        lines[1]
    );
    let request = Request::new(
        serde_json::from_value(get_as("MAD-01", "sales", &csv, &json!({ "employee": "e-1" })))
            .unwrap(),
        Timestamp::UNIX_EPOCH,
    )
    .unwrap();
    let place = SalePlace::parse(&format!("5.{}", ids[0])).unwrap();
    assert_eq!(next(&request, place), format!("employee=e-1&after=5.{}", ids[0]));
}

#[test]
fn no_cell_is_a_formula() {
    let mut sample = Sample::new().unwrap();
    sample.sale.registered_by = EmployeeId::parse("-1:2").unwrap();
    let line = SaleLine::new(&sample.sale, &sample.details, Timestamp::UNIX_EPOCH);
    assert!(written(&[line], "").contains(",'-1:2,Ana García Peña,"));
}

/// The table in UTC for a reader of this language.
fn written(lines: &[SaleLine<'_>], language: &str) -> String {
    let headers = json!({ "accept": "text/csv", "accept-language": language });
    let event = get_as("MAD-01", "sales", &headers, &json!({}));
    let request = Request::new(serde_json::from_value(event).unwrap(), Timestamp::UNIX_EPOCH);
    table(lines, &TimeZone::UTC, reader(&request.unwrap())).unwrap().csv
}

/// R-134 of `docs/requirements.md`: a name may be what it likes, an Excel that parts cells where we
/// don't finds no formula.
#[test]
fn no_part_of_a_cell_is_a_formula_wherever_it_is_parted() {
    for (name, harmless) in [
        ("Rubén García;=1+1;", "Rubén García;'=1+1;"),
        ("Rubén, =1+1", "Rubén, '=1+1"),
        ("Rubén;\"@SUM(A1)", "Rubén;\"'@SUM(A1)"),
        ("Ana-María = Soto", "Ana-María = Soto"),
    ] {
        let mut sample = Sample::new().unwrap();
        sample.details.customer.full_name = domain::FullName::parse(name).unwrap();
        let line = SaleLine::new(&sample.sale, &sample.details, Timestamp::UNIX_EPOCH);
        let table = written(&[line], "de-DE,de;q=0.9");
        let mut read = csv::ReaderBuilder::new().delimiter(b';').from_reader(table.as_bytes());
        let cells = read.records().next().unwrap().unwrap();
        assert_eq!(&cells[6], harmless);
    }
}

/// As an Excel in German opens it: UTF-8 by the mark, cells at semicolons, decimals with a comma,
/// moments that it takes for moments.
#[tokio::test]
async fn a_german_excel_opens_the_table_right() {
    let (world, _) = world().await;
    let headers = json!({ "accept": "text/csv", "accept-language": "de-DE,de;q=0.9,en;q=0.8" });
    let table = list(&world, &headers, &json!({})).await.unwrap().table.unwrap().csv;
    let table = table.strip_prefix('\u{feff}').unwrap();
    let mut read = csv::ReaderBuilder::new().delimiter(b';').from_reader(table.as_bytes());
    assert_eq!(read.headers().unwrap(), SaleLine::COLUMNS.as_slice());
    let lines: Vec<_> = read.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(lines.len(), 120);
    let registered = testkit::contract::registered_at();
    let madrid = domain::ZoneName::parse("Europe/Madrid").unwrap().time_zone();
    for line in &lines {
        let euros = line[10].replace('.', "").replace(',', ".").parse::<f64>().unwrap();
        assert!((euros - 32_500.0).abs() < 0.001, "{}", &line[10]);
        let at = jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M", &line[4]).unwrap();
        let at = at.to_zoned(madrid.clone()).unwrap().timestamp();
        assert!(registered.duration_since(at).as_secs() < 60, "{}", &line[4]);
        assert_eq!(&line[6], "Ana García Peña");
    }
}

/// R-193 of `docs/requirements.md`.
#[test]
fn a_table_calls_the_plan_as_its_reader_does() {
    let sample = Sample::new().unwrap();
    let line = || SaleLine::new(&sample.sale, &sample.details, Timestamp::UNIX_EPOCH);
    for (language, name) in [("es-ES", ";City eléctrico"), ("de", ";CITY"), ("", ",CITY")] {
        let table = written(&[line()], language);
        assert!(table.trim_end().ends_with(name), "{table}");
    }
    assert_eq!(serde_json::to_value(line()).unwrap()["plan_names"]["es"], "City eléctrico");
}

#[test]
fn a_cell_is_one_cell_whatever_is_in_it() {
    let mut sample = Sample::new().unwrap();
    sample.details.customer.full_name =
        domain::FullName::parse("Ana \"Anita\" García, Peña").unwrap();
    let line = SaleLine::new(&sample.sale, &sample.details, Timestamp::UNIX_EPOCH);
    assert!(written(&[line], "").contains(",\"Ana \"\"Anita\"\" García, Peña\","));
}

#[tokio::test]
async fn parameters_that_no_index_has_together_are_refused() {
    let (world, ids) = world().await;
    for query in [
        json!({ "status": "Sold" }),
        json!({ "overdue": "yes" }),
        json!({ "from": "yesterday" }),
        json!({ "from": "2026-03-02", "to": "2026-03-01" }),
        json!({ "after": "1" }),
        // Places of other lists.
        json!({ "to": "2000-01-01", "after": format!("5.{}", ids[0]) }),
        json!({ "from": "2100-01-01", "after": format!("5.{}", ids[0]) }),
        json!({ "overdue": "true", "after": format!("4102444800000.{}", ids[0]) }),
        json!({ "dealership": "LIS-02" }),
        json!({ "status": "Lapsed", "overdue": "true" }),
        json!({ "status": "Lapsed", "employee": "e-1" }),
        json!({ "overdue": "true", "to": "2026-01-01" }),
    ] {
        let problem = list(&world, &json!({}), &query).await.unwrap_err();
        assert_eq!(
            (problem.kind(), problem.errors().len()),
            (ProblemType::InvalidRequest, 1),
            "{query}"
        );
    }
}
