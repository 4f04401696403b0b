//! The bodies that the forms of a sale's page ask the operations with.

use crate::actions::Action;
use crate::field::{body, put};
use domain::ports::Details;
use domain::{Address, Sale};
use jiff::civil::DateTime;
use serde_json::{Value, json};
use web::Form;

/// The fields of an address, as bodies name them.
const ADDRESS: [&str; 4] =
    ["address/street", "address/postal_code", "address/city", "address/country"];
/// What of a customer can be corrected, beside the address.
const CUSTOMER: [&str; 5] = ["full_name", "email", "phone", "language", "tax_id"];

/// The body that the operation is asked with.
pub(crate) fn asked(action: Action, form: &Form, sale: &Sale, details: &Details) -> Value {
    match action {
        Action::PaySignal | Action::PayBalance => body(form, ["method"]),
        Action::Documents => {
            let document =
                json!({ "kind": form.field("kind"), "sha256": form.field("documents/0/sha256") });
            json!({ "documents": [document] })
        }
        Action::Deliver => {
            // A place alone arranges nothing.
            let day = ["appointment/date", "appointment/time"];
            let arranges = day.iter().any(|name| !form.field(name).trim().is_empty());
            let names = day.into_iter().chain(["appointment/place"]).filter(|_| arranges);
            let mut body = body(form, names);
            let checks: Vec<&str> = form.fields("checks").collect();
            if !checks.is_empty() {
                put(&mut body, "checks", json!(checks));
            }
            body
        }
        Action::Correct => {
            let before = as_captured(details);
            let is_new = |name: &&str| {
                let typed = form.field(name).trim();
                before.iter().any(|(field, text)| field == name && text != typed)
            };
            // An address is corrected as a whole.
            let moved = ADDRESS.iter().any(&is_new);
            let address = ADDRESS.into_iter().filter(|_| moved);
            let names = CUSTOMER.into_iter().filter(is_new).chain(address).chain(["reason"]);
            let mut body = body(form, names);
            if form.field("known_customer") == "true" {
                put(&mut body, "known_customer", json!(true));
            }
            body
        }
        Action::Extend => {
            let mut body = body(form, ["reason"]);
            let typed = form.field("pay_by").trim();
            // By the dealership's clock; what can't be read is refused at its field.
            let at = typed.parse::<DateTime>().ok();
            let at = at.and_then(|at| at.to_zoned(sale.zone().time_zone()).ok());
            let pay_by = at.map_or_else(|| typed.to_owned(), |at| at.timestamp().to_string());
            put(&mut body, "pay_by", json!(pay_by));
            body
        }
        Action::CloseCase => {
            let vehicle = Some("vehicle_id").filter(|name| !form.field(name).trim().is_empty());
            body(form, ["kind", "reason"].into_iter().chain(vehicle))
        }
        Action::Resubmit | Action::Cancel => body(form, ["reason"]),
        Action::Credentials | Action::Erase => json!({}),
    }
}

/// The customer's data, by the fields of a correction.
pub(crate) fn as_captured(details: &Details) -> Vec<(&'static str, String)> {
    let customer = &details.customer;
    let Address { street, postal_code, city, country } = &customer.address;
    vec![
        ("full_name", customer.full_name.as_str().to_owned()),
        ("email", customer.email.as_str().to_owned()),
        ("phone", customer.phone.as_str().to_owned()),
        ("language", customer.language.code().to_owned()),
        ("tax_id", customer.tax_id.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default()),
        ("address/street", street.as_str().to_owned()),
        ("address/postal_code", postal_code.as_str().to_owned()),
        ("address/city", city.as_str().to_owned()),
        ("address/country", country.as_str().to_owned()),
    ]
}
