//! What happens by itself: debits settle, refunds move, sessions expire, idempotency keys are
//! forgotten.

use crate::books::{Books, Chore};
use crate::cards::Decline;
use crate::checkout;
use crate::clock::DAY;
use crate::disputes::{self, Claim};
use crate::iban::{self, DebitFate};
use crate::objects::{Intent, PaymentMethod, Session, SessionStatus, Source};
use crate::refunds::{self, Outcome};
use crate::refusal::Refusal;

/// Does what is due. Answers whether anything was.
pub(crate) fn run(books: &mut Books) -> bool {
    books.request = serde_json::Value::Null;
    let oldest = books.now() - DAY;
    books.answers.retain(|answer| answer.at > oldest);
    let mut any = false;
    while let Some(chore) = books.next_chore() {
        // What a control call or the customer settled meanwhile needs nothing any more.
        any |= perform(books, chore).is_ok();
    }
    any
}

fn perform(books: &mut Books, chore: Chore) -> Result<(), Refusal> {
    match chore {
        Chore::SettleDebit(intent) => settle_by_account(books, &intent),
        Chore::SettleRefund(refund) => refunds::settle(books, &refund, Outcome::Succeeded),
        Chore::FailRefund(refund) => {
            let reason = "expired_or_canceled_card".to_owned();
            refunds::settle(books, &refund, Outcome::Failed(reason))
        }
        Chore::ExpireSession(session) => {
            if books.get::<Session>(&session)?.status == SessionStatus::Open {
                checkout::expire(books, &session)?;
            }
            Ok(())
        }
    }
}

/// As the test account has it.
fn settle_by_account(books: &mut Books, intent: &str) -> Result<(), Refusal> {
    let method = books.get::<Intent>(intent)?.payment_method.clone().unwrap_or_default();
    let fate = match &books.get::<PaymentMethod>(&method)?.own {
        Source::SepaDebit { iban } => iban::debit(iban).fate,
        _ => DebitFate::Succeeds,
    };
    match fate {
        DebitFate::Succeeds => checkout::settle_debit(books, intent, None),
        DebitFate::Fails(code) => checkout::settle_debit(books, intent, Some(&refused(code))),
        DebitFate::Disputed => {
            checkout::settle_debit(books, intent, None)?;
            let charge = books.get::<Intent>(intent)?.latest_charge.clone().unwrap_or_default();
            disputes::open(books, &charge, Claim::of_debit()).map(drop)
        }
    }
}

/// A debit that the customer's bank refuses.
pub(crate) fn refused(code: &'static str) -> Decline {
    let message = match code {
        "insufficient_funds" => "The customer's account has insufficient funds to cover it.",
        "account_closed" => "The customer's bank account has been closed.",
        "charge_exceeds_source_limit" | "charge_exceeds_weekly_limit" => {
            "The payment exceeds what may be debited from this account."
        }
        _ => "The customer's bank has refused the debit.",
    };
    Decline { code, reason: None, message }
}
