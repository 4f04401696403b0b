//! How a customer is told of news: by which channels, about what, on which devices.

use crate::ids::ShortDigest;
use serde::{Deserialize, Serialize};

/// A way to the customer. The portal's own list is none: it follows from what happened, and is
/// always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A mail to the address that the customer registered with.
    Email,
    /// A message of the mobile app.
    Push,
    /// A text message to the customer's phone.
    Sms,
}

impl Channel {
    /// Every channel. INVARIANT: their order is stored ([`Preferences`]).
    pub const ALL: [Self; 3] = [Self::Email, Self::Push, Self::Sms];

    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Push => "push",
            Self::Sms => "sms",
        }
    }

    /// Parses a name. `None`: no channel has it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == text)
    }
}

/// What news is about. Customers choose their channels for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// How far the vehicle is.
    Progress,
    /// What is to be paid, was paid, or goes back; and the end of a purchase.
    Payment,
    /// The registration and the delivery.
    Delivery,
}

impl Topic {
    /// Every topic. INVARIANT: their order is stored ([`Preferences`]).
    pub const ALL: [Self; 3] = [Self::Progress, Self::Payment, Self::Delivery];

    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Progress => "progress",
            Self::Payment => "payment",
            Self::Delivery => "delivery",
        }
    }

    /// Whether the contract needs news of this topic on this channel, so that it can't be switched
    /// off.
    pub fn needs(self, channel: Channel) -> bool {
        channel == Channel::Email && self != Self::Progress
    }
}

/// Some of the channels, in one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChannelSet(u16);

impl ChannelSet {
    fn bit(channel: Channel) -> u16 {
        1 << Channel::ALL.into_iter().take_while(|known| *known != channel).count()
    }

    /// Whether this channel is in it.
    pub fn has(self, channel: Channel) -> bool {
        self.0 & Self::bit(channel) != 0
    }

    /// Those that are in it.
    pub fn iter(self) -> impl Iterator<Item = Channel> {
        Channel::ALL.into_iter().filter(move |channel| self.has(*channel))
    }
}

impl FromIterator<Channel> for ChannelSet {
    fn from_iter<I: IntoIterator<Item = Channel>>(channels: I) -> Self {
        Self(channels.into_iter().fold(0, |set, channel| set | Self::bit(channel)))
    }
}

/// By which channels a customer wants to hear of each topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preferences(u16);

impl Default for Preferences {
    /// Mail and the app for everything; text messages, which cost, when the customer asks for them.
    fn default() -> Self {
        let usual = ChannelSet::from_iter([Channel::Email, Channel::Push]);
        Topic::ALL.into_iter().fold(Self(0), |all, topic| all.with(topic, usual))
    }
}

impl Preferences {
    fn place(topic: Topic) -> usize {
        Topic::ALL
            .into_iter()
            .take_while(|known| *known != topic)
            .count()
            .saturating_mul(Channel::ALL.len())
    }

    /// The channels of a topic, with those that the contract needs.
    pub fn channels(self, topic: Topic) -> ChannelSet {
        let chosen = ChannelSet(self.0 >> Self::place(topic) & 0b111);
        Channel::ALL
            .into_iter()
            .filter(|channel| chosen.has(*channel) || topic.needs(*channel))
            .collect()
    }

    /// The same with these channels for a topic.
    #[must_use]
    pub fn with(self, topic: Topic, channels: ChannelSet) -> Self {
        let place = Self::place(topic);
        Self(self.0 & !(0b111 << place) | channels.0 << place)
    }

    /// As it is stored.
    pub fn number(self) -> u16 {
        self.0
    }

    /// As it was stored.
    pub fn stored(number: u16) -> Self {
        Self(number)
    }
}

/// Whose push service a device has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Apple's push service (APNs).
    Ios,
    /// Google's push service (FCM).
    Android,
}

impl Platform {
    /// Both platforms, from which [`Self::parse`] chooses.
    pub const ALL: [Self; 2] = [Self::Ios, Self::Android];

    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ios => "ios",
            Self::Android => "android",
        }
    }

    /// Parses a name. `None`: there is no such platform.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|platform| platform.as_str() == text)
    }
}

/// The token that a platform gave to the app on a device. Who has it and our keys can push to the
/// device: it is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceToken(String);

impl std::fmt::Debug for DeviceToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceToken(…)")
    }
}

impl DeviceToken {
    /// Longer than any platform's.
    pub const LONGEST: usize = 1_024;

    /// Parses a token: visible ASCII.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let fits = (1..=Self::LONGEST).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be 1 to 1024 visible ASCII characters")
        }
    }

    /// The token as the platform gave it: a secret, for the push service alone.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A device as the push service knows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Device(pub String);

impl Device {
    /// By what its owner names it, who is not told what the push service calls it.
    pub fn id(&self) -> ShortDigest {
        ShortDigest::of(&[self.0.as_bytes()])
    }
}

/// How many devices a customer has at most: it bounds the item.
pub const MAX_DEVICES: u16 = 10;

/// How a customer can be reached, beside mail and phone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    /// What the customer wants to hear, and where.
    pub preferences: Preferences,
    /// The customer's devices.
    pub devices: Vec<Device>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_contract_needs_can_t_be_switched_off() {
        let none = Topic::ALL
            .into_iter()
            .fold(Preferences::default(), |all, topic| all.with(topic, ChannelSet::default()));
        let left = |topic| none.channels(topic).iter().collect::<Vec<_>>();
        assert_eq!(left(Topic::Progress), []);
        assert_eq!(
            (left(Topic::Payment), left(Topic::Delivery)),
            (vec![Channel::Email], vec![Channel::Email])
        );
    }

    #[test]
    fn each_topic_has_its_own_channels_and_reads_back() {
        let (sms, both) = (
            ChannelSet::from_iter([Channel::Sms]),
            ChannelSet::from_iter([Channel::Email, Channel::Push]),
        );
        let chosen = Preferences::default()
            .with(Topic::Payment, sms)
            .with(Topic::Progress, ChannelSet::default());
        let read = Preferences::stored(chosen.number());
        assert_eq!(
            read.channels(Topic::Payment),
            ChannelSet::from_iter([Channel::Email, Channel::Sms])
        );
        assert_eq!(
            (read.channels(Topic::Progress), read.channels(Topic::Delivery)),
            (ChannelSet::default(), both)
        );
    }

    #[test]
    fn names_are_those_that_serde_writes() {
        for channel in Channel::ALL {
            assert_eq!(serde_json::to_value(channel).unwrap(), channel.as_str());
            assert_eq!(Channel::parse(channel.as_str()), Some(channel));
        }
        for topic in Topic::ALL {
            assert_eq!(serde_json::to_value(topic).unwrap(), topic.as_str());
        }
        for platform in Platform::ALL {
            assert_eq!(serde_json::to_value(platform).unwrap(), platform.as_str());
            assert_eq!(Platform::parse(platform.as_str()), Some(platform));
        }
        assert!(!format!("{:?}", DeviceToken::parse("s3cret").unwrap()).contains("s3cret"));
    }
}
