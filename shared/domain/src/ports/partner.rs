//! How a call to another system ends without an answer that can be relied on.

/// A partner gave no answer that can be relied on; whether it acted is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the partner gave no clear answer")]
pub struct PartnerError;

/// A message could not be handed over; try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message could not be handed over")]
pub struct SendError;
