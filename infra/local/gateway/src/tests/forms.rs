//! Parameters: nested, listed, unknown, missing, invalid.

use super::desk::{Desk, text};
use crate::form::Form;
use serde_json::json;

#[test]
fn brackets_make_hashes_and_lists() {
    let form = Form::parse("a[b][c]=1&l[]=x&l[]=y&m[k]=v&items[][q]=2&items[][q]=3&t=a%20b+c");
    assert_eq!(form.tree("a"), json!({ "b": { "c": "1" } }));
    assert_eq!(form.list("l"), ["x", "y"]);
    assert_eq!(form.hash("m").unwrap()["k"], "v");
    assert_eq!(form.length("items"), 2);
    assert_eq!(form.integer("items[1][q]").unwrap(), Some(3));
    assert_eq!(form.text("t").unwrap(), Some("a b c"));
    assert!(form.check(&["a[b][c]", "l[]", "m[*]", "items[][q]", "t"]).is_ok());
    assert!(form.check(&["a[b]", "l[]", "m[*]", "items[][q]", "t"]).is_err());
}

#[test]
fn parameters_are_refused_by_stripe_s_codes() {
    let mut desk = Desk::default();
    for (form, code, param) in [
        ("amount=100&currency=eur&colour=red", "parameter_unknown", "colour"),
        ("amount=100&currency=eur&metadata[a][b]=1", "parameter_unknown", "metadata[a][b]"),
        ("currency=eur", "parameter_missing", "amount"),
        ("amount=100", "parameter_missing", "currency"),
        ("amount=ten&currency=eur", "parameter_invalid_integer", "amount"),
        ("amount=-5&currency=eur", "parameter_invalid_integer", "amount"),
        ("amount=&currency=eur", "parameter_invalid_empty", "amount"),
        ("amount=49&currency=eur", "amount_too_small", "amount"),
        ("amount=100000000&currency=eur", "amount_too_large", "amount"),
        ("amount=100&currency=eur&customer=cus_0", "resource_missing", "customer"),
    ] {
        let (status, error) = desk.refused("/v1/payment_intents", form);
        assert_eq!((status, text(&error, "/code")), (400, code), "{form}");
        assert_eq!(text(&error, "/param"), param, "{form}");
        assert_eq!(text(&error, "/type"), "invalid_request_error");
    }
    assert!(desk.events().is_empty(), "nothing was made");
}

#[test]
fn what_an_address_names_and_is_not_there_is_404() {
    let mut desk = Desk::default();
    let (status, error) = desk.call("GET", "/v1/payment_intents/pi_0", "");
    assert_eq!((status, text(&error, "/error/code")), (404, "resource_missing"));
    assert_eq!(text(&error, "/error/param"), "intent");
    let (status, error) = desk.call("GET", "/v1/payment_intent", "");
    assert_eq!(status, 404);
    assert!(text(&error, "/error/message").starts_with("Unrecognized request URL"));
}

#[test]
fn endive_takes_the_allowed_types_and_no_others() {
    let mut desk = Desk::default();
    desk.books.setting.api_version = "2026-10-28.endive".to_owned();
    let old = "amount=100&currency=eur&payment_method_types[]=card";
    let (status, error) = desk.refused("/v1/payment_intents", old);
    assert_eq!(status, 400);
    assert_eq!(text(&error, "/code"), "payment_method_types_no_longer_supported");
    let new = "amount=100&currency=eur&allowed_payment_method_types[]=card";
    let made = desk.post("/v1/payment_intents", new);
    assert_eq!(made["payment_method_types"], json!(["card"]));
    desk.books.setting.api_version = "2025-11-17.clover".to_owned();
    assert_eq!(text(&desk.refused("/v1/payment_intents", new).1, "/code"), "parameter_unknown");
}
