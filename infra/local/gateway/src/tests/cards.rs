//! Cards: paid, challenged, declined, canceled.

use super::desk::{Desk, text, with_card};
use crate::checkout;
use crate::confirm::Authentication;
use crate::objects::Intent;
use serde_json::json;

const CARD: &str = "type=card&card[exp_month]=12&card[exp_year]=2034&card[cvc]=123&card[number]=";

fn challenged(desk: &mut Desk) -> (String, String) {
    let intent = desk.pay("pm_card_authenticationRequired");
    assert_eq!(text(&intent, "/status"), "requires_action");
    let id = text(&intent, "/id").to_owned();
    let url = text(&intent, "/next_action/redirect_to_url/url");
    let secret = url.rsplit('/').next().unwrap().to_owned();
    (id, secret)
}

#[test]
fn a_good_card_pays_with_its_fee() {
    let mut desk = Desk::default();
    let method = desk.post("/v1/payment_methods", &format!("{CARD}4242424242424242"));
    let intent = desk.pay(text(&method, "/id"));
    assert_eq!(text(&intent, "/status"), "succeeded");
    assert_eq!(intent["amount_received"], 100_000);
    let path = format!("/v1/payment_intents/{}", text(&intent, "/id"));
    let shown = desk.get(&format!("{path}?expand[]=latest_charge.balance_transaction"));
    assert_eq!(shown["latest_charge"]["balance_transaction"]["fee"], 1525);
    assert_eq!(shown["latest_charge"]["payment_method_details"]["card"]["last4"], "4242");
    assert_eq!(
        desk.events(),
        ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    );
}

#[test]
fn a_bank_s_no_is_402_and_the_intent_can_be_paid_otherwise() {
    let mut desk = Desk::default();
    for (method, code, decline_code) in [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", ""),
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
    ] {
        let (status, error) = desk.refused("/v1/payment_intents", &with_card(method));
        assert_eq!((status, text(&error, "/type")), (402, "card_error"));
        assert_eq!(text(&error, "/code"), code);
        assert_eq!(text(&error, "/decline_code"), decline_code);
        assert_eq!(text(&error, "/payment_intent/status"), "requires_payment_method");
        assert_eq!(text(&error, "/payment_intent/last_payment_error/code"), code);
        let path = format!("/v1/payment_intents/{}/confirm", text(&error, "/payment_intent/id"));
        assert_eq!(text(&desk.post(&path, "payment_method=pm_card_visa"), "/status"), "succeeded");
        let (status, error) = desk.refused(&path, "payment_method=pm_card_visa");
        assert_eq!((status, text(&error, "/code")), (400, "payment_intent_unexpected_state"));
        assert_eq!(text(&error, "/payment_intent/status"), "succeeded");
    }
}

#[test]
fn a_wrong_card_is_a_card_error_and_no_payment_method() {
    let mut desk = Desk::default();
    let (status, error) = desk.refused("/v1/payment_methods", &format!("{CARD}4242424242424241"));
    assert_eq!((status, text(&error, "/code")), (402, "incorrect_number"));
    let old = "type=card&card[number]=4242424242424242&card[exp_month]=1&card[exp_year]=2020";
    assert_eq!(text(&desk.refused("/v1/payment_methods", old).1, "/code"), "invalid_expiry_year");
}

#[test]
fn a_challenge_that_is_passed_pays_and_leads_back() {
    let mut desk = Desk::default();
    let (id, secret) = challenged(&mut desk);
    let url =
        checkout::authenticated(&mut desk.books, &id, &secret, Authentication::Passed).unwrap();
    let secret_of_intent = desk.books.get::<Intent>(&id).unwrap().client_secret.clone();
    assert_eq!(
        url,
        format!(
            "https://portal.example/back?sale=1&payment_intent={id}\
             &payment_intent_client_secret={secret_of_intent}&redirect_status=succeeded"
        )
    );
    let again = checkout::authenticated(&mut desk.books, &id, &secret, Authentication::Passed);
    assert!(again.is_err(), "a challenge is answered once");
    assert_eq!(text(&desk.get(&format!("/v1/payment_intents/{id}")), "/status"), "succeeded");
}

