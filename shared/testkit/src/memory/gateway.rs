//! The payment gateway, which forgets an idempotency key after a day.

use super::books::GatewayPayment;
use super::ports::Ports;
use super::story::short;
use super::world::State;
use crate::faults::Site;
use domain::customer::Iban;
use domain::ids::{GatewayPaymentId, PaymentMethodToken, RefundId};
use domain::ports::{BankAccounts, Charge, PartnerError, PaymentGateway, Recipient};
use domain::sale::{
    Answer, Decline, Means, MoneyBack, NextAction, PaymentOutcome, Refund, RefundState, Transfer,
};
use domain::{AttemptId, Money, SaleId};
use jiff::Timestamp;

/// How long the gateway knows an idempotency key, in milliseconds.
const KEY_LIFETIME: i64 = 24 * 60 * 60 * 1_000;

impl PaymentGateway for Ports<'_> {
    /// The token says what the gateway does: `pm_card`, `pm_declined`, `pm_challenge`, `pm_bank`,
    /// `pm_bank_fails`.
    async fn charge(&self, charge: &Charge) -> Result<PaymentOutcome, PartnerError> {
        self.call(Site::GatewayCharge, Err(PartnerError), |state| {
            let key = charge.attempt.to_string();
            let lost = state.is_gateway_down() && state.rng.percent(50);
            if lost {
                return Err(PartnerError);
            }
            let known = state
                .payments
                .get(&key)
                .filter(|known| state.now.saturating_sub(known.at) <= KEY_LIFETIME);
            if let Some(outcome) = known.map(|known| known.first.clone()) {
                return if state.is_gateway_down() { Err(PartnerError) } else { Ok(outcome) };
            }
            // The name is made here.
            let id = GatewayPaymentId::parse(&format!("pi_{}", state.payments.len()))
                .map_err(|_| PartnerError)?;
            let outcome = first_answer(charge, &id);
            match outcome {
                PaymentOutcome::Processing(_) => state.settling.push(charge.attempt),
                PaymentOutcome::AwaitsCustomer(..) => state.awaiting.push(charge.attempt),
                _ => {}
            }
            state.gateway_news.push(charge.attempt);
            state.note("gateway", || {
                format!(
                    "{}: {} {:?}",
                    short(charge.sale),
                    charge.kind.as_str(),
                    Answer::of(&outcome)
                )
            });
            let stored = state.sales.get(&charge.sale);
            let intent = stored
                .filter(|row| row.sale.all_attempts().any(|(_, known)| known.id == charge.attempt))
                .map(|row| row.sale.status());
            let payment = GatewayPayment {
                id,
                sale: charge.sale,
                attempt: charge.attempt,
                kind: charge.kind,
                amount: charge.amount.minor(),
                first: outcome.clone(),
                outcome: outcome.clone(),
                expires_at: charge.expires_at.map(Timestamp::as_millisecond),
                ended_at: None,
                cash: 0,
                back: MoneyBack::default(),
                at: state.now,
                intent,
            };
            // A key that is forgotten charges again.
            let again =
                if state.payments.contains_key(&key) { format!("{key} again") } else { key };
            state.payments.insert(again, payment);
            if state.is_gateway_down() { Err(PartnerError) } else { Ok(outcome) }
        })
        .await
    }

    async fn look_up(&self, payment: &GatewayPaymentId) -> Result<PaymentOutcome, PartnerError> {
        let find = |state: &mut State| {
            let known = state
                .payments
                .values()
                .find(|known| known.id == *payment && !state.is_gateway_down());
            known.map(GatewayPayment::told).ok_or(PartnerError)
        };
        self.call(Site::GatewayLookUp, Err(PartnerError), find).await
    }

    async fn end(&self, payment: &GatewayPaymentId) -> Result<PaymentOutcome, PartnerError> {
        let end = |state: &mut State| {
            if state.is_gateway_down() {
                return Err(PartnerError);
            }
            let now = state.now;
            let known = state
                .payments
                .values_mut()
                .find(|known| known.id == *payment)
                .ok_or(PartnerError)?;
            if let PaymentOutcome::AwaitsCustomer(id, action) = &known.outcome {
                if let NextAction::Transfer(transfer) = action {
                    let came = known.amount.saturating_sub(transfer.remaining);
                    known.cash = known.cash.saturating_add(came);
                }
                known.outcome = PaymentOutcome::Expired(id.clone());
                known.ended_at = Some(now);
            }
            known.cash = 0;
            Ok(known.told())
        };
        self.call(Site::GatewayEnd, Err(PartnerError), end).await
    }

    async fn owner(
        &self,
        payment: &GatewayPaymentId,
    ) -> Result<Option<(SaleId, AttemptId)>, PartnerError> {
        let find = |state: &mut State| {
            if state.is_gateway_down() {
                return Err(PartnerError);
            }
            let known = state.payments.values().find(|known| known.id == *payment);
            Ok(known.map(|known| (known.sale, known.attempt)))
        };
        self.call(Site::GatewayOwner, Err(PartnerError), find).await
    }

    async fn money_back(&self, payment: &GatewayPaymentId) -> Result<MoneyBack, PartnerError> {
        let find = |state: &mut State| {
            let known = state
                .payments
                .values()
                .find(|known| known.id == *payment && !state.is_gateway_down());
            // A debit that was returned is in no list: the payment says so itself.
            known.map(|known| MoneyBack { returned: 0, ..known.back.clone() }).ok_or(PartnerError)
        };
        self.call(Site::GatewayMoneyBack, Err(PartnerError), find).await
    }

    async fn refund(
        &self,
        payment: &GatewayPaymentId,
        amount: Money,
        number: usize,
    ) -> Result<Refund, PartnerError> {
        self.call(Site::GatewayRefund, Err(PartnerError), |state| {
            if state.is_gateway_down() {
                return Err(PartnerError);
            }
            let now = state.now;
            let state_at_first =
                if state.rng.percent(30) { RefundState::Pending } else { RefundState::Succeeded };
            let known = state
                .payments
                .values_mut()
                .find(|known| known.id == *payment)
                .ok_or(PartnerError)?;
            // The name is made here: it begins with the call's key.
            let key = format!("re_{}_{number}_", known.id);
            let made = known.back.refunds.iter().find(|made| {
                let age = now.saturating_sub(made.made_at.as_millisecond());
                made.id.as_str().starts_with(&key) && age <= KEY_LIFETIME
            });
            if let Some(made) = made {
                return Ok(made.clone());
            }
            if amount.minor() > known.left() {
                return Err(PartnerError);
            }
            // The name is made here.
            let id = RefundId::parse(&format!("{key}{now}")).map_err(|_| PartnerError)?;
            // The world's clock shows what a timestamp can.
            let made_at = Timestamp::from_millisecond(now).map_err(|_| PartnerError)?;
            let refund = Refund { id, amount: amount.minor(), state: state_at_first, made_at };
            known.back.refunds.push(refund.clone());
            let (sale, attempt) = (known.sale, known.attempt);
            state.refunding.push((attempt, refund.id.clone()));
            state.note("gateway", || format!("{}: gave {} back", short(sale), payment));
            Ok(refund)
        })
        .await
    }
}

