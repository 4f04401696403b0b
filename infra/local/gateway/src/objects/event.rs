//! Events (<https://docs.stripe.com/api/events>), and the endpoints that they are sent to
//! (<https://docs.stripe.com/api/webhook_endpoints>).

use super::object::{Object, add};
use super::{Id, Metadata};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::VecDeque;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) api_version: String,
    /// The object as it was, and what it was before.
    pub(crate) data: Value,
    pub(crate) pending_webhooks: usize,
    pub(crate) request: Value,
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

impl Object for Event {
    const OBJECT: &'static str = "event";
    const PREFIX: &'static str = "evt";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Endpoint {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) api_version: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) enabled_events: Vec<String>,
    pub(crate) metadata: Metadata,
    pub(crate) url: String,
    pub(crate) own: EndpointOwn,
}

/// What the gateway keeps for an endpoint.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct EndpointOwn {
    /// What its webhooks are signed with.
    pub(crate) secret: String,
    /// The name that a control call gave it.
    pub(crate) name: Option<String>,
    /// The events that it hasn't taken yet, in the order in which they go out.
    pub(crate) due: VecDeque<Id>,
}

impl Endpoint {
    /// Whether it asked for such events.
    pub(crate) fn wants(&self, kind: &str) -> bool {
        self.enabled_events.iter().any(|enabled| enabled == "*" || enabled == kind)
    }
}

impl Object for Endpoint {
    const OBJECT: &'static str = "webhook_endpoint";
    const PREFIX: &'static str = "we";
    const PARAM: &'static str = "webhook_endpoint";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn complete(&self, shown: &mut Map<String, Value>) {
        add(shown, [("application", Value::Null), ("status", json!("enabled"))]);
    }
}