#[test]
fn a_challenge_that_is_failed_leaves_the_intent_without_a_payment_method() {
    let mut desk = Desk::default();
    let (id, secret) = challenged(&mut desk);
    let url =
        checkout::authenticated(&mut desk.books, &id, &secret, Authentication::Failed).unwrap();
    assert!(url.ends_with("redirect_status=failed"));
    let intent = desk.get(&format!("/v1/payment_intents/{id}"));
    assert_eq!(text(&intent, "/status"), "requires_payment_method");
    let code = "payment_intent_authentication_failure";
    assert_eq!(text(&intent, "/last_payment_error/code"), code);
    assert_eq!(desk.events().last(), Some(&"payment_intent.payment_failed"));
}

#[test]
fn a_card_can_be_declined_after_its_challenge() {
    let mut desk = Desk::default();
    let intent = desk.pay("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds");
    let secret = text(&intent, "/next_action/redirect_to_url/url").rsplit('/').next().unwrap();
    let id = text(&intent, "/id");
    checkout::authenticated(&mut desk.books, id, secret, Authentication::Passed).unwrap();
    let intent = desk.get(&format!("/v1/payment_intents/{id}"));
    assert_eq!(text(&intent, "/last_payment_error/decline_code"), "insufficient_funds");
}

#[test]
fn without_somebody_to_ask_a_challenged_card_is_declined() {
    let mut desk = Desk::default();
    for more in ["off_session=true", "error_on_requires_action=true"] {
        let form = format!("{}&{more}", with_card("pm_card_authenticationRequired"));
        let (status, error) = desk.refused("/v1/payment_intents", &form);
        assert_eq!((status, text(&error, "/code")), (402, "authentication_required"));
    }
    let form = "amount=100&currency=eur&payment_method_types[]=card&confirm=true\
         &payment_method=pm_card_authenticationRequired";
    let intent = desk.post("/v1/payment_intents", form);
    assert_eq!(text(&intent, "/next_action/type"), "use_stripe_sdk");
    let chosen = "amount=100&currency=eur&confirm=true&payment_method=pm_card_visa";
    assert_eq!(text(&desk.refused("/v1/payment_intents", chosen).1, "/param"), "return_url");
}

#[test]
fn a_payment_that_is_open_can_be_canceled_and_one_that_is_made_can_not() {
    let mut desk = Desk::default();
    let (id, secret) = challenged(&mut desk);
    let path = format!("/v1/payment_intents/{id}/cancel");
    let canceled = desk.post(&path, "cancellation_reason=abandoned");
    assert_eq!(text(&canceled, "/status"), "canceled");
    assert_eq!(canceled["next_action"], json!(null));
    let late = checkout::authenticated(&mut desk.books, &id, &secret, Authentication::Passed);
    assert!(late.is_err(), "its challenge is over");
    let paid = desk.pay("pm_card_visa");
    let path = format!("/v1/payment_intents/{}/cancel", text(&paid, "/id"));
    let (status, error) = desk.refused(&path, "");
    assert_eq!((status, text(&error, "/code")), (400, "payment_intent_unexpected_state"));
    assert_eq!(text(&error, "/payment_intent/status"), "succeeded");
}

#[test]
fn a_card_of_nobody_s_pays_once_and_a_customer_s_again() {
    let mut desk = Desk::default();
    let method = desk.post("/v1/payment_methods", &format!("{CARD}4242424242424242"));
    let method = text(&method, "/id");
    desk.pay(method);
    let (status, error) = desk.refused("/v1/payment_intents", &with_card(method));
    assert_eq!((status, text(&error, "/param")), (400, "payment_method"));
    let customer = desk.post("/v1/customers", "email=ana@example.com");
    let customer = text(&customer, "/id");
    let attached =
        desk.post("/v1/payment_methods/pm_card_visa/attach", &format!("customer={customer}"));
    let form = format!("{}&customer={customer}", with_card(text(&attached, "/id")));
    desk.post("/v1/payment_intents", &form);
    desk.post("/v1/payment_intents", &form);
}
