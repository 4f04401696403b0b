//! Confirming a payment (<https://docs.stripe.com/api/payment_intents/confirm>): what it needs, the
//! bank's challenge, and how it ends before its money moves.

use crate::books::{Books, Chore, random};
use crate::capture;
use crate::cards::{self, Bank, Challenge, Decline};
use crate::form::Form;
use crate::iban::{self, Country};
use crate::methods;
use crate::objects::{Id, Intent, IntentStatus, Mandate, Object, PaymentMethod, Source};
use crate::refusal::Refusal;
use crate::transfers;
use serde_json::{Value, json};
use strum::VariantNames;

/// What the account may debit at once, in cents.
const DEBIT_LIMIT: i64 = 1_000_000;
/// The least that a payment can be, in cents.
const LEAST: i64 = 50;
/// The most that a payment can be, in cents.
const MOST: i64 = 99_999_999;
/// How long a delayed test account takes, in milliseconds.
const THREE_MINUTES: i64 = 180_000;

const NEEDS_AUTHENTICATION: Decline = Decline {
    code: "authentication_required",
    reason: Some("authentication_required"),
    message: "Your card was declined. This transaction requires authentication.",
};

/// Whether a payment of this amount by methods of these kinds can be.
pub(crate) fn check_amount(amount: i64, kinds: &[String]) -> Result<(), Refusal> {
    let refused = |code, message: String| Refusal::parameter("amount", message).code(code);
    if amount < LEAST {
        return Err(refused("amount_too_small", "Amount must be at least €0.50 eur".to_owned()));
    }
    let limit = if kinds.iter().all(|kind| kind == "sepa_debit") { DEBIT_LIMIT } else { MOST };
    if amount > limit {
        let message =
            format!("Amount must be no more than €{}.{:02} eur", limit / 100, limit % 100);
        return Err(refused("amount_too_large", message));
    }
    Ok(())
}

/// A confirmation that nothing speaks against.
#[derive(Debug)]
pub(crate) struct Confirmation {
    pub(crate) method: PaymentMethod,
    pub(crate) return_url: Option<String>,
    /// Nobody is there whom the bank could ask.
    pub(crate) is_off_session: bool,
    /// `mandate_data`, or the id of a mandate that there is.
    pub(crate) mandate: Option<Value>,
    /// Where the IBAN of a bank transfer is to be.
    pub(crate) country: Option<Country>,
}

impl Confirmation {
    /// Reads and checks what a call says. Nothing is changed yet.
    pub(crate) fn read(books: &mut Books, intent: &Intent, form: &Form) -> Result<Self, Refusal> {
        let method = if form.has("payment_method_data") {
            methods::read(books, form, "payment_method_data")?
        } else {
            let named = form.owned("payment_method")?.or_else(|| intent.payment_method.clone());
            let named = named.ok_or_else(|| {
                Refusal::request(
                    "You cannot confirm this PaymentIntent because it's missing a payment method.",
                )
                .code("payment_intent_unexpected_state")
                .about("payment_intent", intent.shown())
            })?;
            methods::named(books, "payment_method", &named)?
        };
        let is_off_session = form.text("off_session")?.is_some_and(|text| text != "false")
            || form.flag("error_on_requires_action")? == Some(true);
        let confirmation = Self {
            mandate: acceptance(form)?,
            country: country(form, intent, &method)?,
            method,
            return_url: form.owned("return_url")?.or_else(|| intent.own.return_url.clone()),
            is_off_session,
        };
        confirmation.check(books, intent)?;
        Ok(confirmation)
    }

    /// Whether the intent can be paid this way.
    pub(crate) fn check(&self, books: &Books, intent: &Intent) -> Result<(), Refusal> {
        let kind = self.method.own.kind();
        if !intent.payment_method_types.iter().any(|known| known == kind) {
            let message = format!(
                "The PaymentMethod provided ({kind}) is not allowed for this PaymentIntent. Please \
                 attempt again with one of the following types: {}.",
                intent.payment_method_types.join(", ")
            );
            return Err(Refusal::request(message)
                .code("payment_intent_incompatible_payment_method")
                .param("payment_method"));
        }
        check_amount(intent.amount, &[kind.to_owned()])?;
        self.check_owner(books, intent)?;
        if needs_return_url(intent) && self.return_url.is_none() {
            return Err(Refusal::parameter(
                "return_url",
                "This PaymentIntent is configured to accept payment methods enabled in your \
                 Dashboard. Because some of these payment methods might redirect your customer off \
                 of your page, you must provide a `return_url`.",
            ));
        }
        match &self.method.own {
            Source::SepaDebit { .. } if self.mandate.is_none() => Err(Refusal::request(
                "When confirming a PaymentIntent with a `sepa_debit` PaymentMethod, `mandate_data` \
                 is required.",
            )),
            Source::CustomerBalance if intent.customer.is_none() => {
                Err(Refusal::missing("customer"))
            }
            _ => Ok(()),
        }
    }