impl BankAccounts for Ports<'_> {
    /// Every account can be debited.
    async fn bank_account(
        &self,
        _: &Iban,
        _: &Recipient,
    ) -> Result<Option<PaymentMethodToken>, PartnerError> {
        Ok(PaymentMethodToken::parse("pm_bank").ok())
    }
}

/// What the gateway answers to a call that it doesn't know.
fn first_answer(charge: &Charge, id: &GatewayPaymentId) -> PaymentOutcome {
    let url = || format!("https://gateway.test/{id}");
    let action = match &charge.means {
        Means::Card(token) => match token.as_str() {
            "pm_declined" => return PaymentOutcome::Declined(Decline::InsufficientFunds),
            "pm_challenge" => NextAction::Confirm { url: url() },
            _ => return PaymentOutcome::Captured(id.clone()),
        },
        Means::SepaDebit(..) => return PaymentOutcome::Processing(id.clone()),
        Means::Checkout => NextAction::Pay { url: url() },
        Means::BankTransfer => NextAction::Transfer(Transfer {
            iban: "ES9121000418450200051332".into(),
            bic: "CAIXESBB".into(),
            holder: "CaaS".into(),
            reference: id.to_string(),
            asked: charge.amount.minor(),
            remaining: charge.amount.minor(),
        }),
    };
    PaymentOutcome::AwaitsCustomer(id.clone(), action)
}
