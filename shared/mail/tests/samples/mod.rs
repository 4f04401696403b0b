//! One of every mail, for the tests and the preview.

use domain::ports::{Arranged, AskedPayment, MailContent, MovedEstimate, Recipient};
use domain::sale::{DeliveryPlace, NextAction, Notification, Order, Slot};
use domain::{
    BasePlatform, Currency, EmailAddress, FullName, Language, Money, Names, OrderId, Plan,
    PlanCode, Plate, Reason, SaleId, ZoneName,
};
use jiff::civil::{date, time};
use std::collections::BTreeMap;
use std::error::Error;

/// Whom the samples go to.
pub(crate) fn recipient(name: &str, language: Language) -> Result<Recipient, Box<dyn Error>> {
    Ok(Recipient {
        full_name: FullName::parse(name)?,
        email: EmailAddress::parse("ana@example.com")?,
        language,
        zone: ZoneName::parse("Europe/Madrid")?,
    })
}

/// Credentials, a password's reset, and the notifications in the order of a purchase; then those
/// that end it early.
pub(crate) fn contents() -> Result<Vec<MailContent>, Box<dyn Error>> {
    let credentials = MailContent::Credentials {
        username: EmailAddress::parse("ana@example.com")?,
        initial_password: "nG7dWq4hXc9mRt2kPb6v".to_owned(),
        activation_token: "dGhlLXRva2VuLW9mLWFuLWFjdGl2YXRpb24tbGluay4".to_owned(),
        expires_at: "2026-03-08T09:30:00Z".parse()?,
    };
    let reset = MailContent::PasswordReset {
        reset_token: "dGhlLXRva2VuLW9mLWFuLWFjdGl2YXRpb24tbGluay4".to_owned(),
        expires_at: "2026-03-08T10:30:00Z".parse()?,
    };
    let mut all = vec![credentials, reset];
    for notification in Notification::ALL {
        all.push(self::notification(*notification)?);
    }
    Ok(all)
}

/// The vehicle comes to the customer's door on a summer's morning.
pub(crate) fn delivery() -> Result<Arranged, Box<dyn Error>> {
    let place = DeliveryPlace::CustomerAddress;
    Ok(Arranged {
        sale: SaleId::parse("01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e")?,
        slot: Slot { date: date(2026, 7, 3), time: Some(time(10, 30, 0, 0)), place },
        at: "2026-06-26T09:15:00Z".parse()?,
        before: 1,
    })
}

/// A notification with what a sale knows at its step.
pub(crate) fn notification(notification: Notification) -> Result<MailContent, Box<dyn Error>> {
    let ordered = !matches!(
        notification,
        Notification::OrderRejected
            | Notification::SaleLapsed
            | Notification::SaleCancelled
            | Notification::PaymentAsked
            | Notification::PaymentRefunded
    );
    let awaited = matches!(
        notification,
        Notification::FinalPaymentDue
            | Notification::DeadlineExtended
            | Notification::DeadlineReminder
    );
    let refunded = if notification == Notification::PaymentRefunded {
        vec![Money::new(100_000, Currency::EUR)?]
    } else {
        vec![]
    };
    let registered = matches!(
        notification,
        Notification::VehicleRegistered
            | Notification::ReadyForDelivery
            | Notification::DeliveryArranged
    );
    let arranged = notification == Notification::DeliveryArranged;
    let order = Order {
        id: OrderId::parse("FO-2026-000417")?,
        estimated_delivery: Some(date(2026, 6, 15)),
    };
    Ok(MailContent::Notification {
        notification,
        plan: Box::new(plan()?),
        order: ordered.then_some(order),
        balance: Money::new(3_150_000, Currency::EUR)?,
        signal: Money::new(100_000, Currency::EUR)?,
        pay_by: if awaited { Some("2026-06-18T12:00:00Z".parse()?) } else { None },
        refunded,
        plate: if registered { Some(Plate::parse("1234 BCD")?) } else { None },
        appointment: if arranged { Some(delivery()?) } else { None },
        asked: if notification == Notification::PaymentAsked {
            Some(Box::new(asked()?))
        } else {
            None
        },
        moved: if notification == Notification::EstimateMoved { Some(moved()?) } else { None },
    })
}

/// The señal, on the gateway's page.
fn asked() -> Result<AskedPayment, Box<dyn Error>> {
    Ok(AskedPayment {
        amount: Money::new(100_000, Currency::EUR)?,
        action: NextAction::Pay { url: "https://checkout.example/c/pay/cs_1".to_owned() },
        until: Some("2026-06-18T12:00:00Z".parse()?),
    })
}

/// Three weeks later than the customer was told before.
fn moved() -> Result<MovedEstimate, Box<dyn Error>> {
    Ok(MovedEstimate {
        from: date(2026, 6, 15),
        to: date(2026, 7, 6),
        reason: Some(Reason::parse("Falta de cristales templados")?),
    })
}

/// A plan without names, which is shown by its code.
fn plan() -> Result<Plan, Box<dyn Error>> {
    Ok(Plan {
        code: PlanCode::parse("CITY")?,
        base_platform: BasePlatform::parse("CITY-5")?,
        options: vec![],
        names: Names::default(),
        option_names: BTreeMap::new(),
    })
}
