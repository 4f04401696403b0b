//! The content of the gateway's requests. The same attempt makes the same content, whenever it is
//! sent: under one key the gateway takes no other.

use domain::customer::Iban;
use domain::ids::{GatewayPaymentId, PaymentMethodToken};
use domain::ports::{Charge, Recipient};
use domain::sale::{Acceptance, Means};
use domain::{EmailAddress, Money};

/// The fields of a form, in order.
pub(super) type Form = Vec<(String, String)>;

/// Fields whose names don't depend on anything.
fn fields<const N: usize>(fields: [(&str, &str); N]) -> Form {
    fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// What the gateway tells again in each answer and webhook: whose payment it is.
fn metadata(charge: &Charge, within: &str) -> Form {
    let (sale, attempt) = (charge.sale.to_string(), charge.attempt.to_string());
    [("sale_id", sale.as_str()), ("attempt", &attempt), ("payment", charge.kind.as_str())]
        .map(|(name, value)| (format!("{within}[{name}]"), value.to_owned()))
        .into()
}

fn amount(charge: &Charge) -> (String, String) {
    let currency = charge.amount.currency().code().to_ascii_lowercase();
    (charge.amount.minor().to_string(), currency)
}

/// A payment that is confirmed at once, by this kind of payment method.
fn confirmed(charge: &Charge, kind: &str) -> Form {
    let (amount, currency) = amount(charge);
    let mut form = fields([
        ("amount", &amount),
        ("currency", &currency),
        ("allowed_payment_method_types[0]", kind),
        ("confirm", "true"),
    ]);
    form.extend(metadata(charge, "metadata"));
    form
}

/// A charge of a card or an account (<https://docs.stripe.com/api/payment_intents/create>).
pub(super) fn payment(charge: &Charge, token: &PaymentMethodToken, return_url: &str) -> Form {
    let method = [("payment_method", token.as_str())];
    let Means::SepaDebit(_, acceptance) = &charge.means else {
        let mut form = confirmed(charge, "card");
        form.extend(fields(method));
        form.extend(fields([("return_url", return_url)]));
        return form;
    };
    let mut form = confirmed(charge, "sepa_debit");
    form.extend(fields(method));
    form.extend(match acceptance {
        Acceptance::Offline => fields([
            ("mandate_data[customer_acceptance][type]", "offline"),
            ("mandate_data[customer_acceptance][offline]", ""),
        ]),
        Acceptance::Online { ip, user_agent } => fields([
            ("mandate_data[customer_acceptance][type]", "online"),
            ("mandate_data[customer_acceptance][online][ip_address]", ip),
            ("mandate_data[customer_acceptance][online][user_agent]", user_agent),
        ]),
    });
    form
}

/// Whoever has the account that a transfer goes to
/// (<https://docs.stripe.com/payments/bank-transfers>).
pub(super) fn customer(charge: &Charge) -> Form {
    metadata(charge, "metadata")
}

/// Where the buyer is asked for an account to send money back to.
pub(super) fn address(email: &EmailAddress) -> Form {
    fields([("email", email.as_str())])
}

/// Money that the buyer sends.
pub(super) fn transfer(charge: &Charge, customer: &str, country: &str) -> Form {
    let mut form = confirmed(charge, "customer_balance");
    let option = "payment_method_options[customer_balance]";
    let (funding, kind, of) = (
        format!("{option}[funding_type]"),
        format!("{option}[bank_transfer][type]"),
        format!("{option}[bank_transfer][eu_bank_transfer][country]"),
    );
    form.extend(fields([
        ("customer", customer),
        ("payment_method_data[type]", "customer_balance"),
        (&funding, "bank_transfer"),
        (&kind, "eu_bank_transfer"),
        (&of, country),
    ]));
    form
}

/// The gateway's page (<https://docs.stripe.com/api/checkout/sessions/create>).
pub(super) fn session(charge: &Charge, return_url: &str) -> Form {
    let (amount, currency) = amount(charge);
    let price = "line_items[0][price_data]";
    let (of, unit, name) = (
        format!("{price}[currency]"),
        format!("{price}[unit_amount]"),
        format!("{price}[product_data][name]"),
    );
    let bought = format!("CaaS {}", charge.sale);
    let mut form = fields([
        ("mode", "payment"),
        ("locale", "auto"),
        ("allowed_payment_method_types[0]", "card"),
        ("line_items[0][quantity]", "1"),
        (&of, &currency),
        (&unit, &amount),
        (&name, &bought),
        ("success_url", return_url),
        ("cancel_url", return_url),
    ]);
    form.extend(charge.expires_at.map(|at| ("expires_at".to_owned(), at.as_second().to_string())));
    form.extend(metadata(charge, "metadata"));
    form.extend(metadata(charge, "payment_intent_data[metadata]"));
    form
}

pub(super) fn refund(payment: &GatewayPaymentId, amount: Money) -> Form {
    let amount = amount.minor().to_string();
    fields([("payment_intent", payment.as_str()), ("amount", &amount)])
}

/// What a buyer sent too much or too late.
pub(super) fn cash_back(customer: &str, currency: &str, amount: u64) -> Form {
    let amount = amount.to_string();
    fields([
        ("origin", "customer_balance"),
        ("customer", customer),
        ("currency", currency),
        ("amount", &amount),
    ])
}

/// The token of an account that can be debited.
pub(super) fn bank_account(iban: &Iban, owner: &Recipient) -> Form {
    fields([
        ("type", "sepa_debit"),
        ("sepa_debit[iban]", iban.as_str()),
        ("billing_details[name]", owner.full_name.as_str()),
        ("billing_details[email]", owner.email.as_str()),
    ])
}
