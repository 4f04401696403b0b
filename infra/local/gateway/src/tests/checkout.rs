//! Checkout Sessions: paid, challenged, declined, expired.

use super::desk::{Desk, text};
use crate::checkout;
use crate::confirm::Authentication;
use crate::form::Form;
use crate::objects::Intent;
use serde_json::json;

const LINE: &str = "mode=payment&success_url=https://portal.example/done?s={CHECKOUT_SESSION_ID}\
     &cancel_url=https://portal.example/back&locale=es\
     &line_items[0][quantity]=1&line_items[0][price_data][currency]=eur\
     &line_items[0][price_data][unit_amount]=100000\
     &line_items[0][price_data][product_data][name]=Signal\
     &payment_intent_data[metadata][sale_id]=s-1&client_reference_id=s-1";

fn session(desk: &mut Desk, more: &str) -> String {
    let made = desk.post("/v1/checkout/sessions", &format!("{LINE}{more}"));
    assert_eq!((text(&made, "/status"), text(&made, "/payment_status")), ("open", "unpaid"));
    assert!(text(&made, "/url").ends_with(text(&made, "/id")));
    text(&made, "/id").to_owned()
}

fn card(number: &str) -> Form {
    Form::parse(&format!(
        "type=card&card[number]={number}&card[exp_month]=12&card[exp_year]=34&card[cvc]=123\
         &billing_details[name]=Ana&billing_details[email]=ana@example.com"
    ))
}

#[test]
fn a_good_card_completes_the_session() {
    let mut desk = Desk::default();
    let id = session(&mut desk, "");
    let url = checkout::pay(&mut desk.books, &id, &card("4242424242424242")).unwrap();
    assert_eq!(url, format!("https://portal.example/done?s={id}"));
    let done = desk.get(&format!("/v1/checkout/sessions/{id}?expand[]=payment_intent"));
    assert_eq!((text(&done, "/status"), text(&done, "/payment_status")), ("complete", "paid"));
    assert_eq!(text(&done, "/payment_intent/metadata/sale_id"), "s-1");
    assert_eq!(text(&done, "/customer_details/email"), "ana@example.com");
    assert_eq!(done["url"], json!(null));
    assert_eq!(desk.events().last(), Some(&"checkout.session.completed"));
    assert!(checkout::pay(&mut desk.books, &id, &card("4242424242424242")).is_err(), "once");
    let (status, _) = desk.refused(&format!("/v1/checkout/sessions/{id}/expire"), "");
    assert_eq!(status, 400);
}

#[test]
fn a_decline_leaves_it_open_and_a_challenge_leads_on() {
    let mut desk = Desk::default();
    let id = session(&mut desk, "");
    let declined = checkout::pay(&mut desk.books, &id, &card("4000000000000002"));
    assert_eq!(declined.map_err(|refusal| refusal.status()), Err(402));
    let url = checkout::pay(&mut desk.books, &id, &card("4000002760003184")).unwrap();
    let (intent, secret) = url.split_once("/challenge/").unwrap().1.split_once('/').unwrap();
    let failed = Authentication::Failed;
    let back = checkout::authenticated(&mut desk.books, intent, secret, failed).unwrap();
    assert!(back.ends_with(&format!("/c/pay/{id}")), "to the form once more");
    let url = checkout::pay(&mut desk.books, &id, &card("4000002760003184")).unwrap();
    let (intent, secret) = url.split_once("/challenge/").unwrap().1.split_once('/').unwrap();
    let passed = Authentication::Passed;
    let done = checkout::authenticated(&mut desk.books, intent, secret, passed).unwrap();
    assert!(done.starts_with("https://portal.example/done"));
    assert_eq!(desk.books.all::<Intent>().count(), 1, "one payment, tried three times");
}

#[test]
fn a_debit_comes_later() {
    let mut desk = Desk::default();
    for (iban, outcome) in [
        ("DE89370400440532013000", "checkout.session.async_payment_succeeded"),
        ("DE62370400440532013001", "checkout.session.async_payment_failed"),
    ] {
        let id = session(&mut desk, "&payment_method_types[]=sepa_debit");
        let form = format!(
            "type=sepa_debit&sepa_debit[iban]={iban}&billing_details[name]=Ana\
             &billing_details[email]=ana@example.com"
        );
        checkout::pay(&mut desk.books, &id, &Form::parse(&form)).unwrap();
        let done = desk.get(&format!("/v1/checkout/sessions/{id}"));
        assert_eq!(
            (text(&done, "/status"), text(&done, "/payment_status")),
            ("complete", "unpaid")
        );
        desk.wait(5);
        assert_eq!(desk.events().last(), Some(&outcome));
    }
}

#[test]
fn a_session_ends_at_its_time_with_the_payment_that_was_begun() {
    let mut desk = Desk::default();
    let now = desk.books.now();
    let id = session(&mut desk, &format!("&expires_at={}", now + 1800));
    checkout::pay(&mut desk.books, &id, &card("4000002760003184")).unwrap();
    let intent = desk.books.all::<Intent>().next().unwrap().id.clone();
    let (status, error) = desk.refused(&format!("/v1/payment_intents/{intent}/cancel"), "");
    assert_eq!((status, text(&error, "/code")), (400, "payment_intent_unexpected_state"));
    desk.wait(1801);
    assert_eq!(text(&desk.get(&format!("/v1/checkout/sessions/{id}")), "/status"), "expired");
    assert_eq!(text(&desk.get(&format!("/v1/payment_intents/{intent}")), "/status"), "canceled");
    assert_eq!(desk.events().last(), Some(&"checkout.session.expired"));
}

#[test]
fn a_session_is_refused_with_a_wrong_time_mode_or_without_lines() {
    let mut desk = Desk::default();
    let now = desk.books.now();
    for (form, param) in [
        (format!("{LINE}&expires_at={}", now + 60), "expires_at"),
        (format!("{LINE}&expires_at={}", now + 90_000), "expires_at"),
        (LINE.replace("mode=payment", "mode=subscription"), "mode"),
        (LINE.replace("success_url", "return_url"), "return_url"),
        ("mode=payment&success_url=https://a.example".to_owned(), "line_items"),
        (format!("{LINE}&customer_email=nobody"), "customer_email"),
    ] {
        let (status, error) = desk.refused("/v1/checkout/sessions", &form);
        assert_eq!((status, text(&error, "/param")), (400, param));
    }
}
