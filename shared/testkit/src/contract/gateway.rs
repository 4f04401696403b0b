//! What a [`PaymentGateway`] promises.

use super::{Outcome, fresh_attempt_id, fresh_sale_id};
use domain::ids::{GatewayPaymentId, PaymentMethodToken};
use domain::ports::{Charge, PartnerError, PaymentGateway};
use domain::sale::{PaymentKind, PaymentMethod, PaymentOutcome};
use domain::{Currency, Money};
use std::error::Error;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! gateway {
    ($each:ident) => {
        $each! { gateway:
            a_good_card_is_charged,
            a_bad_card_is_declined,
            a_bank_takes_its_time,
            the_same_attempt_gets_the_first_answer,
            a_payment_goes_back_once,
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
    /// A bank account whose bank takes its time.
    pub slow: PaymentMethodToken,
}

fn charge(token: &PaymentMethodToken, method: PaymentMethod) -> Result<Charge, Box<dyn Error>> {
    Ok(Charge {
        attempt: fresh_attempt_id(),
        sale: fresh_sale_id(),
        kind: PaymentKind::Signal,
        amount: Money::new(100_000, Currency::EUR)?,
        method,
        token: token.clone(),
    })
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
    let payment = captured(till, &charge(&till.good, PaymentMethod::Card)?).await?;
    assert_eq!(till.gateway.look_up(&payment).await?, PaymentOutcome::Captured(payment));
    Ok(())
}

/// Protects against a decline that is taken for no answer, or for money.
pub async fn a_bad_card_is_declined(till: &Till<impl PaymentGateway>) -> Outcome {
    let outcome = till.gateway.charge(&charge(&till.bad, PaymentMethod::Card)?).await?;
    assert!(matches!(outcome, PaymentOutcome::Declined(_)), "{outcome:?}");
    Ok(())
}

/// Protects against a payment on its way that is taken for paid or for declined.
pub async fn a_bank_takes_its_time(till: &Till<impl PaymentGateway>) -> Outcome {
    let outcome = till.gateway.charge(&charge(&till.slow, PaymentMethod::BankTransfer)?).await?;
    assert!(matches!(outcome, PaymentOutcome::Processing(_)), "{outcome:?}");
    Ok(())
}

/// Protects invariant 1: an attempt charges once, however often it is sent.
pub async fn the_same_attempt_gets_the_first_answer(till: &Till<impl PaymentGateway>) -> Outcome {
    for (token, method) in [(&till.good, PaymentMethod::Card), (&till.bad, PaymentMethod::Card)] {
        let charge = charge(token, method)?;
        let first = till.gateway.charge(&charge).await?;
        assert_eq!(till.gateway.charge(&charge).await?, first);
    }
    Ok(())
}

/// Protects invariant 1: what goes back, goes back once.
pub async fn a_payment_goes_back_once(till: &Till<impl PaymentGateway>) -> Outcome {
    let charge = charge(&till.good, PaymentMethod::Card)?;
    let payment = captured(till, &charge).await?;
    let refund = till.gateway.refund(charge.attempt, &payment).await?;
    assert_eq!(till.gateway.refund(charge.attempt, &payment).await?, refund);
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
    let charge = charge(&till.good, PaymentMethod::Card)?;
    let payment = captured(till, &charge).await?;
    assert_eq!(till.gateway.owner(&payment).await?, Some((charge.sale, charge.attempt)));
    assert_eq!(till.gateway.owner(&GatewayPaymentId::parse("pi_nobody_knows")?).await?, None);
    Ok(())
}
