//! What the gateway's answers say of a payment.

use crate::partner::Answer;
use domain::ids::{DisputeId, GatewayPaymentId, RefundId};
use domain::sale::{
    Decline, Dispute, DisputeState, NextAction, PaymentOutcome, Refund, RefundState, Transfer,
};
use jiff::Timestamp;
use serde_json::Value;

/// A refund, and how far it is (<https://docs.stripe.com/api/refunds/object>).
pub(super) fn refund(refund: &Value) -> Option<Refund> {
    let text = |name| refund.get(name).and_then(Value::as_str);
    Some(Refund {
        id: RefundId::parse(text("id")?).ok()?,
        amount: refund.get("amount").and_then(Value::as_u64)?,
        state: match text("status")? {
            "pending" | "requires_action" => RefundState::Pending,
            "succeeded" => RefundState::Succeeded,
            "failed" | "canceled" => RefundState::Failed,
            _ => return None,
        },
        made_at: refund
            .get("created")
            .and_then(Value::as_i64)
            .and_then(|seconds| Timestamp::from_second(seconds).ok())?,
    })
}

/// A dispute, and how far it is (<https://docs.stripe.com/api/disputes/object>).
pub(super) fn dispute(dispute: &Value) -> Option<Dispute> {
    let text = |name| dispute.get(name).and_then(Value::as_str);
    Some(Dispute {
        id: DisputeId::parse(text("id")?).ok()?,
        amount: dispute.get("amount").and_then(Value::as_u64)?,
        state: match text("status")? {
            "won" => DisputeState::Won,
            "lost" => DisputeState::Lost,
            "needs_response" | "under_review" => DisputeState::Open,
            // `prevented`: it was settled before it began.
            "prevented" => DisputeState::Inquiry,
            inquiry if inquiry.starts_with("warning_") => DisputeState::Inquiry,
            _ => return None,
        },
    })
}

/// How a payment or a page stands; `None`: neither a payment nor a decline.
pub(super) fn outcome(answer: &Answer) -> Option<PaymentOutcome> {
    match answer.status {
        200..300 if answer.text("/object") == Some("checkout.session") => session(answer),
        200..300 => payment(answer),
        402 => Some(PaymentOutcome::Declined(decline(answer, "/error"))),
        // The key is another's or none, the gateway is busy or broken, or knows no such payment.
        _ => None,
    }
}

/// What a charge came to: a request that is refused made no payment.
pub(super) fn charged(answer: &Answer) -> Option<PaymentOutcome> {
    match answer.status {
        400 | 404 => refusal(answer).map(PaymentOutcome::Declined),
        _ => outcome(answer),
    }
}

fn id(answer: &Answer, pointer: &str) -> Option<GatewayPaymentId> {
    answer.text(pointer).and_then(|id| GatewayPaymentId::parse(id).ok())
}

/// A payment says by its status how it stands
/// (<https://docs.stripe.com/payments/paymentintents/lifecycle>).
fn payment(answer: &Answer) -> Option<PaymentOutcome> {
    let id = id(answer, "/id");
    match answer.text("/status")? {
        "succeeded" => id.map(PaymentOutcome::Captured),
        "processing" => id.map(PaymentOutcome::Processing),
        "requires_action" => {
            let action = next_action(answer);
            if action.is_none() {
                tracing::error!(
                    kind = answer.text("/next_action/type"),
                    "a payment asks for what nobody can do"
                );
            }
            Some(PaymentOutcome::AwaitsCustomer(id?, action?))
        }
        "canceled" => id.map(PaymentOutcome::Expired),
        "requires_payment_method" => {
            Some(PaymentOutcome::Declined(decline(answer, "/last_payment_error")))
        }
        _ => None,
    }
}

/// A page says whether it is open, and whether it was paid
/// (<https://docs.stripe.com/api/checkout/sessions/object>).
fn session(answer: &Answer) -> Option<PaymentOutcome> {
    let own = id(answer, "/id");
    match (answer.text("/status")?, answer.text("/payment_status")) {
        ("open", _) => {
            let url = answer.text("/url")?.to_owned();
            Some(PaymentOutcome::AwaitsCustomer(own?, NextAction::Pay { url }))
        }
        ("expired", _) => own.map(PaymentOutcome::Expired),
        ("complete", Some("paid")) => id(answer, "/payment_intent").map(PaymentOutcome::Captured),
        ("complete", Some("unpaid")) => own.map(PaymentOutcome::Processing),
        _ => None,
    }
}

fn next_action(answer: &Answer) -> Option<NextAction> {
    let text = |pointer: &str| answer.text(&format!("/next_action/{pointer}")).map(str::to_owned);
    match text("type")?.as_str() {
        "redirect_to_url" => Some(NextAction::Confirm { url: text("redirect_to_url/url")? }),
        "display_bank_transfer_instructions" => {
            let told = "display_bank_transfer_instructions";
            let account = format!("{told}/financial_addresses/0/iban");
            let remaining = answer.body.pointer(&format!("/next_action/{told}/amount_remaining"));
            Some(NextAction::Transfer(Transfer {
                iban: text(&format!("{account}/iban"))?,
                bic: text(&format!("{account}/bic"))?,
                holder: text(&format!("{account}/account_holder_name"))?,
                reference: text(&format!("{told}/reference"))?,
                asked: answer.body.pointer("/amount").and_then(Value::as_u64)?,
                remaining: remaining.and_then(Value::as_u64)?,
            }))
        }
        _ => None,
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
        assert_eq!(of(200, intent("processing")), Some(PaymentOutcome::Processing(id.clone())));
        assert_eq!(of(200, intent("canceled")), Some(PaymentOutcome::Expired(id.clone())));
        assert_eq!(of(200, intent("requires_action")), None, "of nobody knows what");
        let mut asked = intent("requires_action");
        let url = "https://bank.example/1".to_owned();
        asked["next_action"] = json!({
            "type": "redirect_to_url", "redirect_to_url": { "url": url },
        });
        assert_eq!(
            of(200, asked),
            Some(PaymentOutcome::AwaitsCustomer(id.clone(), NextAction::Confirm { url }))
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
    fn refunds_and_disputes_are_read_by_amount_and_state() {
        let read = |status: &str| {
            refund(
                &json!({ "id": "re_1", "amount": 100, "status": status, "created": 1_800_000_000 }),
            )
        };
        for (status, state) in [
            ("pending", RefundState::Pending),
            ("requires_action", RefundState::Pending),
            ("succeeded", RefundState::Succeeded),
            ("failed", RefundState::Failed),
            ("canceled", RefundState::Failed),
        ] {
            let read = read(status).unwrap();
            assert_eq!((read.amount, read.state), (100, state), "{status}");
        }
        assert_eq!(read("a status of next year"), None);
        let read = |status: &str| dispute(&json!({ "id": "dp_1", "amount": 30, "status": status }));
        for (status, state) in [
            ("warning_needs_response", DisputeState::Inquiry),
            ("warning_closed", DisputeState::Inquiry),
            ("needs_response", DisputeState::Open),
            ("under_review", DisputeState::Open),
            ("lost", DisputeState::Lost),
            ("won", DisputeState::Won),
        ] {
            let read = read(status).unwrap();
            assert_eq!((read.amount, read.state), (30, state), "{status}");
        }
        assert_eq!(read("a status of next year"), None);
    }
}