    /// One that belongs to nobody pays once.
    fn check_owner(&self, books: &Books, intent: &Intent) -> Result<(), Refusal> {
        if let Some(owner) = &self.method.customer {
            if intent.customer.as_ref() != Some(owner) {
                let message = format!(
                    "The PaymentMethod {} belongs to the Customer {owner}. Please include the \
                     Customer in the `customer` parameter on the PaymentIntent.",
                    self.method.id
                );
                return Err(Refusal::request(message).param("payment_method"));
            }
            return Ok(());
        }
        let pays = |other: &Intent| {
            other.id != intent.id
                && other.payment_method.as_ref() == Some(&self.method.id)
                && matches!(other.status, IntentStatus::Succeeded | IntentStatus::Processing)
        };
        if books.all::<Intent>().any(pays) {
            let message = "The provided PaymentMethod was previously used with a PaymentIntent \
                 without Customer attachment. It may not be used again. To use a PaymentMethod \
                 multiple times, you must attach it to a Customer first.";
            return Err(Refusal::request(message).param("payment_method"));
        }
        Ok(())
    }
}

/// Payment methods that Stripe chooses may lead the customer elsewhere.
fn needs_return_url(intent: &Intent) -> bool {
    intent.automatic_payment_methods.as_ref().is_some_and(|chosen| {
        chosen.get("enabled") == Some(&json!(true))
            && chosen.get("allow_redirects") != Some(&json!("never"))
    })
}

/// The customer's agreement to a debit: online with its circumstances, or offline.
fn acceptance(form: &Form) -> Result<Option<Value>, Refusal> {
    if let Some(mandate) = form.text("mandate")? {
        return Ok(Some(json!(mandate)));
    }
    if !form.has("mandate_data") {
        return Ok(None);
    }
    let at = "mandate_data[customer_acceptance]";
    let kind: Option<String> = form.word(&format!("{at}[type]"), &["online", "offline"])?;
    match kind.as_deref() {
        None => return Err(Refusal::missing(&format!("{at}[type]"))),
        Some("online") => {
            for part in ["ip_address", "user_agent"] {
                form.required(&format!("{at}[online][{part}]"))?;
            }
        }
        Some(_) => {}
    }
    Ok(Some(form.tree(at)))
}

/// Where a bank transfer's IBAN is to be.
fn country(
    form: &Form,
    intent: &Intent,
    method: &PaymentMethod,
) -> Result<Option<Country>, Refusal> {
    if !matches!(method.own, Source::CustomerBalance) {
        return Ok(None);
    }
    let at = "payment_method_options[customer_balance]";
    let known = |pointer: &str| intent.payment_method_options.pointer(pointer);
    if !form.has(at)
        && let Some(known) = known("/customer_balance/bank_transfer/eu_bank_transfer/country")
    {
        return Ok(known.as_str().and_then(|country| country.parse().ok()));
    }
    let word = |name: String, words: &[&str]| -> Result<(), Refusal> {
        let word: Option<String> = form.word(&name, words)?;
        word.map(drop).ok_or_else(|| Refusal::missing(&name))
    };
    word(format!("{at}[funding_type]"), &["bank_transfer"])?;
    word(format!("{at}[bank_transfer][type]"), &["eu_bank_transfer"])?;
    let name = format!("{at}[bank_transfer][eu_bank_transfer][country]");
    let country = form.word(&name, Country::VARIANTS)?;
    country.map(Some).ok_or_else(|| Refusal::missing(&name))
}

/// Pays, as far as that goes without the customer. A bank's no is a refusal, but has changed the
/// intent.
pub(crate) fn confirm(
    books: &mut Books,
    intent: &str,
    confirmation: Confirmation,
) -> Result<(), Refusal> {
    let Confirmation { method, return_url, is_off_session, mandate, country } = confirmation;
    let (id, source) = (method.id.clone(), method.own.clone());
    if books.find::<PaymentMethod>(&id).is_none() {
        books.add(method);
    }
    transfers::unapply(books, intent)?;
    let confirmed = books.get_mut::<Intent>(intent)?;
    confirmed.payment_method = Some(id.clone());
    confirmed.own.challenge = None;
    confirmed.own.return_url = return_url;
    match source {
        Source::Card { number, .. } => card(books, intent, &number, is_off_session),
        Source::SepaDebit { iban } => {
            let mandate = grant(books, intent, &id, mandate.unwrap_or_default())?;
            books.get_mut::<Intent>(intent)?.own.mandate = Some(mandate);
            capture::begin(books, intent)?;
            let delay = if iban::debit(&iban).is_delayed { THREE_MINUTES } else { 0 };
            if let Some(millis) = books.setting.debit_millis {
                books.plan(millis.max(delay), Chore::SettleDebit(intent.to_owned()));
            }
            Ok(())
        }
        Source::CustomerBalance => transfers::begin(books, intent, country.unwrap_or(Country::De)),
    }
}

