//! A payment of the señal or the balance: intent, call, outcome. And its outcome told later, by webhook.

use super::commit::{Failure, commit};
use crate::ids::PaymentMethodToken;
use crate::money::Money;
use crate::ports::{Charge, PaymentGateway, RequestKey, SaleStore};
use crate::sale::{Answer, Attempt, AttemptState, Command, PaymentKind, PaymentMethod, PaymentOutcome, Sale};
use crate::{AttemptId, DealershipId, SaleId};
use jiff::Timestamp;

/// A request to charge.
#[derive(Debug, Clone)]
pub struct Input {
    /// Which sale.
    pub sale: SaleId,
    /// The dealership that asks; another's sale doesn't exist for it.
    pub dealership: DealershipId,
    /// Which payment.
    pub kind: PaymentKind,
    /// A fresh id for a first try.
    pub attempt: AttemptId,
    /// The request.
    pub request: RequestKey,
    /// Card or bank.
    pub method: PaymentMethod,
    /// The gateway's token.
    pub token: PaymentMethodToken,
}

/// Why there is no answer to give.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayFailure {
    /// The key was used with another content.
    #[error("the Idempotency-Key was used with another request")]
    KeyReused,
    /// The gateway gave no clear answer. The attempt is open; the same request again, the gateway's webhook or the
    /// workflow settles it.
    #[error("the outcome of the payment is not known yet")]
    OutcomeUnknown,
    /// As [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Charges once, however often the same request comes. Three calls to the store and one to the gateway.
pub async fn pay(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    input: Input,
    now: Timestamp,
) -> Result<(Sale, AttemptId, Answer), PayFailure> {
    let Input { sale, dealership, kind, attempt, request, method, token } = input;
    let RequestKey { key, fingerprint } = request;
    let sale = store.sale(sale).await.map_err(Failure::from)?.filter(|sale| sale.dealership == dealership);
    let sale = sale.ok_or(Failure::NotFound)?;
    let start = Command::StartPayment { kind, attempt, key: key.clone(), fingerprint: fingerprint.clone(), method, token };
    // The same request again, or twice at once, finds the attempt that the first one made.
    let sale = commit(store, sale, start, now).await?;
    let stored = sale.attempt_by_key(kind, &key).cloned().ok_or(Failure::Contended)?;
    if stored.fingerprint != fingerprint {
        return Err(PayFailure::KeyReused);
    }
    if let Some(answer) = stored.answer {
        return Ok((sale, stored.id, answer));
    }
    let outcome = match settled(&stored) {
        Some(outcome) => outcome,
        None => ask(gateway, &sale, kind, &stored).await.map_err(|_| PayFailure::OutcomeUnknown)?,
    };
    let record = Command::RecordPayment { attempt: stored.id, outcome, answers_request: true };
    let sale = commit(store, sale, record, now).await?;
    let answer = sale.attempt_by_key(kind, &key).and_then(|attempt| attempt.answer).ok_or(Failure::Contended)?;
    Ok((sale, stored.id, answer))
}

/// The outcome that a webhook told before the request was answered, if any.
fn settled(attempt: &Attempt) -> Option<PaymentOutcome> {
    match &attempt.state {
        AttemptState::Unknown | AttemptState::Processing(_) => None,
        AttemptState::Declined(decline) => Some(PaymentOutcome::Declined(*decline)),
        AttemptState::Captured(payment) | AttemptState::RefundDue(payment) | AttemptState::Refunded(payment, _) => {
            Some(PaymentOutcome::Captured(payment.clone()))
        }
    }
}

/// Asks the gateway about an open attempt: by its id where the gateway gave one, else by the same call under the same key.
pub(crate) async fn ask(
    gateway: &impl PaymentGateway,
    sale: &Sale,
    kind: PaymentKind,
    attempt: &Attempt,
) -> Result<PaymentOutcome, crate::ports::NoAnswer> {
    if let AttemptState::Processing(payment) = &attempt.state {
        return gateway.look_up(payment).await;
    }
    let charge = Charge {
        attempt: attempt.id,
        sale: sale.id,
        kind,
        amount: sale.amount_due(kind),
        method: attempt.method,
        token: attempt.token.clone(),
    };
    gateway.charge(&charge).await
}

/// What the gateway's webhook says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Which sale.
    pub sale: SaleId,
    /// Which attempt.
    pub attempt: AttemptId,
    /// What became of it.
    pub outcome: PaymentOutcome,
    /// The amount that moved.
    pub amount: Money,
}

/// Why an update was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateFailure {
    /// The gateway moved another amount than was asked for: people must look.
    #[error("the gateway reports {reported} minor units where {asked} were asked for")]
    OtherAmount {
        /// What the gateway says.
        reported: u64,
        /// What the sale asked for.
        asked: u64,
    },
    /// As [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Takes in an outcome that the gateway tells later. Two calls to the store; one for what is known already.
pub async fn take_payment_update(store: &impl SaleStore, update: Update, now: Timestamp) -> Result<Sale, UpdateFailure> {
    let Update { sale, attempt, outcome, amount } = update;
    let sale = store.sale(sale).await.map_err(Failure::from)?.ok_or(Failure::NotFound)?;
    if let Some((kind, _)) = sale.all_attempts().find(|(_, known)| known.id == attempt) {
        let asked = sale.amount_due(kind);
        if asked != amount {
            return Err(UpdateFailure::OtherAmount { reported: amount.minor(), asked: asked.minor() });
        }
    }
    Ok(commit(store, sale, Command::RecordPayment { attempt, outcome, answers_request: false }, now).await?)
}
