//! The payment gateway: Stripe's PaymentIntents API
//! (<https://docs.stripe.com/api/payment_intents>), created and confirmed in one call. The
//! attempt's id is the idempotency key, so that a repeat gets the first answer.

use crate::partner::{Answer, Call, Partner};
use domain::customer::Iban;
use domain::ids::{GatewayPaymentId, PaymentMethodToken, RefundId};
use domain::ports::{BankAccounts, Charge, PartnerError, PaymentGateway, Recipient};
use domain::sale::{Decline, PaymentMethod, PaymentOutcome};
use domain::{AttemptId, SaleId};
use serde_json::Value;

/// The payment gateway over HTTPS. Make one a process.
#[derive(Debug)]
pub struct StripeGateway(Partner);

impl StripeGateway {
    /// The gateway at this address.
    pub fn new(partner: Partner) -> Self {
        Self(partner)
    }

    fn outcome(
        &self,
        operation: &'static str,
        answer: &Answer,
    ) -> Result<PaymentOutcome, PartnerError> {
        outcome(answer).ok_or_else(|| self.0.unclear(operation, "no outcome of a payment"))
    }

    /// A refund of this payment that was not undone.
    async fn refund_of(
        &self,
        payment: &GatewayPaymentId,
    ) -> Result<Option<RefundId>, PartnerError> {
        let path = format!("/v1/refunds?payment_intent={payment}&limit=10");
        let answer = self.0.call(Call::get("list refunds", path)).await?;
        let refunds = answer.body.get("data").and_then(Value::as_array);
        let refunds = refunds.ok_or_else(|| self.0.unclear("list refunds", "no list"))?;
        Ok(refunds.iter().find_map(refund))
    }
}

impl PaymentGateway for StripeGateway {
    async fn charge(&self, charge: &Charge) -> Result<PaymentOutcome, PartnerError> {
        let Charge { attempt, sale, kind, amount, method, token } = charge;
        let form = [
            ("amount", &*amount.minor().to_string()),
            ("currency", &amount.currency().code().to_ascii_lowercase()),
            ("payment_method", token.as_str()),
            ("payment_method_types[0]", method_type(*method)),
            ("confirm", "true"),
            ("metadata[sale_id]", &sale.to_string()),
            ("metadata[attempt]", &attempt.to_string()),
            ("metadata[payment]", kind.as_str()),
        ];
        let operation = "create payment";
        let call =
            Call::post(operation, "/v1/payment_intents").idempotency_key(attempt).form(&form);
        let answer = self.0.call(call).await?;
        charged(&answer).ok_or_else(|| self.0.unclear(operation, "no outcome of a payment"))
    }

    async fn look_up(&self, payment: &GatewayPaymentId) -> Result<PaymentOutcome, PartnerError> {
        let path = format!("/v1/payment_intents/{payment}");
        self.outcome("get payment", &self.0.call(Call::get("get payment", path)).await?)
    }

    async fn owner(
        &self,
        payment: &GatewayPaymentId,
    ) -> Result<Option<(SaleId, AttemptId)>, PartnerError> {
        let path = format!("/v1/payment_intents/{payment}");
        let answer = self.0.call(Call::get("get payment", path)).await?;
        match answer.status {
            200..300 => {
                let sale =
                    answer.text("/metadata/sale_id").and_then(|text| SaleId::parse(text).ok());
                Ok(sale.zip(
                    answer.text("/metadata/attempt").and_then(|text| AttemptId::parse(text).ok()),
                ))
            }
            404 => Ok(None),
            _ => Err(self.0.unclear("get payment", "no payment")),
        }
    }

    /// Looks first: the gateway keeps idempotency keys for a day, and a refund may be retried for
    /// longer.
    async fn refund(
        &self,
        attempt: AttemptId,
        payment: &GatewayPaymentId,
    ) -> Result<RefundId, PartnerError> {
        if let Some(made) = self.refund_of(payment).await? {
            return Ok(made);
        }
        let form = [("payment_intent", payment.as_str())];
        let call = Call::post("create refund", "/v1/refunds")
            .idempotency_key(&format!("refund-{attempt}"))
            .form(&form);
        refund(&self.0.call(call).await?.body)
            .ok_or_else(|| self.0.unclear("create refund", "no refund"))
    }
}

