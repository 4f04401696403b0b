//! Direct debits: mandates, the limit, and what comes later.

use super::desk::{Desk, text};
use crate::checkout;
use crate::chores;

const MANDATE: &str = "&mandate_data[customer_acceptance][type]=online\
     &mandate_data[customer_acceptance][online][ip_address]=127.0.0.1\
     &mandate_data[customer_acceptance][online][user_agent]=test";

fn account(desk: &mut Desk, iban: &str) -> String {
    let form = format!(
        "type=sepa_debit&sepa_debit[iban]={iban}&billing_details[name]=Ana\
         &billing_details[email]=ana@example.com"
    );
    text(&desk.post("/v1/payment_methods", &form), "/id").to_owned()
}

fn form(method: &str, amount: i64, more: &str) -> String {
    format!(
        "amount={amount}&currency=eur&payment_method_types[]=sepa_debit&confirm=true\
         &payment_method={method}{more}"
    )
}

fn debit(desk: &mut Desk, iban: &str) -> String {
    let method = account(desk, iban);
    let intent = desk.post("/v1/payment_intents", &form(&method, 100_000, MANDATE));
    assert_eq!(text(&intent, "/status"), "processing");
    text(&intent, "/id").to_owned()
}

fn status(desk: &mut Desk, intent: &str) -> String {
    text(&desk.get(&format!("/v1/payment_intents/{intent}")), "/status").to_owned()
}

#[test]
fn an_account_needs_a_right_iban_a_name_and_an_email() {
    let mut desk = Desk::default();
    let wrong = "type=sepa_debit&sepa_debit[iban]=DE00370400440532013000&billing_details[name]=A\
         &billing_details[email]=a@b.example";
    let (status, error) = desk.refused("/v1/payment_methods", wrong);
    assert_eq!((status, text(&error, "/code")), (400, "invalid_bank_account_iban"));
    assert_eq!(text(&error, "/param"), "sepa_debit[iban]");
    let nobody = "type=sepa_debit&sepa_debit[iban]=DE89370400440532013000";
    let (_, error) = desk.refused("/v1/payment_methods", nobody);
    assert_eq!(text(&error, "/param"), "billing_details[name]");
}

#[test]
fn a_debit_needs_a_mandate_and_stays_below_the_limit() {
    let mut desk = Desk::default();
    let method = account(&mut desk, "DE89370400440532013000");
    let (status, error) = desk.refused("/v1/payment_intents", &form(&method, 100_000, ""));
    assert_eq!((status, text(&error, "/type")), (400, "invalid_request_error"));
    assert!(error.get("param").is_none() && error.get("code").is_none(), "{error}");
    let online = "&mandate_data[customer_acceptance][type]=online";
    let (_, error) = desk.refused("/v1/payment_intents", &form(&method, 100_000, online));
    assert_eq!(text(&error, "/param"), "mandate_data[customer_acceptance][online][ip_address]");
    let (_, error) = desk.refused("/v1/payment_intents", &form(&method, 1_000_001, MANDATE));
    assert_eq!((text(&error, "/code"), text(&error, "/param")), ("amount_too_large", "amount"));
    assert!(desk.events().is_empty(), "nothing was made");
    let offline = "&mandate_data[customer_acceptance][type]=offline";
    let intent = desk.post("/v1/payment_intents", &form(&method, 1_000_000, offline));
    assert_eq!(text(&intent, "/status"), "processing");
    let charge = desk.get(&format!("/v1/charges/{}", text(&intent, "/latest_charge")));
    let mandate = text(&charge, "/payment_method_details/sepa_debit/mandate");
    let mandate = desk.get(&format!("/v1/mandates/{mandate}"));
    assert_eq!(text(&mandate, "/customer_acceptance/type"), "offline");
}

#[test]
fn test_accounts_do_as_documented() {
    let mut desk = Desk::default();
    let good = debit(&mut desk, "DE89370400440532013000");
    let bad = debit(&mut desk, "DE62370400440532013001");
    let poor = debit(&mut desk, "DE65370400440002222227");
    let slow = debit(&mut desk, "ES2300120345030000067893");
    let disputed = debit(&mut desk, "ES5000120345030000067892");
    let (canceled, error) = desk.refused(&format!("/v1/payment_intents/{good}/cancel"), "");
    assert_eq!((canceled, text(&error, "/code")), (400, "payment_intent_unexpected_state"));
    desk.wait(5);
    assert_eq!(status(&mut desk, &good), "succeeded");
    assert_eq!(status(&mut desk, &bad), "requires_payment_method");
    let poor = desk.get(&format!("/v1/payment_intents/{poor}"));
    assert_eq!(text(&poor, "/last_payment_error/code"), "insufficient_funds");
    assert_eq!(status(&mut desk, &slow), "processing");
    desk.wait(180);
    assert_eq!(status(&mut desk, &slow), "succeeded");
    let found = desk.get(&format!("/v1/disputes?payment_intent={disputed}"));
    assert_eq!(text(&found, "/data/0/status"), "lost");
    assert_eq!(found["data"][0]["balance_transactions"][0]["net"], -102_000);
}

#[test]
fn without_a_delay_only_a_control_call_settles_it() {
    let mut desk = Desk::default();
    desk.books.setting.debit_millis = None;
    let intent = debit(&mut desk, "DE89370400440532013000");
    desk.wait(10_000);
    assert_eq!(status(&mut desk, &intent), "processing");
    let refused = chores::refused("account_closed");
    checkout::settle_debit(&mut desk.books, &intent, Some(&refused)).unwrap();
    assert_eq!(status(&mut desk, &intent), "requires_payment_method");
    assert!(checkout::settle_debit(&mut desk.books, &intent, None).is_err());
    assert_eq!(
        desk.events(),
        [
            "payment_intent.created",
            "payment_intent.processing",
            "charge.pending",
            "charge.failed",
            "payment_intent.payment_failed"
        ]
    );
}