fn grant(books: &mut Books, intent: &str, method: &str, acceptance: Value) -> Result<Id, Refusal> {
    if let Some(known) = acceptance.as_str() {
        return books.named::<Mandate>("mandate", known).map(|mandate| mandate.id.clone());
    }
    let paid = books.get::<Intent>(intent)?;
    let single_use = json!({ "amount": paid.amount, "currency": paid.currency });
    let (id, now, reference) = (books.id(Mandate::PREFIX), books.now(), random(16));
    let url = format!("{}/mandates/{id}", books.setting.base_url);
    let mut customer_acceptance = acceptance;
    if let Some(acceptance) = customer_acceptance.as_object_mut() {
        acceptance.insert("accepted_at".to_owned(), json!(now));
    }
    books.add(Mandate {
        id: id.clone(),
        customer_acceptance,
        payment_method: method.to_owned(),
        payment_method_details: json!({
            "type": "sepa_debit",
            "sepa_debit": { "reference": reference.to_ascii_uppercase(), "url": url },
        }),
        single_use,
        status: "active".to_owned(),
        kind: "single_use".to_owned(),
        own: now,
    });
    Ok(id)
}

fn card(
    books: &mut Books,
    intent: &str,
    number: &str,
    is_off_session: bool,
) -> Result<(), Refusal> {
    match cards::behaviour(number).challenge {
        Challenge::Never => charge_card(books, intent, number),
        Challenge::Always if is_off_session => {
            Err(capture::decline(books, intent, &NEEDS_AUTHENTICATION)?)
        }
        Challenge::Always => {
            let secret = random(24);
            let url = format!("{}/challenge/{intent}/{secret}", books.setting.base_url);
            let asked = books.get_mut::<Intent>(intent)?;
            asked.status = IntentStatus::RequiresAction;
            asked.last_payment_error = None;
            asked.next_action = Some(match &asked.own.return_url {
                Some(return_url) => json!({
                    "type": "redirect_to_url",
                    "redirect_to_url": { "return_url": return_url, "url": url },
                }),
                // Without an address to come back to, only Stripe.js could go on.
                None => json!({
                    "type": "use_stripe_sdk",
                    "use_stripe_sdk": {
                        "type": "three_d_secure_redirect", "stripe_js": url,
                        "source": format!("src_{}", random(24)),
                    },
                }),
            });
            asked.own.challenge = Some(secret);
            books.emit("payment_intent.requires_action", intent);
            Ok(())
        }
    }
}

fn charge_card(books: &mut Books, intent: &str, number: &str) -> Result<(), Refusal> {
    match cards::behaviour(number).bank {
        Bank::Agrees => capture::succeed(books, intent),
        Bank::Declines(decline) => Err(capture::decline(books, intent, &decline)?),
    }
}

/// How a customer's challenge ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Authentication {
    Passed,
    Failed,
}

/// Goes on after the challenge. A no of the bank's is the intent's last error.
pub(crate) fn authenticated(
    books: &mut Books,
    intent: &str,
    secret: &str,
    authentication: Authentication,
) -> Result<(), Refusal> {
    let asked = books.get_mut::<Intent>(intent)?;
    if asked.own.challenge.as_deref() != Some(secret) {
        return Err(Refusal::request("This challenge is over."));
    }
    let method = asked.payment_method.clone().unwrap_or_default();
    if let (Authentication::Passed, Source::Card { number, .. }) =
        (authentication, &books.get::<PaymentMethod>(&method)?.own)
    {
        let number = number.clone();
        return match charge_card(books, intent, &number) {
            Err(refusal) if refusal.status() != 402 => Err(refusal),
            _ => Ok(()),
        };
    }
    let message = "The provided PaymentMethod has failed authentication. You can provide \
         payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent \
         again.";
    let refusal = Refusal::request(message).code("payment_intent_authentication_failure");
    capture::fail(books, intent, refusal).map(drop)
}

/// Ends a payment that wasn't made (<https://docs.stripe.com/api/payment_intents/cancel>).
pub(crate) fn cancel(
    books: &mut Books,
    intent: &str,
    reason: Option<String>,
) -> Result<(), Refusal> {
    let canceled = books.get::<Intent>(intent)?;
    match canceled.status {
        IntentStatus::RequiresPaymentMethod
        | IntentStatus::RequiresConfirmation
        | IntentStatus::RequiresAction => {}
        status => {
            let message = format!(
                "You cannot cancel this PaymentIntent because it has a status of {status}. Only a \
                 PaymentIntent with one of the following statuses may be canceled: \
                 requires_payment_method, requires_capture, requires_confirmation, requires_action."
            );
            return Err(unexpected_state(canceled, message));
        }
    }
    let now = books.now();
    transfers::unapply(books, intent)?;
    let canceled = books.get_mut::<Intent>(intent)?;
    canceled.status = IntentStatus::Canceled;
    canceled.canceled_at = Some(now);
    canceled.cancellation_reason = reason;
    canceled.next_action = None;
    canceled.own.challenge = None;
    books.emit("payment_intent.canceled", intent);
    Ok(())
}

/// The refusal of what an intent's status doesn't allow.
pub(crate) fn unexpected_state(intent: &Intent, message: String) -> Refusal {
    Refusal::request(message)
        .code("payment_intent_unexpected_state")
        .about("payment_intent", intent.shown())
}
