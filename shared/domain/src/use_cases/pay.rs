//! A payment of the señal or the balance: intent, call, outcome. And its outcome told later, by
//! webhook.

use super::commit::{ChangeError, commit};
use crate::ids::GatewayPaymentId;
use crate::money::Money;
use crate::ports::{Charge, PartnerError, PaymentGateway, RequestKey, SaleStore};
use crate::sale::{
    Answer, Attempt, AttemptState, Command, Decline, Means, PaymentKind, PaymentOutcome, Rejection,
    Sale,
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
    /// Señal or balance.
    pub kind: PaymentKind,
    /// A fresh id for a first try.
    pub attempt: AttemptId,
    /// The digests of the request's `Idempotency-Key` and content; a payment needs a key.
    pub request: RequestKey,
    /// How the customer pays.
    pub means: Means,
    /// What can be debited from an account at most, in minor units: an account that a bank may
    /// claim back for eight weeks is nothing for the price of a vehicle.
    pub debit_limit: u64,
}

/// Why there is no answer to give.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayError {
    /// This way to pay doesn't take the amount; nothing was stored, and another way may.
    #[error("the payment can't be made in this way")]
    NotTaken(Decline),
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
/// gateway; one more of each where an earlier attempt still waits for its customer, which is ended
/// first; and one more to the store for a transfer, whose buyer the gateway has to be told.
pub async fn pay(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    input: Input,
    now: Timestamp,
) -> Result<(Sale, Attempt, Answer), PayError> {
    let Input { sale, asker, kind, attempt, request, means, debit_limit } = input;
    let at_desk = matches!(asker, Asker::Dealership(_));
    let RequestKey { key, fingerprint } = request;
    let sale = store.sale(sale).await.map_err(ChangeError::from)?.filter(|sale| asker.owns(sale));
    let mut sale = sale.ok_or(ChangeError::NotFound)?;
    if sale.attempt_by_key(kind, &key).is_none() {
        let is_debit = matches!(means, Means::SepaDebit(..));
        let is_due = sale.payment_deadline(kind).is_some();
        if is_due && is_debit && sale.amount_due(kind).minor() > debit_limit {
            return Err(PayError::NotTaken(Decline::AmountTooLarge));
        }
        sale = end_open(store, gateway, sale, kind, now).await?;
    }
    let start = Command::StartPayment {
        kind,
        attempt,
        key: key.clone(),
        fingerprint: fingerprint.clone(),
        means,
        at_desk,
    };
    // The same request again, or twice at once, finds the attempt that the first one made.
    let sale = commit(store, sale, start, now).await?;
    let stored = sale.attempt_by_key(kind, &key).cloned().ok_or(ChangeError::Contended)?;
    if stored.fingerprint != fingerprint {
        return Err(PayError::KeyReused);
    }
    if let Some(answer) = stored.answer {
        return Ok((sale, stored, answer));
    }
    let outcome = match settled(&stored) {
        Some(outcome) => Ok(outcome),
        None if stored.id == attempt => {
            let mut charge = charge_of(&sale, kind, &stored);
            if matches!(stored.means, Means::BankTransfer) {
                let found = store.sale_with_details(sale.id).await.map_err(ChangeError::from)?;
                charge.buyer = found.map(|(_, details)| details.customer.email);
            }
            gateway.charge(&charge).await
        }
        None => ask(gateway, &sale, kind, &stored, now).await,
    };
    // Why is in the log, where the call was made.
    let outcome = outcome.map_err(|_| PayError::OutcomeUnknown)?;
    let record = Command::RecordPayment { attempt: stored.id, outcome, answers_request: true };
    let sale = commit(store, sale, record, now).await?;
    let answered = sale.attempt_by_key(kind, &key).cloned().ok_or(ChangeError::Contended)?;
    let answer = answered.answer.ok_or(ChangeError::Contended)?;
    Ok((sale, answered, answer))
}

