//! English, in a formal tone.

use super::{Amounts, Labels, Said, Words};
use crate::formats::Formats;
use domain::sale::Notification;

pub(super) const WORDS: Words = Words {
    formats: Formats {
        group: ",",
        decimal: ".",
        money: |amount, sign| format!("{sign}{amount}"),
        months: [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        date: |day, month, year| format!("{day} {month} {year}"),
        month: |month, year| format!("{month} {year}"),
        moment: |date, hour, minute| format!("{date} at {hour:02}:{minute:02}"),
    },
    labels: Labels {
        username: "User name",
        initial_password: "Initial password",
        code: "Code, if the link does not open",
        valid_until: "Link and password valid until",
        link_valid_until: "Link valid until",
        vehicle: "Vehicle",
        order: "Factory order",
        estimated_delivery: "Estimated delivery",
        earlier_estimate: "Estimated delivery before",
        factory_reason: "Reason the factory gave",
        amount_due: "Amount due",
        pay_by: "Pay by",
        iban: "IBAN",
        bic: "BIC",
        account_holder: "Account holder",
        reference: "Reference",
        pay: "Go on with the payment",
        amount_paid: "Amount received",
        signal_lost: "Deposit, not refunded",
        signal_returned: "Deposit to be refunded",
        amount_refunded: "Refunded",
        plate: "Registration plate",
        delivery: "Delivery of your vehicle",
        delivery_date: "Day of delivery",
        delivery_place: "Place of delivery",
        at_dealership: "At your dealership",
        at_home: "At your address",
        activate: "Activate your account",
        reset_password: "Choose a new password",
        expediente: "Open your purchase file",
    },
    colon: ": ",
    greeting: |name| format!("Hello {name},"),
    credentials,
    password_reset,
    notification,
    footer: "You are receiving this email because a CaaS dealership registered a purchase in your name with this address. If it is not meant for you, please delete it.",
};

fn credentials() -> Said {
    Said::new(
        "Your access to CaaS",
        "Welcome to CaaS",
        [
            "Your dealership has registered your purchase. With the details below you can follow it in your purchase file, on the web and in the mobile app.",
            "If you have not yet paid the deposit, which reserves your vehicle, you can pay it there or at your dealership; the purchase file says how much it is and until when.",
            "Please activate your account with the link below before it expires. If it has already expired, please contact your dealership.",
            "We never ask for your password, by email or by telephone. If somebody does, please do not give it to them.",
        ],
    )
}

fn password_reset() -> Said {
    Said::new(
        "Choose a new password",
        "You asked for a new password",
        [
            "Somebody, most likely you, asked for a new password for your CaaS account. With the link below you choose one; it works once.",
            "If it was not you, you need not do anything: your password stays as it is.",
            "We never ask for your password, by email or by telephone. If somebody does, please do not give it to them.",
        ],
    )
}

fn notification(which: Notification, Amounts { balance, signal }: &Amounts) -> Said {
    match which {
        Notification::OrderPlaced => Said::new(
            "We have ordered your vehicle from the factory",
            "Your vehicle is on order",
            [
                &format!(
                    "Thank you for your deposit of {signal}. The factory has confirmed the order for your vehicle."
                ),
                "We will write to you at every step, and you can follow them all in your purchase file. Now that the order is placed, the deposit is non-refundable.",
            ],
        ),
        Notification::ManufacturingStarted => Said::new(
            "Work on your vehicle has begun",
            "Your vehicle is being built",
            [
                "The factory has started to build your vehicle.",
                "We will let you know when it has been through its quality check.",
            ],
        ),
        Notification::QualityCheckCompleted => Said::new(
            "Your vehicle has passed its quality check",
            "Quality check completed",
            [
                "Your vehicle is assembled and has passed its quality check.",
                "We will let you know when it is ready to leave the factory.",
            ],
        ),
        Notification::ReadyForShipment => Said::new(
            "Your vehicle is ready to leave the factory",
            "Ready for transport",
            [
                "Your vehicle is finished and ready for transport.",
                "We will let you know when it is on its way.",
            ],
        ),
        Notification::InTransit => Said::new(
            "Your vehicle is on its way",
            "Your vehicle is on its way",
            [
                "Your vehicle has left the factory and is travelling to your dealership.",
                "We will let you know as soon as it arrives.",
            ],
        ),
        Notification::AtDealership => Said::new(
            "Your vehicle has arrived at the dealership",
            "Your vehicle has arrived",
            [
                "Your vehicle is now at your dealership.",
                "As soon as it is available for the final payment, we will tell you the amount and the deadline.",
            ],
        ),
        Notification::FinalPaymentDue => Said::new(
            "Your vehicle is available: final payment due",
            "You can now make the final payment",
            [
                &format!(
                    "Your vehicle is available at your dealership, where you can pay the balance of {balance}."
                ),
                "As soon as we receive it, your dealership will register the vehicle.",
                &format!(
                    "If the payment is not completed in time, the vehicle becomes “unassigned”: you lose the reservation, and the deposit of {signal} is not refunded."
                ),
            ],
        ),
        Notification::FinalPaymentReceived => Said::new(
            "We have received your final payment",
            "Thank you: your vehicle is paid for",
            [
                &format!(
                    "We have received your final payment of {balance}. Nothing remains to be paid for your vehicle."
                ),
                "Your dealership is now having it registered. We will let you know when it has its plate.",
            ],
        ),
        Notification::PaymentFailed => Said::new(
            "Your reservation has ended without the final payment",
            "Your reservation has ended",
            [
                "We are sorry to tell you that the deadline for the final payment passed before the payment was completed. You have lost the reservation, and the vehicle is now “unassigned”, at the dealership’s disposal.",
                &format!("The deposit of {signal} is not refunded."),
                "Your purchase file remains open to you. If you would like another vehicle, your dealership will be glad to help.",
            ],
        ),
        Notification::VehicleRegistered => Said::new(
            "Your vehicle is registered",
            "Your vehicle has its plate",
            [
                "Your dealership has registered your vehicle. There is no paperwork for you to do.",
                "We will let you know when it is ready for delivery.",
            ],
        ),
        Notification::ReadyForDelivery => Said::new(
            "Your vehicle is ready for delivery",
            "Ready for delivery",
            [
                "Your vehicle is paid for, registered and ready for delivery.",
                "Your dealership will arrange the day and the place with you, and we will confirm them in writing.",
            ],
        ),
        Notification::DeliveryArranged => Said::new(
            "The day of your vehicle’s delivery",
            "Your delivery is arranged",
            [
                "Your dealership hands your vehicle over on the day and at the place below.",
                "If you can’t make that day, talk to your dealership: it will be glad to arrange another.",
            ],
        ),
        Notification::OrderRejected => Said::new(
            "The factory cannot build your vehicle",
            "We are sorry that we cannot build your vehicle",
            [
                "The factory has told us that it cannot build the vehicle you ordered. We regret that we have to cancel the purchase.",
                &format!(
                    "We are refunding your deposit of {signal} in full, to the same card or account that it was paid from. You do not need to do anything."
                ),
                "Your dealership will be glad to help you find another vehicle.",
            ],
        ),
        Notification::SaleLapsed => Said::new(
            "Your reservation has lapsed",
            "Your reservation has lapsed",
            [
                "The deposit was not paid in time, so the reservation of your vehicle has lapsed. You owe nothing.",
                "If you would still like the vehicle, your dealership will be glad to help.",
            ],
        ),
        Notification::SaleCancelled => Said::new(
            "Your purchase has been cancelled",
            "Your purchase has been cancelled",
            [
                "Your dealership has cancelled the purchase of your vehicle.",
                &format!(
                    "If you have already paid the deposit of {signal}, we are refunding it in full, to the same card or account that it was paid from. You do not need to do anything."
                ),
                "If you have any questions, your dealership will be glad to help.",
            ],
        ),
        Notification::DeadlineExtended => Said::new(
            "You have more time for the final payment",
            "You have more time for the final payment",
            [
                &format!("Your dealership has extended the deadline for the balance of {balance}."),
                &format!(
                    "If the payment is not completed by the new deadline, you lose the reservation, and the deposit of {signal} is not refunded."
                ),
            ],
        ),
        Notification::DeadlineReminder => Said::new(
            "Reminder: your final payment is due soon",
            "Your final payment is due soon",
            [
                &format!(
                    "Your vehicle is waiting at your dealership. The balance of {balance} has not been paid yet."
                ),
                &format!(
                    "If the payment is not completed in time, the vehicle becomes “unassigned”: you lose the reservation, and the deposit of {signal} is not refunded."
                ),
                "If you cannot pay in time, please speak to your dealership before the deadline.",
            ],
        ),
        Notification::EstimateMoved => Said::new(
            "The estimated delivery of your vehicle has changed",
            "A new estimated date",
            [
                "The factory has changed the date on which it expects to deliver your vehicle.",
                "Your order goes on; you don’t have to do anything. Your purchase file shows the new date and the earlier ones.",
            ],
        ),
        Notification::PaymentAsked => Said::new(
            "How to complete your payment",
            "Your payment is waiting for you",
            [
                "Your dealership has begun a payment for your vehicle, and one step is left that only you can take.",
                "Check the amount and the deadline before you go on. If you don’t recognise this payment, don’t make it, and talk to your dealership.",
            ],
        ),
        Notification::PaymentRefunded => Said::new(
            "We have refunded your payment",
            "Your money is on its way back",
            [
                "We have sent your payment back in full, to the same card or account that it was paid from.",
                "Depending on your bank, it takes a few days until you see it there. You do not need to do anything.",
            ],
        ),
    }
}
