//! Who handles a queue's messages, and how people know the queue of last resort behind it.

use domain::ports::Message;

/// A function that handles messages.
pub(super) struct Consumer {
    pub(super) function: &'static str,
    /// Its queue of last resort, as `caas` names it.
    pub(super) dead_letters: &'static str,
    /// That queue's alarm.
    pub(super) alarm: &'static str,
}

const CREDENTIALS: Consumer = Consumer {
    function: "issue-credentials",
    dead_letters: "credentials",
    alarm: "CredentialsDeadLettersAlarm",
};
const NOTIFICATIONS: Consumer = Consumer {
    function: "send-notification",
    dead_letters: "notifications",
    alarm: "NotificationDeadLettersAlarm",
};
const REFUNDS: Consumer = Consumer {
    function: "refund-payment",
    dead_letters: "refunds",
    alarm: "RefundDeadLettersAlarm",
};

/// Who handles this message.
pub(super) fn consumer(message: &Message) -> Consumer {
    match message {
        Message::IssueCredentials { .. } | Message::ResetPassword { .. } => CREDENTIALS,
        Message::Notify { .. } => NOTIFICATIONS,
        Message::Refund { .. } => REFUNDS,
    }
}
