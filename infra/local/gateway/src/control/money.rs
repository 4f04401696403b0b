//! Control calls that move money: what banks and customers do.

use super::ask::{Body, answer};
use crate::books::{Books, RefundFate};
use crate::checkout;
use crate::chores;
use crate::confirm::Authentication;
use crate::disputes::{self, Claim};
use crate::objects::{
    CashTransaction, Charge, Customer, Dispute, DisputeStatus, Intent, Object, Refund, Session,
};
use crate::refunds::{self, Ask, Outcome};
use crate::refusal::Refusal;
use crate::transfers;
use crate::world::World;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

type Shared = State<Arc<World>>;

fn shown(books: &Books, intent: &str) -> Result<Value, Refusal> {
    Ok(books.get::<Intent>(intent)?.shown())
}

fn charge_of(books: &Books, intent: &str) -> Result<String, Refusal> {
    let charge = books.get::<Intent>(intent)?.latest_charge.as_deref().unwrap_or_default();
    Ok(books.get::<Charge>(charge)?.id.clone())
}

pub(super) async fn settle_debit(State(world): Shared, Path(intent): Path<String>) -> Response {
    answer(world.change(|books| {
        checkout::settle_debit(books, &intent, None)?;
        shown(books, &intent)
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failure {
    code: Option<String>,
}

pub(super) async fn fail_debit(
    State(world): Shared,
    Path(intent): Path<String>,
    Body(Failure { code }): Body<Failure>,
) -> Response {
    let codes = ["debit_not_authorized", "insufficient_funds", "account_closed"];
    answer(world.change(|books| {
        let code = code.as_deref().unwrap_or("debit_not_authorized");
        let code = codes.into_iter().find(|known| *known == code).ok_or_else(|| {
            Refusal::parameter("code", format!("must be one of {}", codes.join(", ")))
        })?;
        checkout::settle_debit(books, &intent, Some(&chores::refused(code)))?;
        shown(books, &intent)
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Amount {
    amount: Option<i64>,
    reason: Option<String>,
}

pub(super) async fn return_debit(
    State(world): Shared,
    Path(intent): Path<String>,
    Body(Amount { amount, reason }): Body<Amount>,
) -> Response {
    let claim = Claim { amount, ..Claim::of_debit() };
    let claim = Claim { reason: reason.unwrap_or(claim.reason.clone()), ..claim };
    answer(world.change(|books| open(books, &intent, claim)))
}

fn open(books: &mut Books, intent: &str, claim: Claim) -> Result<Value, Refusal> {
    let charge = charge_of(books, intent)?;
    let id = disputes::open(books, &charge, claim)?;
    Ok(books.get::<Dispute>(&id)?.shown())
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ClaimKind {
    Dispute,
    Inquiry,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Opening {
    kind: Option<ClaimKind>,
    amount: Option<i64>,
    reason: Option<String>,
    is_withdrawn: Option<bool>,
}

pub(super) async fn open_dispute(
    State(world): Shared,
    Path(intent): Path<String>,
    Body(opening): Body<Opening>,
) -> Response {
    let claim = match opening.kind {
        Some(ClaimKind::Inquiry) => Claim::inquiry(),
        Some(ClaimKind::Dispute) | None => Claim::dispute(),
    };
    let claim = Claim {
        amount: opening.amount,
        is_withdrawn: opening.is_withdrawn.unwrap_or(claim.is_withdrawn),
        reason: opening.reason.unwrap_or(claim.reason.clone()),
        ..claim
    };
    answer(world.change(|books| open(books, &intent, claim)))
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Escalate,
    Review,
    Withdraw,
    Win,
    Lose,
    Close,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Move {
    action: Action,
}

pub(super) async fn move_dispute(
    State(world): Shared,
    Path(dispute): Path<String>,
    Body(Move { action }): Body<Move>,
) -> Response {
    answer(world.change(|books| {
        let is_inquiry = books.get::<Dispute>(&dispute)?.status.is_inquiry();
        match action {
            Action::Escalate => disputes::update(books, &dispute, DisputeStatus::NeedsResponse),
            Action::Review if is_inquiry => {
                disputes::update(books, &dispute, DisputeStatus::WarningUnderReview)
            }
            Action::Review => disputes::update(books, &dispute, DisputeStatus::UnderReview),
            Action::Withdraw => disputes::withdraw(books, &dispute),
            Action::Close | Action::Win | Action::Lose if is_inquiry => {
                disputes::close(books, &dispute, DisputeStatus::WarningClosed)
            }
            Action::Win => disputes::close(books, &dispute, DisputeStatus::Won),
            Action::Lose | Action::Close => disputes::close(books, &dispute, DisputeStatus::Lost),
        }?;
        Ok(books.get::<Dispute>(&dispute)?.shown())
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fate {
    status: RefundFate,
    times: Option<usize>,
}

pub(super) async fn plan_refunds(
    State(world): Shared,
    Body(Fate { status, times }): Body<Fate>,
) -> Response {
    answer(world.change(|books| {
        books.refund_fates.extend(std::iter::repeat_n(status, times.unwrap_or(1).min(1000)));
        Ok(json!({ "next": books.refund_fates }))
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Settled {
    Succeeded,
    Failed,
    Canceled,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settlement {
    status: Settled,
    reason: Option<String>,
}

pub(super) async fn settle_refund(
    State(world): Shared,
    Path(refund): Path<String>,
    Body(Settlement { status, reason }): Body<Settlement>,
) -> Response {
    let outcome = match status {
        Settled::Succeeded => Outcome::Succeeded,
        Settled::Failed => Outcome::Failed(reason.unwrap_or_else(|| "unknown".to_owned())),
        Settled::Canceled => Outcome::Canceled,
    };
    answer(world.change(|books| {
        refunds::settle(books, &refund, outcome)?;
        Ok(books.get::<Refund>(&refund)?.shown())
    }))
}

pub(super) async fn refund_by_hand(
    State(world): Shared,
    Path(intent): Path<String>,
    Body(Amount { amount, reason }): Body<Amount>,
) -> Response {
    answer(world.change(|books| {
        let charge = charge_of(books, &intent)?;
        let ask = Ask { amount, reason, ..Ask::default() };
        let id = refunds::of_charge(books, &charge, ask)?;
        Ok(books.get::<Refund>(&id)?.shown())
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Transfer {
    iban: String,
    amount: i64,
    reference: Option<String>,
}

pub(super) async fn transfer(
    State(world): Shared,
    Body(Transfer { iban, amount, reference }): Body<Transfer>,
) -> Response {
    answer(world.change(|books| {
        let iban: String = iban.chars().filter(|c| !c.is_whitespace()).collect();
        let has =
            |customer: &&Customer| customer.own.ibans.iter().any(|account| account.iban == iban);
        let customer = books.all::<Customer>().find(has).map(|customer| customer.id.clone());
        let customer = customer.ok_or_else(|| Refusal::not_found("iban", "IBAN", &iban))?;
        if amount < 1 {
            return Err(Refusal::parameter("amount", "must be positive"));
        }
        let id = transfers::fund(books, &customer, amount, reference.as_deref())?;
        Ok(books.get::<CashTransaction>(&id)?.shown())
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    Complete,
    Fail,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Challenge {
    outcome: Said,
}

pub(super) async fn answer_challenge(
    State(world): Shared,
    Path(intent): Path<String>,
    Body(Challenge { outcome }): Body<Challenge>,
) -> Response {
    let authentication = match outcome {
        Said::Complete => Authentication::Passed,
        Said::Fail => Authentication::Failed,
    };
    answer(world.change(|books| {
        let secret = books.get::<Intent>(&intent)?.own.challenge.clone().unwrap_or_default();
        let url = checkout::authenticated(books, &intent, &secret, authentication)?;
        Ok(json!({ "url": url }))
    }))
}

pub(super) async fn expire_session(State(world): Shared, Path(session): Path<String>) -> Response {
    answer(world.change(|books| {
        checkout::expire(books, &session)?;
        Ok(books.get::<Session>(&session)?.shown())
    }))
}
