//! What a [`PaymentGateway`] promises.

use super::{Outcome, fresh_attempt_id, fresh_sale_id};
use domain::ids::{GatewayPaymentId, PaymentMethodToken};
use domain::ports::{Charge, PartnerError, PaymentGateway};
use domain::sale::{Acceptance, Means, NextAction, PaymentKind, PaymentOutcome};
use domain::{Currency, Money};
use jiff::{SignedDuration, Timestamp};
use std::error::Error;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! gateway {
    ($each:ident) => {
        $each! { gateway:
            a_good_card_is_charged,
            a_bad_card_is_declined,
            a_bank_takes_its_time,
            a_bank_that_asks_sends_the_customer_to_its_page,
            a_page_waits_for_the_customer_until_it_is_ended,
            a_transfer_says_where_to_send_what_until_it_is_ended,
            what_was_paid_is_not_ended,
            the_same_attempt_gets_the_first_answer,
            a_refund_is_made_once_and_is_in_the_books,
            an_unknown_payment_is_no_answer,
            whose_a_payment_is
        }
    };
}

/// A gateway, and what the customers pay with.
#[derive(Debug)]
pub struct Till<G> {
    /// The gateway that the contract is checked of.
    pub gateway: G,
    /// A card that works, as often as it is used.
    pub good: PaymentMethodToken,
    /// A card that is declined.
    pub bad: PaymentMethodToken,
    /// A card whose bank asks its owner.
    pub asked: PaymentMethodToken,
    /// A bank account whose bank takes its time.
    pub slow: PaymentMethodToken,
}

#[expect(clippy::disallowed_methods, reason = "a real gateway's clock is the machine's")]
fn charge(means: Means) -> Result<Charge, Box<dyn Error>> {
    let until = Timestamp::now().checked_add(SignedDuration::from_hours(23))?;
    Ok(Charge {
        attempt: fresh_attempt_id(),
        sale: fresh_sale_id(),
        kind: PaymentKind::Signal,
        amount: Money::new(100_000, Currency::EUR)?,
        expires_at: matches!(means, Means::Checkout).then_some(until),
        means,
        buyer: None,
    })
}

fn card(token: &PaymentMethodToken) -> Means {
    Means::Card(token.clone())
}

async fn captured(
    till: &Till<impl PaymentGateway>,
    charge: &Charge,
) -> Result<GatewayPaymentId, Box<dyn Error>> {
    match till.gateway.charge(charge).await? {
        PaymentOutcome::Captured(payment) => Ok(payment),
        other => Err(format!("not captured: {other:?}").into()),
    }
}

/// Protects the good case: the money is ours, and the gateway says so again.
pub async fn a_good_card_is_charged(till: &Till<impl PaymentGateway>) -> Outcome {
    let payment = captured(till, &charge(card(&till.good))?).await?;
    assert_eq!(till.gateway.look_up(&payment).await?, PaymentOutcome::Captured(payment));
    Ok(())
}

/// Protects against a decline that is taken for no answer, or for money.
pub async fn a_bad_card_is_declined(till: &Till<impl PaymentGateway>) -> Outcome {
    let outcome = till.gateway.charge(&charge(card(&till.bad))?).await?;
    assert!(matches!(outcome, PaymentOutcome::Declined(_)), "{outcome:?}");
    Ok(())
}

/// Protects against a payment on its way that is taken for paid or for declined.
pub async fn a_bank_takes_its_time(till: &Till<impl PaymentGateway>) -> Outcome {
    let means = Means::SepaDebit(till.slow.clone(), Acceptance::Offline);
    let outcome = till.gateway.charge(&charge(means)?).await?;
    assert!(matches!(outcome, PaymentOutcome::Processing(_)), "{outcome:?}");
    Ok(())
}

/// What the customer has to do, and the payment that waits for it.
async fn awaited(
    till: &Till<impl PaymentGateway>,
    means: Means,
) -> Result<(GatewayPaymentId, NextAction), Box<dyn Error>> {
    match till.gateway.charge(&charge(means)?).await? {
        PaymentOutcome::AwaitsCustomer(payment, action) => Ok((payment, action)),
        other => Err(format!("waits for nobody: {other:?}").into()),
    }
}

/// Ends it, twice, and looks.
async fn ends(till: &Till<impl PaymentGateway>, payment: &GatewayPaymentId) -> Outcome {
    for _ in 0..2 {
        let ended = till.gateway.end(payment).await?;
        assert!(matches!(ended, PaymentOutcome::Expired(_)), "{ended:?}");
    }
    let found = till.gateway.look_up(payment).await?;
    assert!(matches!(found, PaymentOutcome::Expired(_)), "{found:?}");
    Ok(())
}