/// Why an attempt was not ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndError {
    /// The gateway gave no clear answer: the attempt is still open.
    #[error(transparent)]
    PartnerError(#[from] PartnerError),
    /// The load, the decision or the commit failed; see [`ChangeError`].
    #[error(transparent)]
    Failed(#[from] ChangeError),
}

impl From<EndError> for PayError {
    fn from(error: EndError) -> Self {
        match error {
            EndError::PartnerError(_) => Self::OutcomeUnknown,
            EndError::Failed(failure) => Self::Failed(failure),
        }
    }
}

/// Ends an attempt that waits for its customer, before what it would pay is paid otherwise or comes
/// to nothing; finds out if it was paid meanwhile.
pub(crate) async fn end_open(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    sale: Sale,
    kind: PaymentKind,
    now: Timestamp,
) -> Result<Sale, EndError> {
    let Some(open) = sale.open_attempt(kind) else { return Ok(sale) };
    let AttemptState::AwaitsCustomer(payment, _) = &open.state else { return Ok(sale) };
    let outcome = gateway.end(payment).await?;
    let record = Command::RecordPayment { attempt: open.id, outcome, answers_request: false };
    Ok(commit(store, sale, record, now).await?)
}

/// The outcome that a webhook told before the request was answered, if any.
fn settled(attempt: &Attempt) -> Option<PaymentOutcome> {
    match &attempt.state {
        AttemptState::Unknown | AttemptState::Processing(_) => None,
        AttemptState::AwaitsCustomer(payment, action) => {
            Some(PaymentOutcome::AwaitsCustomer(payment.clone(), action.clone()))
        }
        AttemptState::Declined(decline) => Some(PaymentOutcome::Declined(*decline)),
        AttemptState::Expired(payment) => Some(PaymentOutcome::Expired(payment.clone())),
        paid => paid.captured().cloned().map(PaymentOutcome::Captured),
    }
}

/// Asks the gateway about an open attempt: by its id where the gateway gave one, else by the same
/// call under the same key, as long as the gateway knows the key. What waits for a customer whose
/// time is over is ended; and no call that might begin to charge is made for a payment that isn't
/// due any more (R-79 of `docs/requirements.md`).
pub(crate) async fn ask(
    gateway: &impl PaymentGateway,
    sale: &Sale,
    kind: PaymentKind,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<PaymentOutcome, PartnerError> {
    let deadline = sale.payment_deadline(kind);
    match &attempt.state {
        AttemptState::AwaitsCustomer(payment, _) => {
            let last = deadline.and_then(|_| sale.open_until(kind, attempt));
            if last.is_none_or(|last| last < now) {
                gateway.end(payment).await
            } else {
                gateway.look_up(payment).await
            }
        }
        AttemptState::Processing(payment) => gateway.look_up(payment).await,
        _ if deadline.is_none() || now.duration_since(attempt.started_at) > KEY_LIFETIME => {
            Err(PartnerError)
        }
        // A repeat is answered what the first call was; what came of it since, the gateway knows.
        _ => match gateway.charge(&charge_of(sale, kind, attempt)).await? {
            PaymentOutcome::AwaitsCustomer(payment, _) | PaymentOutcome::Processing(payment) => {
                gateway.look_up(&payment).await
            }
            outcome => Ok(outcome),
        },
    }
}

/// Asks the gateway about an open attempt, and records what it says. No answer leaves it open: the wait goes on, nothing is
/// guessed.
pub(crate) async fn settle(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    sale: Sale,
    kind: PaymentKind,
    now: Timestamp,
) -> Result<Sale, ChangeError> {
    let (sale, _) = settle_if_answered(store, gateway, sale, kind, now).await?;
    Ok(sale)
}

/// The same, and whether the gateway answered, or had nothing to.
async fn settle_if_answered(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    sale: Sale,
    kind: PaymentKind,
    now: Timestamp,
) -> Result<(Sale, bool), ChangeError> {
    let Some(open) = sale.open_attempt(kind).cloned() else { return Ok((sale, true)) };
    let Ok(outcome) = ask(gateway, &sale, kind, &open, now).await else { return Ok((sale, false)) };
    let record = Command::RecordPayment { attempt: open.id, outcome, answers_request: false };
    Ok((commit(store, sale, record, now).await?, true))
}

/// What is known of a sale's payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// What became of each, or what it waits for the customer to do.
    Known,
    /// The gateway gave no answer, or waits for one itself.
    Awaited,
}

/// Finds out what became of the payments that are open, for somebody who looks.
pub async fn find_out(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    mut sale: Sale,
    now: Timestamp,
) -> Result<News, ChangeError> {
    let mut news = News::Known;
    for kind in PaymentKind::ALL {
        let answered;
        (sale, answered) = settle_if_answered(store, gateway, sale, kind, now).await?;
        let waits = sale.open_attempt(kind).is_some_and(|open| open.next_action().is_none());
        if waits || !answered {
            news = News::Awaited;
        }
    }
    Ok(news)
}

fn charge_of(sale: &Sale, kind: PaymentKind, attempt: &Attempt) -> Charge {
    Charge {
        attempt: attempt.id,
        sale: sale.id,
        kind,
        amount: sale.amount_due(kind),
        means: attempt.means.clone(),
        buyer: None,
        expires_at: attempt.expires_at(),
    }
}

/// What the gateway's webhook says of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The sale that the gateway was told at the charge.
    pub sale: SaleId,
    /// The attempt that the gateway was told at the charge.
    pub attempt: AttemptId,
    /// What became of it.
    pub news: PaymentNews,
}

