//! The payment gateway: Stripe's API (<https://docs.stripe.com/api>). A card or a debit is a
//! `PaymentIntent`, created and confirmed in one call; a transfer is one of a Stripe customer's that
//! is made for it alone; a page is a Checkout Session. The attempt's id is the idempotency key, so
//! that a repeat gets the first answer.

mod answer;
mod request;

use crate::partner::{Answer, Call, Partner};
use domain::customer::Iban;
use domain::ids::{GatewayPaymentId, PaymentMethodToken};
use domain::ports::{BankAccounts, Charge, PartnerError, PaymentGateway, Recipient};
use domain::sale::{Means, MoneyBack, PaymentOutcome, Refund};
use domain::{AttemptId, Money, SaleId};
use request::Form;
use serde_json::Value;

/// The version of the API that requests and answers here are written for
/// (<https://docs.stripe.com/api/versioning>); without it they would be for whatever version the
/// account was opened with.
const VERSION: &str = "2026-10-28.endive";

/// What the gateway is told beside a charge.
#[derive(Debug, Clone)]
pub struct GatewaySettings {
    /// Where a customer comes back to from the bank's or the gateway's page.
    pub return_url: String,
    /// The country of the accounts that transfers go to: one of those where Stripe has them
    /// (<https://docs.stripe.com/payments/bank-transfers>).
    pub transfer_country: String,
}

/// The payment gateway over HTTPS. Make one a process.
#[derive(Debug)]
pub struct StripeGateway {
    partner: Partner,
    settings: GatewaySettings,
}

/// What an id of the gateway's names.
enum Object {
    Intent,
    Session,
    Customer,
}

impl Object {
    fn of(id: &GatewayPaymentId) -> Self {
        match id.as_str().split_once('_') {
            Some(("cs", _)) => Self::Session,
            Some(("cus", _)) => Self::Customer,
            _ => Self::Intent,
        }
    }
}

impl StripeGateway {
    /// The gateway at this address.
    pub fn new(partner: Partner, settings: GatewaySettings) -> Self {
        Self { partner, settings }
    }

    async fn get(&self, operation: &'static str, path: String) -> Result<Answer, PartnerError> {
        self.partner.call(Call::get(operation, path).header("stripe-version", VERSION)).await
    }

    async fn post(
        &self,
        operation: &'static str,
        path: String,
        key: Option<&str>,
        form: &Form,
    ) -> Result<Answer, PartnerError> {
        let call = Call::post(operation, path).header("stripe-version", VERSION).form(form);
        self.partner.call(if let Some(key) = key { call.idempotency_key(key) } else { call }).await
    }

    /// The page, or else the payment, as it stands.
    async fn read(&self, payment: &GatewayPaymentId) -> Result<Answer, PartnerError> {
        match Object::of(payment) {
            Object::Session => {
                self.get("get session", format!("/v1/checkout/sessions/{payment}")).await
            }
            Object::Customer => self.get("get customer", format!("/v1/customers/{payment}")).await,
            Object::Intent => {
                self.get("get payment", format!("/v1/payment_intents/{payment}")).await
            }
        }
    }

    /// The answer, if what was asked for was made.
    fn made(&self, operation: &'static str, answer: Answer) -> Result<Answer, PartnerError> {
        if (200..300).contains(&answer.status) {
            Ok(answer)
        } else {
            Err(self.partner.unclear(operation, "it was not made"))
        }
    }

    fn outcome(
        &self,
        operation: &'static str,
        answer: &Answer,
    ) -> Result<PaymentOutcome, PartnerError> {
        answer::outcome(answer)
            .ok_or_else(|| self.partner.unclear(operation, "no outcome of a payment"))
    }

    /// The Stripe customer of one attempt, who has the account that its transfer goes to.
    async fn buyer(&self, charge: &Charge) -> Result<String, PartnerError> {
        let operation = "create customer";
        let key = format!("customer-{}", charge.attempt);
        let answer = self
            .post(operation, "/v1/customers".to_owned(), Some(&key), &request::customer(charge))
            .await?;
        let answer = self.made(operation, answer)?;
        let id = answer.text("/id").ok_or_else(|| self.partner.unclear(operation, "no id"))?;
        // Apart from the call under the key, whose content never changes.
        if let Some(email) = &charge.buyer {
            let form = request::address(email);
            let operation = "update customer";
            let path = format!("/v1/customers/{id}");
            self.made(operation, self.post(operation, path, None, &form).await?)?;
        }
        Ok(id.to_owned())
    }

    /// Sends back what a buyer's account holds and no payment took. Without a key: what went back is
    /// no longer there.
    async fn give_back_cash(&self, customer: &str) -> Result<(), PartnerError> {
        let operation = "get cash balance";
        let answer = self.get(operation, format!("/v1/customers/{customer}/cash_balance")).await?;
        let held = answer.body.pointer("/available").and_then(Value::as_object);
        for (currency, amount) in held.into_iter().flatten() {
            let Some(amount) = amount.as_u64().filter(|amount| *amount > 0) else { continue };
            let form = request::cash_back(customer, currency, amount);
            let operation = "give back";
            let path = "/v1/refunds".to_owned();
            self.made(operation, self.post(operation, path, None, &form).await?)?;
        }
        Ok(())
    }

