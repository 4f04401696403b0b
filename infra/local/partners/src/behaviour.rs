//! What a partner is told to do with its next calls, instead of what it would do.

use crate::partner::Partner;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Waits for the POST calls that it is for: `times` of them, one after the other.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Behaviour {
    partner: Partner,
    #[serde(rename = "behaviour")]
    name: Name,
    #[serde(default = "once")]
    times: u32,
    /// How late a slow answer is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delay_ms: Option<u64>,
    /// Why a refusal refuses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Only calls about this sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    Refuse,
    Pending,
    Error,
    Slow,
    LoseAnswer,
}

fn once() -> u32 {
    1
}

/// What happens to one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 422 with this reason; the partner doesn't act.
    Refuse(String),
    /// 202; the partner doesn't act yet.
    Pending,
    /// 500; the partner doesn't act.
    Error,
    /// The partner acts at once, and answers this late.
    Slow(Duration),
    /// The partner acts, and its answer doesn't arrive.
    LoseAnswer,
}

impl Behaviour {
    fn meets(&self, partner: Partner, reference: &str) -> bool {
        self.times > 0
            && self.partner == partner
            && self.reference.as_deref().is_none_or(|only| only == reference)
    }

    /// Whether it waits for this sale's calls only.
    pub(crate) fn is_for(&self, reference: &str) -> bool {
        self.reference.as_deref() == Some(reference)
    }

    fn kind(&self) -> Kind {
        match self.name {
            Name::Refuse => {
                Kind::Refuse(self.reason.clone().unwrap_or_else(|| "refused on request".to_owned()))
            }
            Name::Pending => Kind::Pending,
            Name::Error => Kind::Error,
            Name::Slow => Kind::Slow(Duration::from_millis(self.delay_ms.unwrap_or(1_000))),
            Name::LoseAnswer => Kind::LoseAnswer,
        }
    }
}

/// Takes one time off the first behaviour that is for this call; one that is used up leaves the
/// queue.
pub(crate) fn next_behaviour(
    queue: &mut Vec<Behaviour>,
    partner: Partner,
    reference: &str,
) -> Option<Kind> {
    let behaviour = queue.iter_mut().find(|behaviour| behaviour.meets(partner, reference))?;
    behaviour.times -= 1;
    let kind = behaviour.kind();
    queue.retain(|behaviour| behaviour.times > 0);
    Some(kind)
}
