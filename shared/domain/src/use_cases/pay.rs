//! A payment of the señal or the balance: intent, call, outcome. And its outcome told later, by
//! webhook.

use super::commit::{ChangeError, commit};
use crate::ids::{DisputeId, GatewayPaymentId, PaymentMethodToken};
use crate::money::Money;
use crate::ports::{Charge, PartnerError, PaymentGateway, RequestKey, SaleStore};
use crate::sale::{
    Answer, Attempt, AttemptState, Command, DisputeNews, PaymentKind, PaymentMethod,
    PaymentOutcome, Sale,
};
use crate::{AttemptId, CustomerKey, DealershipId, SaleId};
use jiff::{SignedDuration, Timestamp};

/// How long a call can be sent again under its key: the gateway keeps keys for a day at least
/// (<https://docs.stripe.com/api/idempotent_requests>), and a forgotten key would charge twice.
const KEY_LIFETIME: SignedDuration = SignedDuration::from_hours(23);

/// Who asks; a sale that is not theirs doesn't exist for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    /// The dealership that sold.
    Dealership(DealershipId),
    /// The customer who bought.
    Customer(CustomerKey),
}

impl Asker {
    /// Whether the sale is theirs.
    pub fn owns(&self, sale: &Sale) -> bool {
        match self {
            Self::Dealership(dealership) => sale.dealership == *dealership,
            Self::Customer(customer) => sale.customer == *customer,
        }
    }
}

/// A request to charge.
#[derive(Debug, Clone)]
pub struct Input {
    /// The sale's id, from the request's path.
    pub sale: SaleId,
    /// The dealership or the customer, from the token or the session.
    pub asker: Asker,
    /// Señal or balance; customers pay the balance alone.
    pub kind: PaymentKind,
    /// A fresh id for a first try.
    pub attempt: AttemptId,
    /// The digests of the request's `Idempotency-Key` and content; a payment needs a key.
    pub request: RequestKey,
    /// Card or bank.
    pub method: PaymentMethod,
    /// The gateway's token.
    pub token: PaymentMethodToken,
}

/// Why there is no answer to give.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayError {
    /// The key was used with another content.
    #[error("the Idempotency-Key was used with another request")]
    KeyReused,
    /// The gateway gave no clear answer. The attempt is open; the same request again, the gateway's
    /// webhook or the workflow settles it.
    #[error("the outcome of the payment is not known yet")]
    OutcomeUnknown,
    /// The load, the decision or the commit failed; see [`ChangeError`].
    #[error(transparent)]
    Failed(#[from] ChangeError),
}

/// Charges once, however often the same request comes. Three calls to the store and one to the
/// gateway.
pub async fn pay(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    input: Input,
    now: Timestamp,
) -> Result<(Sale, AttemptId, Answer), PayError> {
    let Input { sale, asker, kind, attempt, request, method, token } = input;
    let RequestKey { key, fingerprint } = request;
    let sale = store.sale(sale).await.map_err(ChangeError::from)?.filter(|sale| asker.owns(sale));
    let sale = sale.ok_or(ChangeError::NotFound)?;
    let start = Command::StartPayment {
        kind,
        attempt,
        key: key.clone(),
        fingerprint: fingerprint.clone(),
        method,
        token,
    };
    // The same request again, or twice at once, finds the attempt that the first one made.
    let sale = commit(store, sale, start, now).await?;
    let stored = sale.attempt_by_key(kind, &key).cloned().ok_or(ChangeError::Contended)?;
    if stored.fingerprint != fingerprint {
        return Err(PayError::KeyReused);
    }
    if let Some(answer) = stored.answer {
        return Ok((sale, stored.id, answer));
    }
    let outcome = match settled(&stored) {
        Some(outcome) => outcome,
        None => {
            // Why is in the log, where the call was made.
            ask(gateway, &sale, kind, &stored, now).await.map_err(|_| PayError::OutcomeUnknown)?
        }
    };
    let record = Command::RecordPayment { attempt: stored.id, outcome, answers_request: true };
    let sale = commit(store, sale, record, now).await?;
    let answer = sale
        .attempt_by_key(kind, &key)
        .and_then(|attempt| attempt.answer)
        .ok_or(ChangeError::Contended)?;
    Ok((sale, stored.id, answer))
}