impl BankAccounts for StripeGateway {
    async fn bank_account(
        &self,
        iban: &Iban,
        owner: &Recipient,
    ) -> Result<Option<PaymentMethodToken>, PartnerError> {
        let form = [
            ("type", "sepa_debit"),
            ("sepa_debit[iban]", iban.as_str()),
            ("billing_details[name]", owner.full_name.as_str()),
            ("billing_details[email]", owner.email.as_str()),
        ];
        let operation = "create payment method";
        let answer = self.0.call(Call::post(operation, "/v1/payment_methods").form(&form)).await?;
        match answer.status {
            200..300 => {
                let token = answer.text("/id").and_then(|id| PaymentMethodToken::parse(id).ok());
                token.map(Some).ok_or_else(|| self.0.unclear(operation, "no payment method"))
            }
            400 => Ok(None),
            _ => Err(self.0.unclear(operation, "neither a payment method nor a fault of it")),
        }
    }
}

fn method_type(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Card => "card",
        PaymentMethod::BankTransfer => "sepa_debit",
    }
}

fn refund(refund: &Value) -> Option<RefundId> {
    let text = |name| refund.get(name).and_then(Value::as_str);
    let standing = matches!(text("status"), Some("succeeded" | "pending"));
    text("id").filter(|_| standing).and_then(|id| RefundId::parse(id).ok())
}

/// `None`: neither a payment nor a decline.
fn outcome(answer: &Answer) -> Option<PaymentOutcome> {
    let id = || answer.text("/id").and_then(|id| GatewayPaymentId::parse(id).ok());
    match answer.status {
        200..300 => match answer.text("/status")? {
            "succeeded" => id().map(PaymentOutcome::Captured),
            "processing" => id().map(PaymentOutcome::Processing),
            // Nobody is at a screen where the bank could ask.
            "requires_action" => Some(PaymentOutcome::Declined(Decline::AuthenticationRequired)),
            "requires_payment_method" | "canceled" => {
                Some(PaymentOutcome::Declined(decline(answer, "/last_payment_error")))
            }
            _ => None,
        },
        402 => Some(PaymentOutcome::Declined(decline(answer, "/error"))),
        // The key is another's or none, the gateway is busy or broken, or knows no such payment.
        _ => None,
    }
}

/// What a charge came to: a request that is refused made no payment.
fn charged(answer: &Answer) -> Option<PaymentOutcome> {
    match answer.status {
        400 | 404 => refusal(answer).map(PaymentOutcome::Declined),
        _ => outcome(answer),
    }
}

/// A request that the gateway refuses charges nothing: a definite no
/// (<https://docs.stripe.com/error-codes>). Only a key that was used for another request says
/// nothing of what became of that one.
fn refusal(answer: &Answer) -> Option<Decline> {
    let (kind, code) = (answer.text("/error/type"), answer.text("/error/code"));
    let parameter = answer.text("/error/param").unwrap_or_default();
    match (kind, code) {
        (Some("idempotency_error"), _) => None,
        (_, Some("amount_too_large")) => Some(Decline::AmountTooLarge),
        (_, Some("amount_too_small")) => Some(Decline::AmountTooSmall),
        // It doesn't exist, is used up or is of another kind; it is all that a charge names.
        _ if parameter.starts_with("payment_method")
            || answer.status == 404 && kind == Some("invalid_request_error") =>
        {
            Some(Decline::InvalidPaymentMethod)
        }
        (Some("card_error"), _) => Some(decline(answer, "/error")),
        (Some("invalid_request_error"), code) => {
            tracing::error!(code, parameter, "the gateway can't take a payment");
            Some(Decline::NotPossible)
        }
        _ => None,
    }
}

