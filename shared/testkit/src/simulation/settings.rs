//! The windows, time-outs and dates of a run.

use domain::use_cases::reconcile;
use jiff::SignedDuration;

/// Windows and time-outs of a run; the deployed ones are parameters of the template.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(72);
/// How long before the deadline of the balance the customer is reminded of it.
pub const REMINDER_LEAD: SignedDuration = SignedDuration::from_hours(24);
/// How far a manager may extend the deadline of the balance.
pub const MAX_EXTENSION: SignedDuration = SignedDuration::from_hours(240);
/// When payments and refunds are asked for, and when they are a case.
pub const PATIENCE: reconcile::Patience = reconcile::Patience {
    ask_after: SignedDuration::from_mins(15),
    case_after: SignedDuration::from_hours(12),
};
/// By how many days an estimate may move before the customer is told.
pub const TELL_BEYOND: u16 = 7;
/// How long a milestone's notification waits for the next one.
pub const BURST: SignedDuration = SignedDuration::from_mins(5);
/// How far a process's clock may be off, in milliseconds.
pub const MAX_SKEW: i64 = 10 * MINUTE;
/// When a run begins.
pub const EPOCH: i64 = 1_790_000_000;

pub(super) const SECOND: i64 = 1_000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;
