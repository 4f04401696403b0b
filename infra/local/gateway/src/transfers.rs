//! Bank transfers: what customers send to their own IBANs, and what it pays
//! (<https://docs.stripe.com/payments/customer-balance>).

use crate::books::{Books, random};
use crate::capture;
use crate::iban::{Country, VirtualIban};
use crate::objects::{CashTransaction, Customer, Id, Intent, IntentStatus, Object};
use crate::refusal::Refusal;
use serde_json::{Map, Value, json};

/// The customer's IBAN in that country: always the same.
pub(crate) fn iban(
    books: &mut Books,
    customer: &str,
    country: Country,
) -> Result<VirtualIban, Refusal> {
    let number = books.number();
    let ibans = &mut books.get_mut::<Customer>(customer)?.own.ibans;
    if let Some(known) = ibans.iter().find(|known| known.country == country) {
        return Ok(known.clone());
    }
    let made = VirtualIban::new(country, number);
    ibans.push(made.clone());
    Ok(made)
}

/// An account in the words of `financial_addresses`.
pub(crate) fn financial_address(account: &VirtualIban) -> Value {
    let address = json!({
        "city": null, "country": account.country, "line1": null, "line2": null,
        "postal_code": null, "state": null,
    });
    json!({
        "iban": {
            "account_holder_address": address,
            "account_holder_name": "Local Gateway Dealership",
            "bank_address": address,
            "bic": account.bic,
            "country": account.country,
            "iban": account.iban,
        },
        "supported_networks": ["sepa"],
        "type": "iban",
    })
}

/// Tells the customer where to send the money, and takes what is there already.
pub(crate) fn begin(books: &mut Books, intent: &str, country: Country) -> Result<(), Refusal> {
    let customer = books.get::<Intent>(intent)?.customer.clone().unwrap_or_default();
    let account = iban(books, &customer, country)?;
    let url = format!("{}/instructions/{intent}", books.setting.base_url);
    let begun = books.get_mut::<Intent>(intent)?;
    let fresh = || random(12).to_ascii_uppercase();
    let reference = begun.own.reference.get_or_insert_with(fresh).clone();
    begun.status = IntentStatus::RequiresAction;
    begun.last_payment_error = None;
    begun.next_action = Some(json!({
        "type": "display_bank_transfer_instructions",
        "display_bank_transfer_instructions": {
            "amount_remaining": begun.remaining(),
            "currency": begun.currency,
            "financial_addresses": [financial_address(&account)],
            "hosted_instructions_url": url,
            "reference": reference,
            "type": "eu_bank_transfer",
        },
    }));
    let is_covered =
        books.get::<Customer>(&customer)?.own.cash >= books.get::<Intent>(intent)?.remaining();
    if !is_covered {
        books.emit("payment_intent.requires_action", intent);
    }
    apply(books, intent)
}

/// Money comes to the customer's account.
pub(crate) fn fund(
    books: &mut Books,
    customer: &str,
    amount: i64,
    reference: Option<&str>,
) -> Result<Id, Refusal> {
    let last4 = books.get::<Customer>(customer)?.own.ibans.first().map(|account| {
        account.iban.chars().skip(account.iban.len().saturating_sub(4)).collect::<String>()
    });
    let details = json!({
        "bank_transfer": {
            "eu_bank_transfer": { "bic": null, "iban_last4": last4, "sender_name": null },
            "reference": reference,
            "type": "eu_bank_transfer",
        },
    });
    let id = move_cash(books, customer, amount, "funded", details)?;
    reconcile(books, customer, reference, amount)?;
    Ok(id)
}

/// Pays what waits for it: what the reference names, what has just this amount, then the oldest.
fn reconcile(
    books: &mut Books,
    customer: &str,
    reference: Option<&str>,
    amount: i64,
) -> Result<(), Refusal> {
    let waits =
        |intent: &&Intent| intent.awaits_transfer() && intent.customer.as_deref() == Some(customer);
    let mut waiting: Vec<(bool, bool, Id)> = books
        .all::<Intent>()
        .filter(waits)
        .map(|intent| {
            let is_named = reference.is_some() && intent.own.reference.as_deref() == reference;
            (!is_named, intent.remaining() != amount, intent.id.clone())
        })
        .collect();
    // Stable: of equals, the oldest stays first.
    waiting.sort_by_key(|(is_another, differs, _)| (*is_another, *differs));
    for (.., intent) in waiting {
        apply(books, &intent)?;
    }
    tell_of_cash(books, customer)
}

fn tell_of_cash(books: &mut Books, customer: &str) -> Result<(), Refusal> {
    let customer = books.get::<Customer>(customer)?;
    if customer.own.cash > 0 {
        let balance = customer.cash_balance();
        books.emit_object("cash_balance.funds_available", &balance, None);
    }
    Ok(())
}

/// Pays the intent with what the customer has, as far as that goes.
fn apply(books: &mut Books, intent: &str) -> Result<(), Refusal> {
    let waiting = books.get::<Intent>(intent)?;
    let customer = waiting.customer.clone().unwrap_or_default();
    let amount = waiting.remaining().min(books.get::<Customer>(&customer)?.own.cash);
    if amount < 1 {
        return Ok(());
    }
    let details = json!({ "payment_intent": intent });
    move_cash(books, &customer, -amount, "applied_to_payment", details)?;
    let paid = books.get_mut::<Intent>(intent)?;
    paid.own.funded += amount;
    let remaining = paid.remaining();
    if remaining == 0 {
        return capture::succeed(books, intent);
    }
    let instructions = paid
        .next_action
        .as_mut()
        .and_then(|next| next.get_mut("display_bank_transfer_instructions")?.as_object_mut());
    if let Some(instructions) = instructions {
        instructions.insert("amount_remaining".to_owned(), json!(remaining));
    }
    books.emit("payment_intent.partially_funded", intent);
    Ok(())
}

/// What a canceled payment had got is the customer's again.
pub(crate) fn unapply(books: &mut Books, intent: &str) -> Result<(), Refusal> {
    let canceled = books.get_mut::<Intent>(intent)?;
    let amount = std::mem::take(&mut canceled.own.funded);
    let customer = canceled.customer.clone().unwrap_or_default();
    if amount == 0 {
        return Ok(());
    }
    let details = json!({ "payment_intent": intent });
    move_cash(books, &customer, amount, "unapplied_from_payment", details)?;
    tell_of_cash(books, &customer)
}

/// Changes what the customer has. Answers the movement's id.
pub(crate) fn move_cash(
    books: &mut Books,
    customer: &str,
    amount: i64,
    kind: &str,
    details: Value,
) -> Result<Id, Refusal> {
    let purse = &mut books.get_mut::<Customer>(customer)?.own;
    purse.cash += amount;
    let ending_balance = purse.cash;
    let (id, created) = (books.id(CashTransaction::PREFIX), books.now());
    books.add(CashTransaction {
        id: id.clone(),
        created,
        currency: "eur".to_owned(),
        customer: customer.to_owned(),
        ending_balance,
        net_amount: amount,
        kind: kind.to_owned(),
        details: Map::from_iter([(kind.to_owned(), details)]),
    });
    books.emit("customer_cash_balance_transaction.created", &id);
    Ok(id)
}