/// Stripe's reason in the desk's terms: `decline_code` is the bank's, `code` Stripe's
/// (<https://docs.stripe.com/declines/codes>).
fn decline(answer: &Answer, fault: &str) -> Decline {
    let reason = answer
        .text(&format!("{fault}/decline_code"))
        .or_else(|| answer.text(&format!("{fault}/code")));
    match reason {
        Some("insufficient_funds") => Decline::InsufficientFunds,
        Some("expired_card") => Decline::Expired,
        Some("authentication_required" | "payment_intent_authentication_failure") => {
            Decline::AuthenticationRequired
        }
        Some(
            "resource_missing" | "payment_method_unactivated" | "payment_method_invalid_parameter",
        ) => Decline::InvalidPaymentMethod,
        _ => Decline::Declined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(status: u16, body: Value) -> Option<PaymentOutcome> {
        charged(&Answer { status, body })
    }

    #[test]
    fn a_payment_that_the_gateway_does_not_know_was_not_declined() {
        let body = json!({ "error": {
            "type": "invalid_request_error", "code": "resource_missing", "param": "intent",
        } });
        assert_eq!(outcome(&Answer { status: 404, body }), None);
    }

    #[test]
    fn every_answer_of_the_gateway_is_an_outcome_or_unclear() {
        let id = GatewayPaymentId::parse("pi_1").unwrap();
        let intent = |status: &str| json!({ "id": "pi_1", "status": status });
        assert_eq!(of(200, intent("succeeded")), Some(PaymentOutcome::Captured(id.clone())));
        assert_eq!(of(200, intent("processing")), Some(PaymentOutcome::Processing(id)));
        assert_eq!(
            of(200, intent("requires_action")),
            Some(PaymentOutcome::Declined(Decline::AuthenticationRequired))
        );
        assert_eq!(
            of(200, intent("requires_payment_method")),
            Some(PaymentOutcome::Declined(Decline::Declined))
        );
        assert_eq!(of(200, intent("a status of next year")), None);
        assert_eq!(of(200, Value::Null), None);
        // An error of no type that we know, and somebody else's answer.
        assert_eq!(
            of(400, json!({ "error": { "code": "parameter_unknown", "param": "colour" } })),
            None
        );
        assert_eq!(of(400, json!({ "error": { "type": "idempotency_error" } })), None);
        assert_eq!(of(429, json!({ "error": { "type": "invalid_request_error" } })), None);
    }

    #[test]
    fn a_refused_request_is_a_no_at_once() {
        let refused = |code: &str, param: &str| {
            let kind = "invalid_request_error";
            of(400, json!({ "error": { "type": kind, "code": code, "param": param } }))
        };
        for (code, param, expected) in [
            ("amount_too_large", "amount", Decline::AmountTooLarge),
            ("amount_too_small", "amount", Decline::AmountTooSmall),
            ("resource_missing", "payment_method", Decline::InvalidPaymentMethod),
            ("payment_intent_mandate_invalid", "", Decline::NotPossible),
            ("parameter_unknown", "colour", Decline::NotPossible),
        ] {
            assert_eq!(refused(code, param), Some(PaymentOutcome::Declined(expected)), "{code}");
        }
        // As it is worded where a debit has no mandate: neither code nor parameter.
        let bare = json!({ "error": { "type": "invalid_request_error" } });
        assert_eq!(of(400, bare), Some(PaymentOutcome::Declined(Decline::NotPossible)));
    }

    #[test]
    fn declines_are_in_the_desk_s_terms() {
        for (code, expected) in [
            ("insufficient_funds", Decline::InsufficientFunds),
            ("expired_card", Decline::Expired),
            ("generic_decline", Decline::Declined),
            ("authentication_required", Decline::AuthenticationRequired),
        ] {
            let body = json!({ "error": { "code": "card_declined", "decline_code": code } });
            assert_eq!(of(402, body), Some(PaymentOutcome::Declined(expected)));
        }
        let unknown = json!({ "error": { "code": "resource_missing", "param": "payment_method" } });
        assert_eq!(of(404, unknown), Some(PaymentOutcome::Declined(Decline::InvalidPaymentMethod)));
    }

    #[test]
    fn an_undone_refund_is_none() {
        assert!(refund(&json!({ "id": "re_1", "status": "pending" })).is_some());
        assert!(refund(&json!({ "id": "re_1", "status": "failed" })).is_none());
    }
}