    /// What of a payment the gateway lists, a hundred at most: nobody refunds one more often.
    async fn list<T>(
        &self,
        operation: &'static str,
        path: String,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Vec<T>, PartnerError> {
        let answer = self.get(operation, path).await?;
        let listed = answer.body.get("data").and_then(Value::as_array);
        let read = listed.and_then(|listed| listed.iter().map(read).collect());
        read.ok_or_else(|| self.partner.unclear(operation, "no list, or of what nobody knows"))
    }
}

impl PaymentGateway for StripeGateway {
    async fn charge(&self, charge: &Charge) -> Result<PaymentOutcome, PartnerError> {
        let key = charge.attempt.to_string();
        let (operation, path, form) = match &charge.means {
            Means::Checkout => (
                "create session",
                "/v1/checkout/sessions",
                request::session(charge, &self.settings.return_url),
            ),
            Means::BankTransfer => {
                let buyer = self.buyer(charge).await?;
                let form = request::transfer(charge, &buyer, &self.settings.transfer_country);
                ("create payment", "/v1/payment_intents", form)
            }
            Means::Card(token) | Means::SepaDebit(token, _) => (
                "create payment",
                "/v1/payment_intents",
                request::payment(charge, token, &self.settings.return_url),
            ),
        };
        let answer = self.post(operation, path.to_owned(), Some(&key), &form).await?;
        answer::charged(&answer)
            .ok_or_else(|| self.partner.unclear(operation, "no outcome of a payment"))
    }

    async fn look_up(&self, payment: &GatewayPaymentId) -> Result<PaymentOutcome, PartnerError> {
        self.outcome("get payment", &self.read(payment).await?)
    }

    async fn end(&self, payment: &GatewayPaymentId) -> Result<PaymentOutcome, PartnerError> {
        let (operation, path) = match Object::of(payment) {
            Object::Session => {
                ("expire session", format!("/v1/checkout/sessions/{payment}/expire"))
            }
            _ => ("cancel payment", format!("/v1/payment_intents/{payment}/cancel")),
        };
        let mut answer = self.post(operation, path, None, &Form::default()).await?;
        // It has ended already, was paid, or is with the bank.
        if answer.status == 400 {
            answer = self.read(payment).await?;
        }
        let outcome = self.outcome(operation, &answer)?;
        if let Some(customer) = answer.text("/customer") {
            self.give_back_cash(customer).await?;
        }
        Ok(outcome)
    }

    async fn owner(
        &self,
        payment: &GatewayPaymentId,
    ) -> Result<Option<(SaleId, AttemptId)>, PartnerError> {
        let answer = self.read(payment).await?;
        match answer.status {
            200..300 => {
                let sale =
                    answer.text("/metadata/sale_id").and_then(|text| SaleId::parse(text).ok());
                Ok(sale.zip(
                    answer.text("/metadata/attempt").and_then(|text| AttemptId::parse(text).ok()),
                ))
            }
            404 => Ok(None),
            _ => Err(self.partner.unclear("get payment", "no payment")),
        }
    }

    async fn money_back(&self, payment: &GatewayPaymentId) -> Result<MoneyBack, PartnerError> {
        let of = |list| format!("/v1/{list}?payment_intent={payment}&limit=100");
        let refunds = self.list("list refunds", of("refunds"), answer::refund).await?;
        let disputes = self.list("list disputes", of("disputes"), answer::dispute).await?;
        Ok(MoneyBack { refunds, disputes, ..MoneyBack::default() })
    }

    async fn refund(
        &self,
        payment: &GatewayPaymentId,
        amount: Money,
        number: usize,
    ) -> Result<Refund, PartnerError> {
        let form = request::refund(payment, amount);
        let key = format!("refund-{payment}-{number}");
        let answer =
            self.post("create refund", "/v1/refunds".to_owned(), Some(&key), &form).await?;
        answer::refund(&answer.body)
            .ok_or_else(|| self.partner.unclear("create refund", "no refund"))
    }
}

impl BankAccounts for StripeGateway {
    async fn bank_account(
        &self,
        iban: &Iban,
        owner: &Recipient,
    ) -> Result<Option<PaymentMethodToken>, PartnerError> {
        let operation = "create payment method";
        let form = request::bank_account(iban, owner);
        let answer = self.post(operation, "/v1/payment_methods".to_owned(), None, &form).await?;
        match answer.status {
            200..300 => {
                let token = answer.text("/id").and_then(|id| PaymentMethodToken::parse(id).ok());
                token.map(Some).ok_or_else(|| self.partner.unclear(operation, "no payment method"))
            }
            400 => Ok(None),
            _ => Err(self.partner.unclear(operation, "neither a payment method nor a fault of it")),
        }
    }
}
