//! Customers, what they sent, and Stripe's helper that stands in for their banks.

use crate::books::Books;
use crate::iban::Country;
use crate::objects::{CashTransaction, Customer, Object, PaymentMethod, Purse};
use crate::operation::{Call, Method, Operation, list};
use crate::refusal::Refusal;
use crate::transfers;
use serde_json::{Value, json};
use strum::VariantNames;

const FIELDS: &[&str] =
    &["address[*]", "description", "email", "metadata[*]", "name", "phone", "preferred_locales[]"];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation { method: Method::Post, path: "/v1/customers", known: FIELDS, run: create },
    Operation { method: Method::Get, path: "/v1/customers", known: &["email"], run: all },
    Operation { method: Method::Get, path: "/v1/customers/{id}", known: &[], run: retrieve },
    Operation { method: Method::Post, path: "/v1/customers/{id}", known: FIELDS, run: update },
    Operation { method: Method::Delete, path: "/v1/customers/{id}", known: &[], run: delete },
    Operation {
        method: Method::Get,
        path: "/v1/customers/{id}/payment_methods",
        known: &["type"],
        run: payment_methods,
    },
    Operation {
        method: Method::Get,
        path: "/v1/customers/{id}/cash_balance",
        known: &[],
        run: cash_balance,
    },
    Operation {
        method: Method::Get,
        path: "/v1/customers/{id}/cash_balance_transactions",
        known: &[],
        run: cash_transactions,
    },
    Operation {
        method: Method::Post,
        path: "/v1/customers/{id}/funding_instructions",
        known: &[
            "bank_transfer[eu_bank_transfer][country]",
            "bank_transfer[type]",
            "currency",
            "funding_type",
        ],
        run: funding_instructions,
    },
    Operation {
        method: Method::Post,
        path: "/v1/test_helpers/customers/{id}/fund_cash_balance",
        known: &["amount", "currency", "reference"],
        run: fund,
    },
];

/// Whether this can be an address to write to.
fn email(call: &Call) -> Result<Option<String>, Refusal> {
    let email = call.form.owned("email")?;
    match email {
        Some(email) if !email.contains('@') => {
            Err(Refusal::parameter("email", format!("Invalid email address: {email}"))
                .code("email_invalid"))
        }
        email => Ok(email),
    }
}

fn create(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let form = &call.form;
    let customer = Customer {
        id: books.id(Customer::PREFIX),
        created: books.now(),
        address: form.tree("address"),
        description: form.owned("description")?,
        email: email(call)?,
        metadata: form.hash("metadata")?,
        name: form.owned("name")?,
        phone: form.owned("phone")?,
        preferred_locales: form.list("preferred_locales"),
        own: Purse::default(),
    };
    let (shown, id) = (customer.shown(), customer.id.clone());
    books.add(customer);
    books.emit("customer.created", &id);
    Ok(shown)
}

fn update(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let (form, email) = (&call.form, email(call)?);
    let metadata = form.hash("metadata")?;
    let customer = books.get_mut::<Customer>(&call.id)?;
    customer.email = email.or_else(|| customer.email.take());
    customer.name = form.owned("name")?.or_else(|| customer.name.take());
    customer.phone = form.owned("phone")?.or_else(|| customer.phone.take());
    customer.description = form.owned("description")?.or_else(|| customer.description.take());
    if form.has("address") {
        customer.address = form.tree("address");
    }
    if form.has("preferred_locales") {
        customer.preferred_locales = form.list("preferred_locales");
    }
    customer.metadata.extend(metadata);
    customer.metadata.retain(|_, value| !value.is_empty());
    let shown = customer.shown();
    books.emit("customer.updated", &call.id);
    Ok(shown)
}

fn all(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let email = call.form.text("email")?;
    list::<Customer>(books, call, |customer| {
        !customer.own.is_deleted && (email.is_none() || customer.email.as_deref() == email)
    })
}

fn retrieve(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let customer = books.get::<Customer>(&call.id)?;
    if customer.own.is_deleted {
        return Ok(deleted(&call.id));
    }
    Ok(customer.shown())
}

fn deleted(id: &str) -> Value {
    json!({ "id": id, "object": "customer", "deleted": true })
}

fn delete(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let customer = books.get_mut::<Customer>(&call.id)?;
    if customer.own.is_deleted {
        return Err(Refusal::not_found("id", "customer", &call.id));
    }
    customer.own.is_deleted = true;
    books.emit("customer.deleted", &call.id);
    Ok(deleted(&call.id))
}

fn payment_methods(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    books.get::<Customer>(&call.id)?;
    let kind = call.form.text("type")?;
    list::<PaymentMethod>(books, call, |method| {
        method.customer.as_ref() == Some(&call.id)
            && kind.is_none_or(|kind| kind == method.own.kind())
    })
}

fn cash_balance(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    Ok(books.get::<Customer>(&call.id)?.cash_balance())
}

fn cash_transactions(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    books.get::<Customer>(&call.id)?;
    list::<CashTransaction>(books, call, |transaction| transaction.customer == call.id)
}

/// Euros are what the account takes.
fn euros(call: &Call) -> Result<(), Refusal> {
    match call.form.required("currency")? {
        "eur" => Ok(()),
        other => Err(Refusal::parameter("currency", format!("Invalid currency: {other}."))),
    }
}

fn funding_instructions(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    euros(call)?;
    let word = |name: &str, word: &str| -> Result<(), Refusal> {
        let told: Option<String> = call.form.word(name, &[word])?;
        told.map(drop).ok_or_else(|| Refusal::missing(name))
    };
    word("funding_type", "bank_transfer")?;
    word("bank_transfer[type]", "eu_bank_transfer")?;
    let name = "bank_transfer[eu_bank_transfer][country]";
    let country: Country =
        call.form.word(name, Country::VARIANTS)?.ok_or_else(|| Refusal::missing(name))?;
    let account = transfers::iban(books, &call.id, country)?;
    Ok(json!({
        "object": "funding_instructions",
        "bank_transfer": {
            "country": country,
            "financial_addresses": [transfers::financial_address(&account)],
            "type": "eu_bank_transfer",
        },
        "currency": "eur", "funding_type": "bank_transfer", "livemode": false,
    }))
}

fn fund(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    books.get::<Customer>(&call.id)?;
    euros(call)?;
    let amount = call.form.amount("amount")?.ok_or_else(|| Refusal::missing("amount"))?;
    let id = transfers::fund(books, &call.id, amount, call.form.text("reference")?)?;
    Ok(books.get::<CashTransaction>(&id)?.shown())
}
