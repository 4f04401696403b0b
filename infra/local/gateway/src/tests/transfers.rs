//! Bank transfers: instructions, parts, too much, too late.

use super::desk::{Desk, text};
use crate::iban;
use serde_json::{Value, json};

const TRANSFER: &str = "&currency=eur&payment_method_types[]=customer_balance&confirm=true\
     &payment_method_data[type]=customer_balance\
     &payment_method_options[customer_balance][funding_type]=bank_transfer\
     &payment_method_options[customer_balance][bank_transfer][type]=eu_bank_transfer\
     &payment_method_options[customer_balance][bank_transfer][eu_bank_transfer][country]=ES";

fn customer(desk: &mut Desk) -> String {
    text(&desk.post("/v1/customers", "email=ana@example.com&name=Ana"), "/id").to_owned()
}

fn transfer(desk: &mut Desk, customer: &str, amount: i64) -> Value {
    desk.post("/v1/payment_intents", &format!("amount={amount}&customer={customer}{TRANSFER}"))
}

fn fund(desk: &mut Desk, customer: &str, amount: i64) {
    let path = format!("/v1/test_helpers/customers/{customer}/fund_cash_balance");
    desk.post(&path, &format!("amount={amount}&currency=eur"));
}

fn again(desk: &mut Desk, intent: &Value) -> Value {
    desk.get(&format!("/v1/payment_intents/{}", text(intent, "/id")))
}

fn cash(desk: &mut Desk, customer: &str) -> i64 {
    let balance = desk.get(&format!("/v1/customers/{customer}/cash_balance"));
    balance["available"]["eur"].as_i64().unwrap()
}

const MISSING: &str = "/next_action/display_bank_transfer_instructions/amount_remaining";

#[test]
fn money_in_parts_pays_and_what_is_too_much_stays() {
    let mut desk = Desk::default();
    let customer = customer(&mut desk);
    let intent = transfer(&mut desk, &customer, 3_020_000);
    assert_eq!(text(&intent, "/status"), "requires_action");
    let account = "/next_action/display_bank_transfer_instructions/financial_addresses/0/iban";
    let number = text(&intent, &format!("{account}/iban"));
    assert_eq!(iban::checked(number).as_deref(), Some(number));
    assert_eq!(text(&intent, &format!("{account}/country")), "ES");
    fund(&mut desk, &customer, 1_000_000);
    let partly = again(&mut desk, &intent);
    assert_eq!(partly.pointer(MISSING), Some(&json!(2_020_000)));
    assert_eq!(partly["amount_received"], 0);
    fund(&mut desk, &customer, 2_020_050);
    let paid = again(&mut desk, &intent);
    assert_eq!(text(&paid, "/status"), "succeeded");
    assert_eq!(cash(&mut desk, &customer), 50);
    assert_eq!(
        desk.events(),
        [
            "payment_intent.created",
            "payment_intent.requires_action",
            "payment_intent.partially_funded",
            "charge.succeeded",
            "payment_intent.succeeded",
            "cash_balance.funds_available"
        ]
    );
    let lines = desk.get("/v1/balance_transactions");
    assert_eq!(lines["data"][0]["fee"], 500, "at most five euros");
    let movements = desk.get(&format!("/v1/customers/{customer}/cash_balance_transactions"));
    let kinds: Vec<&str> =
        movements["data"].as_array().unwrap().iter().map(|one| text(one, "/type")).collect();
    assert_eq!(kinds, ["applied_to_payment", "funded", "applied_to_payment", "funded"]);
}

#[test]
fn a_canceled_payment_gives_its_money_to_the_cash_balance_which_can_be_sent_back() {
    let mut desk = Desk::default();
    let customer = customer(&mut desk);
    let intent = transfer(&mut desk, &customer, 200_000);
    fund(&mut desk, &customer, 50_000);
    desk.post(&format!("/v1/payment_intents/{}/cancel", text(&intent, "/id")), "");
    assert_eq!(cash(&mut desk, &customer), 50_000);
    fund(&mut desk, &customer, 10_000);
    assert_eq!(cash(&mut desk, &customer), 60_000, "late money pays for nothing");
    let form = format!("origin=customer_balance&customer={customer}&amount=60000&currency=eur");
    let refund = desk.post("/v1/refunds", &form);
    assert_eq!(text(&refund, "/status"), "pending");
    assert_eq!(cash(&mut desk, &customer), 0);
    desk.wait(5);
    let refund = desk.get(&format!("/v1/refunds/{}", text(&refund, "/id")));
    assert_eq!(text(&refund, "/status"), "succeeded");
    let (status, error) = desk.refused("/v1/refunds", &form);
    assert_eq!((status, text(&error, "/param")), (400, "amount"));
}

#[test]
fn what_is_there_already_pays_at_once() {
    let mut desk = Desk::default();
    let customer = customer(&mut desk);
    fund(&mut desk, &customer, 150_000);
    let first = transfer(&mut desk, &customer, 100_000);
    assert_eq!(text(&first, "/status"), "succeeded");
    let second = transfer(&mut desk, &customer, 100_000);
    assert_eq!(second.pointer(MISSING), Some(&json!(50_000)));
    let names = |intent: &Value| {
        let at = "/next_action/display_bank_transfer_instructions/financial_addresses/0/iban/iban";
        text(intent, at).to_owned()
    };
    let third = transfer(&mut desk, &customer, 30_000);
    assert_eq!(names(&second), names(&third), "a customer keeps the IBAN");
    fund(&mut desk, &customer, 30_000);
    assert_eq!(text(&again(&mut desk, &third), "/status"), "succeeded", "the same amount");
    assert_eq!(text(&again(&mut desk, &second), "/status"), "requires_action");
}

#[test]
fn a_transfer_needs_a_customer_and_a_country_that_has_ibans() {
    let mut desk = Desk::default();
    let (_, error) = desk.refused("/v1/payment_intents", &format!("amount=100000{TRANSFER}"));
    assert_eq!((text(&error, "/code"), text(&error, "/param")), ("parameter_missing", "customer"));
    let customer = customer(&mut desk);
    let elsewhere = TRANSFER.replace("=ES", "=IT");
    let form = format!("amount=100000&customer={customer}{elsewhere}");
    let (_, error) = desk.refused("/v1/payment_intents", &form);
    assert!(text(&error, "/param").ends_with("[country]"));
    let without = format!(
        "amount=100000&customer={customer}&currency=eur&payment_method_types[]=customer_balance\
         &confirm=true&payment_method_data[type]=customer_balance"
    );
    let (_, error) = desk.refused("/v1/payment_intents", &without);
    assert_eq!(text(&error, "/param"), "payment_method_options[customer_balance][funding_type]");
}
