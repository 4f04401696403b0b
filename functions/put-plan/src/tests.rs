use super::*;
use domain::PlanCode;
use edge::ProblemType;
use serde_json::{Value, json};
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::{now, post_as};

async fn put(world: &World, code: &str, role: &str, body: &Value) -> Result<Reply, Problem> {
    let mut event = post_as("HQ", role, &json!({ "content-type": "application/json" }), body);
    event["pathParameters"] = json!({ "plan_code": code });
    handle(
        &Ports::new(world, "put-plan"),
        Request::new(serde_json::from_value(event).unwrap(), now()).unwrap(),
    )
    .await
}

fn body() -> Value {
    json!({
        "base_platform": "CITY-E",
        "names": { "es": "City eléctrico", "de": "City elektrisch" },
        "options": [{ "code": "GPS", "names": { "es": "Navegador" } }],
        "tariffs": [{ "country": "ES", "currency": "EUR", "price": 2_490_000, "signal": 100_000,
                      "options": [{ "code": "GPS", "price": 60_000 }] }],
    })
}

fn world() -> World {
    World::new(1, now(), Faults::Calm, false)
}

#[tokio::test]
async fn a_plan_is_put_and_shown_as_it_is() {
    let world = world();
    let answer = put(&world, "CITY", "product", &body()).await.unwrap();
    let mut expected = body();
    expected["code"] = json!("CITY");
    expected["updated_by"] = json!("e-1");
    expected["updated_at"] = json!("2026-03-02T09:00:00Z");
    assert_eq!((answer.status, answer.value()), (200, expected));
    assert!(world.with(|state| state.plans.contains_key(&PlanCode::parse("CITY").unwrap())));
}

/// R-193 of `docs/requirements.md`: names are cleaned as all that people type, and can be left out.
#[tokio::test]
async fn a_plan_without_names_is_taken_and_one_with_names_keeps_them_clean() {
    let world = world();
    let mut body = body();
    body["names"]["es"] = json!(" City\u{202e} ele\u{301}ctrico ");
    let answer = put(&world, "CITY", "product", &body).await.unwrap().value();
    assert_eq!(answer["names"]["es"], "City eléctrico");
    for left_out in ["names", "options"] {
        body.as_object_mut().unwrap().remove(left_out);
    }
    let answer = put(&world, "CITY", "product", &body).await.unwrap().value();
    assert!(answer.get("names").is_none() && answer.get("options").is_none(), "{answer}");
}

#[tokio::test]
async fn only_product_puts_plans() {
    let world = world();
    for role in ["sales", "dealership-manager", "auditor"] {
        assert_eq!(
            put(&world, "CITY", role, &body()).await.unwrap_err().kind(),
            ProblemType::Forbidden
        );
    }
    assert!(world.with(|state| state.plans.is_empty()));
}

#[tokio::test]
async fn faults_say_where_they_are() {
    let (tariff, named) = (body()["tariffs"][0].clone(), body()["options"][0].clone());
    let cases: [(&str, Value, &str); 16] = [
        ("/base_platform", json!("city"), "/base_platform"),
        ("/tariffs", json!({}), "/tariffs"),
        ("/tariffs", json!([tariff, tariff]), "/tariffs/1/country"),
        ("/tariffs/0", json!(1), "/tariffs/0"),
        ("/names/es", json!(" "), "/names/es"),
        ("/names/de", json!("x".repeat(81)), "/names/de"),
        ("/names", json!({ "nl": "City" }), "/names/nl"),
        ("/options/0/names/es", json!("Nave\ngador"), "/options/0/names/es"),
        ("/options/0/code", json!("RED"), "/options/0/code"),
        ("/options", json!([named, named]), "/options/1/code"),
        ("/tariffs/0/currency", json!("EURO"), "/tariffs/0/currency"),
        ("/tariffs/0/price", json!(0), "/tariffs/0/price"),
        ("/tariffs/0/signal", json!(2_490_000), "/tariffs/0/signal"),
        ("/tariffs/0/options/0/price", json!(-1), "/tariffs/0/options/0/price"),
        (
            "/tariffs/0/options",
            json!([{ "code": "A", "price": 1 }, { "code": "A", "price": 2 }]),
            "/tariffs/0/options",
        ),
        (
            "/tariffs/0/options",
            json!([{ "code": "A", "price": 999_999_999 }]),
            "/tariffs/0/options",
        ),
    ];
    for (pointer, value, expected) in cases {
        let mut bad = body();
        *bad.pointer_mut(pointer).unwrap() = value;
        let problem = put(&world(), "CITY", "product", &bad).await.unwrap_err();
        let pointers: Vec<&str> =
            problem.errors().iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, [expected]);
    }
    assert_eq!(
        put(&world(), "city", "product", &body()).await.unwrap_err().kind(),
        ProblemType::InvalidRequest
    );
}