/// Protects against a card that is refused because its bank asks: somebody has to go there.
pub async fn a_bank_that_asks_sends_the_customer_to_its_page(
    till: &Till<impl PaymentGateway>,
) -> Outcome {
    let (payment, action) = awaited(till, card(&till.asked)).await?;
    assert!(matches!(action, NextAction::Confirm { .. }), "{action:?}");
    ends(till, &payment).await
}

/// Protects the next attempt: one that was abandoned can't be paid any more.
pub async fn a_page_waits_for_the_customer_until_it_is_ended(
    till: &Till<impl PaymentGateway>,
) -> Outcome {
    let (payment, action) = awaited(till, Means::Checkout).await?;
    assert!(matches!(action, NextAction::Pay { .. }), "{action:?}");
    assert_eq!(
        till.gateway.look_up(&payment).await?,
        PaymentOutcome::AwaitsCustomer(payment.clone(), action)
    );
    ends(till, &payment).await
}

/// Protects the buyer: the account is there, and all of the money is missing at first.
pub async fn a_transfer_says_where_to_send_what_until_it_is_ended(
    till: &Till<impl PaymentGateway>,
) -> Outcome {
    let (payment, action) = awaited(till, Means::BankTransfer).await?;
    let NextAction::Transfer(transfer) = action else { return Err("no transfer".into()) };
    assert_eq!(transfer.remaining, 100_000);
    assert!(!transfer.iban.is_empty() && !transfer.reference.is_empty(), "{transfer:?}");
    ends(till, &payment).await
}

/// Protects money that came first: its end is that it was captured.
pub async fn what_was_paid_is_not_ended(till: &Till<impl PaymentGateway>) -> Outcome {
    let payment = captured(till, &charge(card(&till.good))?).await?;
    assert_eq!(till.gateway.end(&payment).await?, PaymentOutcome::Captured(payment));
    Ok(())
}

/// Protects invariant 1: an attempt charges once, however often it is sent.
pub async fn the_same_attempt_gets_the_first_answer(till: &Till<impl PaymentGateway>) -> Outcome {
    let cards = [&till.good, &till.bad, &till.asked].map(card);
    for means in cards.into_iter().chain([Means::Checkout, Means::BankTransfer]) {
        let charge = charge(means)?;
        let first = till.gateway.charge(&charge).await?;
        assert_eq!(till.gateway.charge(&charge).await?, first);
    }
    Ok(())
}

/// Protects invariant 1: what goes back, goes back once, and no more than came.
pub async fn a_refund_is_made_once_and_is_in_the_books(
    till: &Till<impl PaymentGateway>,
) -> Outcome {
    let payment = captured(till, &charge(card(&till.good))?).await?;
    assert!(till.gateway.money_back(&payment).await?.is_empty());
    let part = |minor| Money::new(minor, Currency::EUR);
    let first = till.gateway.refund(&payment, part(40_000)?, 0).await?;
    assert_eq!(till.gateway.refund(&payment, part(40_000)?, 0).await?.id, first.id);
    let rest = till.gateway.refund(&payment, part(60_000)?, 1).await?;
    let back = till.gateway.money_back(&payment).await?;
    assert_eq!((back.refunds.len(), back.refunded(), back.total()), (2, 100_000, 100_000));
    assert_ne!(first.id, rest.id);
    assert_eq!(till.gateway.refund(&payment, part(1)?, 2).await, Err(PartnerError));
    Ok(())
}

/// Protects against guessing about a payment that the gateway doesn't know.
pub async fn an_unknown_payment_is_no_answer(till: &Till<impl PaymentGateway>) -> Outcome {
    assert_eq!(
        till.gateway.look_up(&GatewayPaymentId::parse("pi_nobody_knows")?).await,
        Err(PartnerError)
    );
    Ok(())
}

/// Protects news of a dispute, which names the payment only: it is the sale's and the attempt's
/// that were told at the charge.
pub async fn whose_a_payment_is(till: &Till<impl PaymentGateway>) -> Outcome {
    let charge = charge(card(&till.good))?;
    let payment = captured(till, &charge).await?;
    assert_eq!(till.gateway.owner(&payment).await?, Some((charge.sale, charge.attempt)));
    assert_eq!(till.gateway.owner(&GatewayPaymentId::parse("pi_nobody_knows")?).await?, None);
    Ok(())
}
