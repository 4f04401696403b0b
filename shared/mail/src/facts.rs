//! The facts of a mail, as its table lists them. Each mail lists what is true at its step: a
//! notification may be late, and the sale further on by then.

use crate::words::{Labels, Words};
use domain::ports::{Arranged, AskedPayment, MailContent, MovedEstimate};
use domain::sale::{DeliveryPlace, NextAction, Notification, Transfer};
use domain::{Language, Reason};
use jiff::tz::TimeZone;

/// One line of the table.
pub(crate) struct Fact {
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) style: Style,
}

/// How the value is set.
#[derive(PartialEq)]
pub(crate) enum Style {
    Prose,
    /// To be copied character by character: monospace.
    Code,
}

impl Fact {
    fn prose(label: &'static str, value: impl Into<String>) -> Self {
        Self { label, value: value.into(), style: Style::Prose }
    }

    fn code(label: &'static str, value: impl Into<String>) -> Self {
        Self { label, value: value.into(), style: Style::Code }
    }
}

pub(crate) fn of(
    content: &MailContent,
    (language, words): (Language, &Words),
    zone: &TimeZone,
) -> Vec<Fact> {
    let Words { labels, formats, .. } = words;
    match content {
        MailContent::Credentials { username, initial_password, expires_at, activation_token } => {
            vec![
                Fact::code(labels.username, username.shown()),
                Fact::code(labels.initial_password, initial_password),
                Fact::code(labels.code, activation_token),
                Fact::prose(labels.valid_until, formats.moment(*expires_at, zone)),
            ]
        }
        MailContent::PasswordReset { expires_at, reset_token } => {
            vec![
                Fact::code(labels.code, reset_token),
                Fact::prose(labels.link_valid_until, formats.moment(*expires_at, zone)),
            ]
        }
        MailContent::Notification {
            notification,
            plan,
            order,
            balance,
            signal,
            pay_by,
            refunded,
            plate,
            appointment,
            moved,
            asked,
        } => {
            let mut facts = vec![Fact::prose(labels.vehicle, plan.shown(language))];
            facts.extend(order.as_ref().map(|order| Fact::code(labels.order, order.id.as_str())));
            match notification {
                Notification::OrderPlaced
                | Notification::ManufacturingStarted
                | Notification::QualityCheckCompleted
                | Notification::ReadyForShipment
                | Notification::InTransit => {
                    let estimate = order.as_ref().and_then(|order| order.estimated_delivery);
                    facts
                        .extend(estimate.map(|date| {
                            Fact::prose(labels.estimated_delivery, formats.date(date))
                        }));
                }
                Notification::FinalPaymentDue
                | Notification::DeadlineExtended
                | Notification::DeadlineReminder => {
                    facts.push(Fact::prose(labels.amount_due, formats.money(*balance)));
                    facts.extend(
                        pay_by.map(|at| Fact::prose(labels.pay_by, formats.moment(at, zone))),
                    );
                }
                Notification::FinalPaymentReceived => {
                    facts.push(Fact::prose(labels.amount_paid, formats.money(*balance)));
                }
                Notification::PaymentFailed => {
                    facts.push(Fact::prose(labels.signal_lost, formats.money(*signal)));
                }
                Notification::OrderRejected => {
                    facts.push(Fact::prose(labels.signal_returned, formats.money(*signal)));
                }
                Notification::EstimateMoved => {
                    facts.extend(moved.iter().flat_map(|MovedEstimate { from, to, reason }| {
                        let date = |label, date| Fact::prose(label, formats.date(date));
                        let reason = reason.as_ref().map(Reason::as_str);
                        [
                            Some(date(labels.estimated_delivery, *to)),
                            Some(date(labels.earlier_estimate, *from)),
                            reason.map(|words| Fact::prose(labels.factory_reason, words)),
                        ]
                        .into_iter()
                        .flatten()
                    }));
                }
                Notification::PaymentRefunded => {
                    facts.extend(
                        refunded.iter().map(|amount| {
                            Fact::prose(labels.amount_refunded, formats.money(*amount))
                        }),
                    );
                }
                Notification::VehicleRegistered | Notification::ReadyForDelivery => {
                    facts.extend(
                        plate.as_ref().map(|plate| Fact::prose(labels.plate, plate.as_str())),
                    );
                }
                Notification::DeliveryArranged => {
                    facts.extend(
                        plate.as_ref().map(|plate| Fact::prose(labels.plate, plate.as_str())),
                    );
                    facts.extend(appointment.iter().flat_map(|Arranged { slot, .. }| {
                        let day = Fact::prose(labels.delivery_date, formats.slot(slot));
                        [day, Fact::prose(labels.delivery_place, place(slot.place, labels))]
                    }));
                }
                Notification::PaymentAsked => {
                    facts.extend(asked.iter().flat_map(|asked| payment(asked, words, zone)));
                }
                Notification::AtDealership
                | Notification::SaleLapsed
                | Notification::SaleCancelled => {}
            }
            facts
        }
    }
}

/// What is to be paid, until when, and for a transfer where to send it.
fn payment(asked: &AskedPayment, words: &Words, zone: &TimeZone) -> Vec<Fact> {
    let Words { labels, formats, .. } = words;
    let mut facts = vec![Fact::prose(labels.amount_due, formats.money(asked.amount))];
    facts.extend(asked.until.map(|until| Fact::prose(labels.pay_by, formats.moment(until, zone))));
    if let NextAction::Transfer(Transfer { iban, bic, holder, reference, .. }) = &asked.action {
        facts.extend([
            Fact::code(labels.iban, iban),
            Fact::code(labels.bic, bic),
            Fact::prose(labels.account_holder, holder),
            Fact::code(labels.reference, reference),
        ]);
    }
    facts
}

/// Where a delivery is.
pub(crate) fn place(place: DeliveryPlace, labels: &Labels) -> &'static str {
    match place {
        DeliveryPlace::Dealership => labels.at_dealership,
        DeliveryPlace::CustomerAddress => labels.at_home,
    }
}