/// What a webhook tells. Only money that came is taken at its word; for all else the gateway is
/// asked how the payment stands, since news comes late, twice and in disorder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentNews {
    /// So much was captured.
    Captured(GatewayPaymentId, Money),
    /// It failed, now or long after it had succeeded.
    Failed,
    /// It moved otherwise.
    Moved,
    /// Money came to the account of a transfer.
    FundsCame,
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

/// Takes in what the gateway tells later. Two calls to the store, one for what is known already;
/// and one to the gateway, unless money came. A failure of captured money is old, or the bank
/// returned the debit: the gateway is asked which.
pub async fn take_payment_update(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    update: Update,
    now: Timestamp,
) -> Result<Sale, PaymentUpdateError> {
    let Update { sale, attempt, news } = update;
    let funds_came = news == PaymentNews::FundsCame;
    let sale = store.sale(sale).await.map_err(ChangeError::from)?.ok_or(ChangeError::NotFound)?;
    let known = sale.all_attempts().find(|(_, known)| known.id == attempt);
    let (kind, known) = known.ok_or(ChangeError::Rejected(Rejection::UnknownAttempt))?;
    let outcome = match (&known.state, news) {
        (_, PaymentNews::Captured(payment, amount)) => {
            let asked = sale.amount_due(kind);
            if asked != amount {
                return Err(PaymentUpdateError::OtherAmount {
                    reported: amount.minor(),
                    asked: asked.minor(),
                });
            }
            // Taken twice for one attempt: the sale never had the second, which goes back at once.
            if known.state.captured().is_some_and(|captured| *captured != payment) {
                gateway.refund(&payment, amount, 0).await?;
                return Ok(sale);
            }
            PaymentOutcome::Captured(payment)
        }
        (state, _) if state.is_open() => ask(gateway, &sale, kind, known, now).await?,
        (
            AttemptState::Captured(payment) | AttemptState::RefundDue(payment),
            PaymentNews::Failed,
        ) => match gateway.look_up(payment).await? {
            PaymentOutcome::Declined(_) => {
                return Ok(commit(store, sale, Command::RecordReturn { attempt }, now).await?);
            }
            _ => return Ok(sale),
        },
        (_, PaymentNews::FundsCame) => return give_back_excess(gateway, sale, attempt).await,
        _ => return Ok(sale),
    };
    let record = Command::RecordPayment { attempt, outcome, answers_request: false };
    let sale = commit(store, sale, record, now).await?;
    if funds_came { give_back_excess(gateway, sale, attempt).await } else { Ok(sale) }
}

/// What a buyer sent beyond what a transfer took, or after its end, goes back.
async fn give_back_excess(
    gateway: &impl PaymentGateway,
    sale: Sale,
    attempt: AttemptId,
) -> Result<Sale, PaymentUpdateError> {
    let known = sale.all_attempts().find(|(_, known)| known.id == attempt);
    let state = known.map(|(_, known)| &known.state).filter(|state| !state.is_open());
    if let Some(payment) = state.and_then(AttemptState::payment) {
        gateway.end(payment).await?;
    }
    Ok(sale)
}