/// The outcome that a webhook told before the request was answered, if any.
fn settled(attempt: &Attempt) -> Option<PaymentOutcome> {
    match &attempt.state {
        AttemptState::Unknown | AttemptState::Processing(_) => None,
        AttemptState::Declined(decline) => Some(PaymentOutcome::Declined(*decline)),
        AttemptState::Captured(payment)
        | AttemptState::RefundDue(payment)
        | AttemptState::Refunded(payment, _)
        | AttemptState::Reversed(payment) => Some(PaymentOutcome::Captured(payment.clone())),
    }
}

/// Asks the gateway about an open attempt: by its id where the gateway gave one, else by the same
/// call under the same key, as long as the gateway knows the key.
pub(crate) async fn ask(
    gateway: &impl PaymentGateway,
    sale: &Sale,
    kind: PaymentKind,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<PaymentOutcome, PartnerError> {
    if let AttemptState::Processing(payment) = &attempt.state {
        return gateway.look_up(payment).await;
    }
    if now.duration_since(attempt.started_at) > KEY_LIFETIME {
        return Err(PartnerError);
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
    /// The sale that the gateway was told at the charge.
    pub sale: SaleId,
    /// The attempt that the gateway was told at the charge.
    pub attempt: AttemptId,
    /// What became of it.
    pub outcome: PaymentOutcome,
    /// The amount that moved.
    pub amount: Money,
}

/// Why an update was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaymentUpdateError {
    /// The gateway moved another amount than was asked for: people must look.
    #[error("the gateway reports {reported} minor units where {asked} were asked for")]
    OtherAmount {
        /// What the gateway says.
        reported: u64,
        /// What the sale asked for.
        asked: u64,
    },
    /// The gateway didn't say how the payment stands: it sends the news again.
    #[error(transparent)]
    PartnerError(#[from] PartnerError),
    /// The load, the decision or the commit failed; see [`ChangeError`].
    #[error(transparent)]
    Failed(#[from] ChangeError),
}

/// Takes in an outcome that the gateway tells later. Two calls to the store; one for what is known
/// already. A decline of captured money is old, or the bank returned the debit: the gateway is
/// asked which.
pub async fn take_payment_update(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    update: Update,
    now: Timestamp,
) -> Result<Sale, PaymentUpdateError> {
    let Update { sale, attempt, outcome, amount } = update;
    let sale = store.sale(sale).await.map_err(ChangeError::from)?.ok_or(ChangeError::NotFound)?;
    if let Some((kind, _)) = sale.all_attempts().find(|(_, known)| known.id == attempt) {
        let asked = sale.amount_due(kind);
        if asked != amount {
            return Err(PaymentUpdateError::OtherAmount {
                reported: amount.minor(),
                asked: asked.minor(),
            });
        }
    }
    let known =
        sale.all_attempts().find(|(_, known)| known.id == attempt).map(|(_, known)| &known.state);
    let command = match (known, &outcome) {
        (
            Some(AttemptState::Captured(payment) | AttemptState::RefundDue(payment)),
            PaymentOutcome::Declined(_),
        ) => match gateway.look_up(payment).await? {
            PaymentOutcome::Declined(_) => Command::RecordReturn { attempt },
            PaymentOutcome::Captured(_) | PaymentOutcome::Processing(_) => return Ok(sale),
        },
        _ => Command::RecordPayment { attempt, outcome, answers_request: false },
    };
    Ok(commit(store, sale, command, now).await?)
}

/// What the gateway's webhook says of a dispute. It names the payment only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeUpdate {
    /// The gateway's id of the payment that is disputed.
    pub payment: GatewayPaymentId,
    /// The gateway's id of the dispute, by which later news is told apart.
    pub dispute: DisputeId,
    /// What became of it.
    pub news: DisputeNews,
}

/// Why news of a dispute was not taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DisputeError {
    /// The gateway didn't say whose payment it is: it sends the news again.
    #[error(transparent)]
    PartnerError(#[from] PartnerError),
    /// The load, the decision or the commit failed; see [`ChangeError`].
    #[error(transparent)]
    Failed(#[from] ChangeError),
}

/// Takes in news of a dispute: one call to the gateway, two to the store. `None`: a payment that
/// isn't ours.
pub async fn take_dispute_update(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    update: DisputeUpdate,
    now: Timestamp,
) -> Result<Option<Sale>, DisputeError> {
    let DisputeUpdate { payment, dispute, news } = update;
    let Some((sale, attempt)) = gateway.owner(&payment).await? else { return Ok(None) };
    let sale = store.sale(sale).await.map_err(ChangeError::from)?.ok_or(ChangeError::NotFound)?;
    Ok(Some(commit(store, sale, Command::RecordDispute { attempt, dispute, news }, now).await?))
}
