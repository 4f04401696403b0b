use super::*;
use domain::SaleId;
use domain::contact::{Channel, ChannelSet, Device, Preferences, Topic};
use domain::ports::{MailContent, Recipient, SendError};
use domain::sale::{Case, CaseKind, Notification};
use testkit::faults::Plan as Faults;
use testkit::memory::{MailKind, Ports, World};
use testkit::requests::{SALE, now, registered};

/// A mail service that is down.
struct Down;

impl Mailer for Down {
    async fn send(&self, _: &Recipient, _: &MailContent) -> Result<(), SendError> {
        Err(SendError)
    }
}

fn message(notification: Notification) -> Message {
    Message::Notify { sale: SaleId::parse(SALE).unwrap(), fact: 0, notification }
}

async fn tell(world: &World, notification: Notification) -> Result<&'static str, Failed> {
    let ports = Ports::new(world, "send-notification");
    handle(&ports, (&ports, &ports, &ports), SignedDuration::ZERO, message(notification), now())
        .await
}

/// A customer with these preferences and devices.
async fn customer(preferences: Preferences, devices: &[&str]) -> World {
    let world = registered(Faults::Calm).await;
    world.with(|state| {
        let contact = &mut state.customers.values_mut().next().unwrap().contact;
        contact.preferences = preferences;
        contact.devices = devices.iter().map(|device| Device((*device).to_owned())).collect();
    });
    world
}

fn everything() -> Preferences {
    let all = ChannelSet::from_iter(Channel::ALL);
    Topic::ALL
        .into_iter()
        .fold(Preferences::default(), |preferences, topic| preferences.with(topic, all))
}

/// How many mails, messages on devices and text messages there were.
fn told(world: &World) -> (usize, usize, usize) {
    let count = |of: fn(MailKind) -> bool| {
        world.with(|state| state.mails.iter().filter(|mail| of(mail.kind)).count())
    };
    (
        count(|kind| matches!(kind, MailKind::Notification(_))),
        count(|kind| matches!(kind, MailKind::Push(_))),
        count(|kind| matches!(kind, MailKind::Text(_))),
    )
}

#[tokio::test]
async fn each_channel_that_was_chosen_tells_once() {
    let world = customer(everything(), &["phone", "tablet"]).await;
    assert_eq!(tell(&world, Notification::InTransit).await, Ok("sent"));
    assert_eq!(told(&world), (1, 2, 1));
    assert_eq!(tell(&world, Notification::InTransit).await, Ok("sent before, or not wanted"));
    assert_eq!(told(&world), (1, 2, 1));
}

#[tokio::test]
async fn what_is_not_wanted_is_not_told_except_what_the_contract_needs() {
    let nothing = Topic::ALL
        .into_iter()
        .fold(Preferences::default(), |all, topic| all.with(topic, ChannelSet::default()));
    let world = customer(nothing, &["phone"]).await;
    assert_eq!(tell(&world, Notification::InTransit).await, Ok("sent before, or not wanted"));
    assert_eq!(told(&world), (0, 0, 0));
    assert_eq!(tell(&world, Notification::FinalPaymentDue).await, Ok("sent"));
    assert_eq!(told(&world), (1, 0, 0));
}

#[tokio::test]
async fn a_channel_that_fails_holds_up_no_other_and_comes_again() {
    let world = customer(everything(), &["phone"]).await;
    let ports = Ports::new(&world, "send-notification");
    let due = || message(Notification::FinalPaymentDue);
    for _ in 0..2 {
        let failed =
            handle(&ports, (&Down, &ports, &ports), SignedDuration::ZERO, due(), now()).await;
        assert!(failed.is_err(), "{failed:?}");
        assert_eq!(told(&world), (0, 1, 1), "the others told once");
    }
    assert_eq!(tell(&world, Notification::FinalPaymentDue).await, Ok("sent"));
    assert_eq!(told(&world), (1, 1, 1));
}

#[tokio::test]
async fn a_device_that_is_gone_is_forgotten() {
    let world = customer(Preferences::default(), &["lost", "phone"]).await;
    world.with(|state| state.gone.insert(Device("lost".to_owned())));
    assert_eq!(tell(&world, Notification::InTransit).await, Ok("sent"));
    assert_eq!(told(&world), (1, 1, 0));
    let left = world.with(|state| state.customers.values().next().unwrap().contact.devices.clone());
    assert_eq!(left, [Device("phone".to_owned())]);
}

#[tokio::test]
async fn where_mails_come_back_a_text_message_tells_what_the_contract_needs() {
    let world = customer(Preferences::default(), &[]).await;
    world.with(|state| {
        let cases = &mut state.sales.values_mut().next().unwrap().sale.cases;
        cases.push(Case {
            kind: CaseKind::MailUndeliverable,
            opened_at: now(),
            closed_at: None,
            closure: None,
        });
    });
    assert_eq!(tell(&world, Notification::InTransit).await, Ok("sent before, or not wanted"));
    assert_eq!(tell(&world, Notification::FinalPaymentDue).await, Ok("sent"));
    assert_eq!(told(&world), (0, 0, 1));
}
