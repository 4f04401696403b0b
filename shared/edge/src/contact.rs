//! A customer's preferences as bodies have them.

use crate::reader::Object;
use domain::contact::{Channel, ChannelSet, Preferences, Topic};
use serde_json::{Map, Value, json};

/// Reads the channels of every topic; those that the contract needs have to be among them.
pub fn preferences(body: &Object<'_>) -> Option<Preferences> {
    let read = Topic::ALL.map(|topic| channels(body, topic).map(|channels| (topic, channels)));
    read.into_iter().try_fold(Preferences::default(), |all, topic| {
        topic.map(|(topic, channels)| all.with(topic, channels))
    })
}

fn channels(body: &Object<'_>, topic: Topic) -> Option<ChannelSet> {
    let chosen = body.texts(topic.as_str(), Channel::ALL.len(), |text| {
        Channel::parse(text).ok_or("is no channel")
    })?;
    match Channel::ALL
        .into_iter()
        .find(|channel| topic.needs(*channel) && !chosen.contains(channel))
    {
        Some(needed) => body
            .fault(topic.as_str(), format!("must have {}: the contract needs it", needed.as_str())),
        None => Some(chosen.into_iter().collect()),
    }
}

/// The channels of every topic, and those that can't be switched off.
pub fn representation(preferences: Preferences) -> Value {
    let names = |channels: ChannelSet| json!(channels.iter().collect::<Vec<_>>());
    let needed = |topic: Topic| {
        names(Channel::ALL.into_iter().filter(|channel| topic.needs(*channel)).collect())
    };
    let chosen =
        Topic::ALL.map(|topic| (topic.as_str().to_owned(), names(preferences.channels(topic))));
    let always = Topic::ALL.map(|topic| (topic.as_str().to_owned(), needed(topic)));
    json!({ "channels": Map::from_iter(chosen), "always": Map::from_iter(always) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::{Json, UnknownFields};

    fn read(body: &Value) -> Result<Preferences, Vec<String>> {
        let json = Json::parse(body.to_string().as_bytes()).unwrap();
        let read = json.read(UnknownFields::Refused, preferences);
        read.map_err(|problem| problem.errors().iter().map(|fault| fault.pointer.clone()).collect())
    }

    #[test]
    fn what_is_written_reads_back() {
        let chosen =
            json!({ "progress": [], "payment": ["email", "sms"], "delivery": ["email", "push"] });
        let written = representation(read(&chosen).unwrap());
        assert_eq!(written["channels"], chosen);
        assert_eq!(
            written["always"],
            json!({ "progress": [], "payment": ["email"], "delivery": ["email"] })
        );
    }

    #[test]
    fn what_the_contract_needs_has_to_be_there() {
        let faults = read(&json!({ "progress": ["pigeon"], "payment": ["sms"], "letters": [] }))
            .unwrap_err();
        assert_eq!(faults, ["/progress/0", "/payment", "/delivery", "/letters"]);
    }
}
