//! `decide`: what a command makes happen, or why it may not.

use super::{
    Answer, Attempt, AttemptState, CaseKind, CheckKind, Closure, DeliveryPlace, DisputeNews, Event,
    Extension, FactKind, Milestone, Order, PaymentKind, PaymentMethod, PaymentOutcome,
    Registration, Sale, Stage, Status, cases, delivery, evolve,
};
use crate::country::DocumentKind;
use crate::ids::{DisputeId, PaymentMethodToken, RefundId, ShortDigest};
use crate::{AttemptId, EmployeeId, OrderId, Reason, Vin};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// How many attempts a payment may have: it bounds the item, and nobody's thirteenth card works.
pub(super) const MAX_ATTEMPTS: usize = 12;

/// How often a deadline can be extended: it bounds the item.
pub(super) const MAX_EXTENSIONS: usize = 8;

/// What can be asked of a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Store the intent to charge.
    StartPayment {
        /// Señal or balance; each is due in one stage only.
        kind: PaymentKind,
        /// A fresh id.
        attempt: AttemptId,
        /// Digest of the request's key.
        key: ShortDigest,
        /// Digest of the request's content.
        fingerprint: ShortDigest,
        /// Card or bank.
        method: PaymentMethod,
        /// The gateway's token.
        token: PaymentMethodToken,
    },
    /// Record what the gateway said.
    RecordPayment {
        /// The attempt that the gateway speaks of; another sale's is refused.
        attempt: AttemptId,
        /// What it said.
        outcome: PaymentOutcome,
        /// Whether this is what the payment request will be answered (the gateway's direct answer,
        /// not a webhook).
        answers_request: bool,
    },
    /// Record what the gateway said of a dispute about captured money.
    RecordDispute {
        /// The attempt whose money it is; another sale's is refused.
        attempt: AttemptId,
        /// The gateway's id.
        dispute: DisputeId,
        /// What it said.
        news: DisputeNews,
    },
    /// Record that the bank returned a debit that had succeeded, as the gateway says now. An old
    /// webhook is no such news.
    RecordReturn {
        /// The attempt whose money it is; another sale's is refused.
        attempt: AttemptId,
    },
    /// Put before people what the gateway should have told or done by then.
    OpenCases {
        /// What is open since this moment, or longer, becomes a case.
        unsettled_since: Timestamp,
    },
    /// A manager closes a case that the system can't settle.
    CloseCase {
        /// The case to close; there has to be an open one of this kind.
        kind: CaseKind,
        /// Who, and why.
        closure: Closure,
    },
    /// Record that money went back.
    RecordRefund {
        /// The attempt whose money it is; another sale's is refused.
        attempt: AttemptId,
        /// The gateway's id.
        refund: RefundId,
    },
    /// Store the intent to order.
    RequestOrder,
    /// The factory confirmed.
    ConfirmOrder(Order),
    /// The factory refused.
    RefuseOrder {
        /// What it said.
        reason: String,
    },
    /// The factory reported a milestone.
    ReportMilestone {
        /// The factory's order id.
        order: OrderId,
        /// How far it is.
        milestone: Milestone,
        /// The vehicle, once it has an id.
        vehicle: Option<Vin>,
        /// A new estimate, if any.
        estimated_delivery: Option<Date>,
        /// How long the customer has to pay the balance once told.
        final_payment_window: SignedDuration,
    },
    /// The wait for the señal timed out.
    Lapse,
    /// The wait for the balance timed out.
    Unassign,
    /// Remind the customer of the deadline of the balance, once it is as near as `lead`.
    Remind {
        /// How long before the deadline.
        lead: SignedDuration,
    },
    /// A manager cancels the sale.
    Cancel {
        /// Whoever asks for it, by the id in the employee's token (`sub`).
        by: EmployeeId,
        /// The manager's own words, up to 200 characters; they may name the customer.
        reason: Reason,
    },
    /// A manager gives the customer until `pay_by` for the balance.
    ExtendDeadline {
        /// Whoever asks for it, by the id in the employee's token (`sub`).
        by: EmployeeId,
        /// The manager's own words, up to 200 characters; they may name the customer.
        reason: Reason,
        /// The new deadline.
        pay_by: Timestamp,
        /// How far all extensions together may go beyond the first deadline.
        max_extension: SignedDuration,
    },
    /// A manager has the customer's personal data erased.
    EraseCustomer {
        /// Whoever asks for it, by the id in the employee's token (`sub`).
        by: EmployeeId,
    },
    /// Correct the customer's data.
    CorrectCustomer,
    /// Put documents on file for the authority.
    RecordDocuments(Vec<DocumentKind>),
    /// Store the intent to register the vehicle with the authority.
    RequestRegistration,
    /// The authority refused.
    RefuseRegistration {
        /// What it said.
        reason: String,
    },
    /// The authority can't be reached: a case for people, if that is so since then.
    MissAuthority {
        /// It is late if the authority was asked first at this moment or before.
        asked_before: Timestamp,
    },
    /// The authority works on it.
    HearAuthority,
    /// A mail to the customer came back.
    ReportUndeliverable,
    /// A manager has the authority asked again.
    ResubmitRegistration {
        /// Who, and why.
        closure: Closure,
    },
    /// The authority registered it.
    ConfirmRegistration(Registration),
    /// An employee ticks lines of the delivery's checklist, or arranges its day and place.
    PrepareDelivery {
        /// Whoever asks for it, by the id in the employee's token (`sub`).
        by: EmployeeId,
        /// What is done.
        checks: Vec<CheckKind>,
        /// The day and the place, if they are to be set.
        appointment: Option<(Date, DeliveryPlace)>,
    },
}

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The step comes later.
    #[error("the sale is {0}: this step is not due yet")]
    NotDue(Status),
    /// The sale was lost or refused.
    #[error("the sale has ended: it is {0}")]
    Ended(Status),
    /// That payment is captured already.
    #[error("this payment was made already")]
    AlreadyPaid,
    /// An earlier attempt's outcome is open.
    #[error("another attempt to pay is in progress")]
    PaymentInProgress,
    /// Too many declined attempts.
    #[error("this payment was attempted {MAX_ATTEMPTS} times")]
    TooManyAttempts,
    /// A payment begins at its deadline at the latest; this was it.
    #[error("the deadline for this payment passed at {0}")]
    DeadlinePassed(Timestamp),
    /// No such attempt in this sale.
    #[error("the sale has no such payment attempt")]
    UnknownAttempt,
    /// From the intent to order on, the factory may be building; a stock vehicle is reserved once
    /// its señal is paid.
    #[error(
        "the factory order is placed, or about to be, or the vehicle is reserved: the sale can't be cancelled"
    )]
    OrderIsPlaced,
    /// Only the deadline of the balance, and only while it is awaited.
    #[error("the sale is {0}: no final payment is awaited")]
    NoDeadline(Status),
    /// A deadline moves forward only, and not into the past.
    #[error("the deadline must be later than {0}")]
    NotLater(Timestamp),
    /// Configuration bounds how late it can be.
    #[error("the deadline can be {0} at the latest")]
    TooLate(Timestamp),
    /// A deadline is extended eight times at most: it bounds the item.
    #[error("the deadline was extended {MAX_EXTENSIONS} times")]
    TooManyExtensions,
    /// The bank took money back: what has not happened yet waits.
    #[error("a payment was reversed: the sale waits until that is settled")]
    PaymentReversed,
    /// The authority would refuse.
    #[error("documents are missing: {}", .0.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", "))]
    DocumentsMissing(Vec<DocumentKind>),
    /// The authority refused, and nobody had it asked again.
    #[error("the authority refused: the dealership has to see to it")]
    RegistrationRefused,
    /// Once is enough.
    #[error("the vehicle is registered already")]
    AlreadyRegistered,
    /// What is prepared comes after the registration.
    #[error("the sale is {0}: a delivery is prepared once the vehicle is registered")]
    DeliveryNotDue(Status),
    /// It is another subsystem's.
    #[error("the sale is handed over to delivery")]
    HandedOver,
    /// Not in the past, and not for ever.
    #[error("the date must be from {0} to {1}")]
    DateOutOfRange(Date, Date),
    /// A delivery is arranged twelve times at most: it bounds the item, and the customer's mails.
    #[error("the delivery was arranged too often")]
    TooManyArrangements,
    /// None of this kind is open.
    #[error("the sale has no such case")]
    NoCase,
    /// The gateway can settle it, and is asked until it does.
    #[error("this case closes by itself once what it is about is settled")]
    ClosesItself,
    /// Whoever has a purchase under way is a customer.
    #[error(
        "a purchase of the customer is not over: it is under way, or a payment, a refund or a case is open"
    )]
    PurchaseOpen,
    /// The wait is not over: money is on its way, or the deadline is later.
    #[error("the deadline has not passed, or a payment is on its way")]
    StillWaiting,
    /// The factory speaks of an order that this sale doesn't have.
    #[error("the sale has no order {0}")]
    UnknownOrder(OrderId),
    /// From `AtDealership` on, the factory has to say which vehicle it is.
    #[error("the vehicle's id is missing")]
    MissingVehicle,
    /// One order, one vehicle.
    #[error("the order's vehicle is {0}")]
    OtherVehicle(Vin),
}

/// What `command` makes happen to `sale` at `now`. No events: it happened already, or changes
/// nothing.
pub fn decide(sale: &Sale, command: Command, now: Timestamp) -> Result<Vec<Event>, Rejection> {
    let mut events = decide_alone(sale, command, now)?;
    let reversal = events.iter().any(|event| matches!(event, Event::PaymentReversed { .. }));
    let opens =
        |event: &Event| matches!(event, Event::BalancePaid | Event::RegistrationRefused { .. });
    if reversal
        || events.iter().any(opens)
        || (!events.is_empty() && sale.open_cases().next().is_some())
    {
        let next = evolve(sale, &events, now);
        events.extend(cases::follow(&next, reversal));
    }
    Ok(events)
}

/// Without what follows for the sale's cases.
fn decide_alone(sale: &Sale, command: Command, now: Timestamp) -> Result<Vec<Event>, Rejection> {
    match command {
        // The same request again, whatever became of it meanwhile: a second attempt would charge
        // twice for one request.
        Command::StartPayment { kind, key, .. } if sale.attempt_by_key(kind, &key).is_some() => {
            Ok(vec![])
        }
        Command::StartPayment { kind, attempt, key, fingerprint, method, token } => {
            may_pay(sale, kind, now)?;
            let state = AttemptState::Unknown;
            let attempt = Attempt {
                id: attempt,
                key,
                fingerprint,
                method,
                token,
                started_at: now,
                state,
                answer: None,
                won_dispute: None,
            };
            Ok(vec![Event::PaymentStarted { kind, attempt }])
        }
        Command::RecordPayment { attempt, outcome, answers_request } => {
            record_payment(sale, attempt, outcome, answers_request, now)
        }
        Command::RecordDispute { attempt, dispute, news } => {
            record_dispute(sale, attempt, dispute, news)
        }
        Command::RecordReturn { attempt } => {
            let (_, found) = sale
                .all_attempts()
                .find(|(_, known)| known.id == attempt)
                .ok_or(Rejection::UnknownAttempt)?;
            let held =
                matches!(found.state, AttemptState::Captured(_) | AttemptState::RefundDue(_));
            Ok(held.then_some(Event::PaymentReversed { attempt }).into_iter().collect())
        }
        Command::OpenCases { unsettled_since } => Ok(cases::opened(sale, unsettled_since)),
        Command::CloseCase { kind, closure } => cases::closed(sale, kind, closure),
        Command::RecordRefund { attempt, refund } => record_refund(sale, attempt, refund),
        Command::RequestOrder => match sale.stage {
            Stage::SaleRegistered { .. } => Err(Rejection::NotDue(sale.status())),
            Stage::ReservationPaid { order_requested_at: None } if sale.is_on_hold() => {
                Err(Rejection::PaymentReversed)
            }
            Stage::ReservationPaid { order_requested_at: None } => Ok(vec![Event::OrderRequested]),
            _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
            _ => Ok(vec![]),
        },
        Command::ConfirmOrder(order) => match sale.stage {
            Stage::ReservationPaid { order_requested_at: Some(_) } => {
                Ok(vec![Event::OrderPlaced { order }])
            }
            Stage::SaleRegistered { .. } | Stage::ReservationPaid { .. } => {
                Err(Rejection::NotDue(sale.status()))
            }
            _ => match sale.order() {
                Some(placed) if placed.id == order.id => Ok(vec![]),
                _ => Err(Rejection::UnknownOrder(order.id)),
            },
        },
        Command::RefuseOrder { reason } => match sale.stage {
            Stage::ReservationPaid { order_requested_at: Some(_) } => {
                let mut events = vec![Event::OrderRejected { reason }];
                events.extend(
                    captured(sale, PaymentKind::Signal)
                        .map(|attempt| Event::RefundDue { attempt: attempt.id }),
                );
                Ok(events)
            }
            Stage::SaleRegistered { .. } | Stage::ReservationPaid { .. } => {
                Err(Rejection::NotDue(sale.status()))
            }
            _ => Ok(vec![]),
        },
        Command::ReportMilestone {
            order,
            milestone,
            vehicle,
            estimated_delivery,
            final_payment_window,
        } => {
            let report = Report { order, milestone, vehicle, estimated_delivery };
            report_milestone(sale, report, now, final_payment_window)
        }
        Command::Lapse => match sale.stage {
            Stage::SaleRegistered { pay_signal_by } => {
                deadline_passed(sale, PaymentKind::Signal, pay_signal_by, now)?;
                Ok(vec![Event::Lapsed])
            }
            _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
            _ => Ok(vec![]),
        },
        Command::Unassign => match sale.stage {
            Stage::FinalPaymentPending { pay_by, .. } => {
                deadline_passed(sale, PaymentKind::Balance, pay_by, now)?;
                Ok(vec![Event::PaymentFailed, Event::VehicleUnassigned])
            }
            _ if counts_on(sale, PaymentKind::Balance) => Ok(vec![]),
            _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
            _ => Err(Rejection::NotDue(sale.status())),
        },
        Command::Remind { lead } => match sale.stage {
            Stage::FinalPaymentPending { pay_by, .. } if should_remind(sale, pay_by, lead, now) => {
                Ok(vec![Event::CustomerReminded])
            }
            _ => Ok(vec![]),
        },
        Command::Cancel { by, reason } => match sale.stage {
            Stage::SaleRegistered { .. } | Stage::ReservationPaid { order_requested_at: None } => {
                let mut events = vec![Event::Cancelled { by, reason }];
                events.extend(
                    captured(sale, PaymentKind::Signal)
                        .map(|attempt| Event::RefundDue { attempt: attempt.id }),
                );
                Ok(events)
            }
            Stage::Cancelled { .. } => Ok(vec![]),
            _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
            _ => Err(Rejection::OrderIsPlaced),
        },
        Command::ExtendDeadline { by, reason, pay_by, max_extension } => {
            let until =
                |first: Timestamp| first.checked_add(max_extension).unwrap_or(Timestamp::MAX);
            extend_deadline(sale, Extension { by, reason, at: now, from: now, to: pay_by }, until)
        }
        Command::EraseCustomer { .. } if sale.erasure.is_some() => Ok(vec![]),
        Command::EraseCustomer { by } => {
            let settled = sale.unsettled_since().is_none() && sale.open_cases().next().is_none();
            if sale.status().is_over() && settled {
                Ok(vec![Event::CustomerErased { by }])
            } else {
                Err(Rejection::PurchaseOpen)
            }
        }
        Command::CorrectCustomer if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
        Command::CorrectCustomer => {
            let before_the_order = matches!(
                sale.stage,
                Stage::SaleRegistered { .. } | Stage::ReservationPaid { order_requested_at: None }
            );
            before_the_order.then(|| vec![Event::CustomerCorrected]).ok_or(Rejection::OrderIsPlaced)
        }
        Command::RecordDocuments(kinds) => match sale.stage {
            _ if sale.registration().is_some() => Err(Rejection::AlreadyRegistered),
            _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
            _ => Ok(kinds.into_iter().map(|kind| Event::DocumentRecorded { kind }).collect()),
        },
        Command::RefuseRegistration { reason } => match sale.stage {
            Stage::PaymentReceived { registration_requested_at: Some(_), .. } => {
                Ok(vec![Event::RegistrationRefused { reason }])
            }
            _ => Ok(vec![]),
        },
        Command::MissAuthority { asked_before } => Ok(cases::missed(sale, asked_before)),
        Command::HearAuthority => Ok(cases::heard(sale)),
        Command::ReportUndeliverable => Ok(cases::undeliverable(sale)),
        Command::ResubmitRegistration { closure } => match &sale.stage {
            Stage::PaymentReceived { refusal, .. } => match sale.missing_documents() {
                missing if !missing.is_empty() => Err(Rejection::DocumentsMissing(missing)),
                _ if refusal.is_some() => Ok(vec![
                    Event::RegistrationResubmitted,
                    Event::CaseClosed {
                        kind: CaseKind::RegistrationRefused,
                        closure: Some(closure),
                    },
                ]),
                // It is with the authority.
                _ => Ok(vec![]),
            },
            _ if sale.registration().is_some() => Err(Rejection::AlreadyRegistered),
            _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
            _ => Err(Rejection::NotDue(sale.status())),
        },
        Command::RequestRegistration => match sale.stage {
            Stage::PaymentReceived { .. } if sale.is_on_hold() => Err(Rejection::PaymentReversed),
            Stage::PaymentReceived { .. } if sale.refusal().is_some() => {
                Err(Rejection::RegistrationRefused)
            }
            Stage::PaymentReceived { registration_requested_at: None, .. }
                if !sale.missing_documents().is_empty() =>
            {
                Err(Rejection::DocumentsMissing(sale.missing_documents()))
            }
            Stage::PaymentReceived { registration_requested_at: None, .. } => {
                Ok(vec![Event::RegistrationRequested])
            }
            _ if counts_on(sale, PaymentKind::Balance) => Ok(vec![]),
            _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
            _ => Err(Rejection::NotDue(sale.status())),
        },
        Command::ConfirmRegistration(registration) => match sale.stage {
            Stage::PaymentReceived { registration_requested_at: Some(_), .. } => {
                // The authority's answer is a fact; the delivery is still ours to hold back.
                let deliverable = (!sale.is_on_hold()).then_some(Event::PreparedForDelivery);
                Ok([Event::VehicleRegistered { registration }]
                    .into_iter()
                    .chain(deliverable)
                    .collect())
            }
            Stage::VehicleRegistered { .. } if sale.is_on_hold() => Err(Rejection::PaymentReversed),
            Stage::VehicleRegistered { .. } => Ok(vec![Event::PreparedForDelivery]),
            Stage::ReadyForDelivery { .. } | Stage::HandedOver { .. } => Ok(vec![]),
            _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
            _ => Err(Rejection::NotDue(sale.status())),
        },
        Command::PrepareDelivery { by, checks, appointment } => match sale.stage {
            Stage::ReadyForDelivery { .. } if sale.is_on_hold() => Err(Rejection::PaymentReversed),
            Stage::ReadyForDelivery { .. } | Stage::HandedOver { .. } => {
                delivery::prepared(sale, &by, &checks, appointment, now)
            }
            _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
            _ => Err(Rejection::DeliveryNotDue(sale.status())),
        },
    }
}

fn captured(sale: &Sale, kind: PaymentKind) -> Option<&Attempt> {
    sale.attempts(kind).iter().find(|attempt| matches!(attempt.state, AttemptState::Captured(_)))
}

/// Whether the sale is in the one stage in which this payment can be made.
fn payment_is_due(sale: &Sale, kind: PaymentKind) -> bool {
    match kind {
        PaymentKind::Signal => matches!(sale.stage, Stage::SaleRegistered { .. }),
        PaymentKind::Balance => matches!(sale.stage, Stage::FinalPaymentPending { .. }),
    }
}

fn may_pay(sale: &Sale, kind: PaymentKind, now: Timestamp) -> Result<(), Rejection> {
    if captured(sale, kind).is_some() {
        return Err(Rejection::AlreadyPaid);
    }
    if sale.status().is_lost() {
        return Err(Rejection::Ended(sale.status()));
    }
    let deadline = match (kind, &sale.stage) {
        (PaymentKind::Signal, Stage::SaleRegistered { pay_signal_by }) => *pay_signal_by,
        (PaymentKind::Balance, Stage::FinalPaymentPending { pay_by, .. }) => *pay_by,
        _ => return Err(Rejection::NotDue(sale.status())),
    };
    if sale.open_attempt(kind).is_some() {
        return Err(Rejection::PaymentInProgress);
    }
    if now > deadline {
        return Err(Rejection::DeadlinePassed(deadline));
    }
    if sale.attempts(kind).len() >= MAX_ATTEMPTS {
        return Err(Rejection::TooManyAttempts);
    }
    Ok(())
}

/// Money that is on its way stops the deadline: its outcome is awaited first.
fn deadline_passed(
    sale: &Sale,
    kind: PaymentKind,
    deadline: Timestamp,
    now: Timestamp,
) -> Result<(), Rejection> {
    if now <= deadline || sale.open_attempt(kind).is_some() {
        Err(Rejection::StillWaiting)
    } else {
        Ok(())
    }
}

/// Once for each deadline that the customer was told, while it is near and nothing is on its way.
fn should_remind(sale: &Sale, pay_by: Timestamp, lead: SignedDuration, now: Timestamp) -> bool {
    let last = |kind: FactKind| sale.facts.iter().rposition(|fact| fact.0 == kind);
    let told = last(FactKind::AvailableForCustomer).max(last(FactKind::DeadlineExtended));
    let is_near = now <= pay_by && pay_by.duration_since(now) <= lead;
    is_near
        && last(FactKind::DeadlineReminder) < told
        && sale.open_attempt(PaymentKind::Balance).is_none()
}

fn record_payment(
    sale: &Sale,
    id: AttemptId,
    outcome: PaymentOutcome,
    answers_request: bool,
    now: Timestamp,
) -> Result<Vec<Event>, Rejection> {
    let (kind, attempt) = sale
        .all_attempts()
        .find(|(_, attempt)| attempt.id == id)
        .ok_or(Rejection::UnknownAttempt)?;
    let answer = Answer::of(&outcome);
    let mut events = match (&attempt.state, outcome) {
        // Money is a fact whatever was known before. A sale that can't take it gives it back
        // (design: Time out).
        (
            AttemptState::Unknown | AttemptState::Processing(_) | AttemptState::Declined(_),
            PaymentOutcome::Captured(payment),
        ) => {
            let takes = payment_is_due(sale, kind) && captured(sale, kind).is_none();
            let captured = Event::PaymentCaptured { attempt: id, payment };
            match kind {
                _ if !takes => vec![captured, Event::RefundDue { attempt: id }],
                // A stock vehicle is there already: the customer owes the balance from now on.
                PaymentKind::Signal => match &sale.stock {
                    Some(claim) => {
                        let pay_by = now
                            .checked_add(SignedDuration::from_secs(claim.final_payment_seconds))
                            .unwrap_or(Timestamp::MAX);
                        vec![
                            captured,
                            Event::ReservationPaid,
                            Event::FinalPaymentRequested { pay_by },
                        ]
                    }
                    None => vec![captured, Event::ReservationPaid],
                },
                PaymentKind::Balance => vec![captured, Event::BalancePaid],
            }
        }
        (AttemptState::Unknown, PaymentOutcome::Processing(payment)) => {
            vec![Event::PaymentProcessing { attempt: id, payment }]
        }
        (
            AttemptState::Unknown | AttemptState::Processing(_),
            PaymentOutcome::Declined(decline),
        ) => {
            vec![Event::PaymentDeclined { attempt: id, decline }]
        }
        _ => vec![],
    };
    if answers_request && attempt.answer.is_none() {
        events.push(Event::PaymentAnswered { attempt: id, answer });
    }
    Ok(events)
}

/// News of one dispute may come in any order, and twice: once it is won, its beginning changes
/// nothing.
fn record_dispute(
    sale: &Sale,
    id: AttemptId,
    dispute: DisputeId,
    news: DisputeNews,
) -> Result<Vec<Event>, Rejection> {
    let (kind, attempt) = sale
        .all_attempts()
        .find(|(_, attempt)| attempt.id == id)
        .ok_or(Rejection::UnknownAttempt)?;
    if attempt.won_dispute.as_ref() == Some(&dispute) {
        return Ok(vec![]);
    }
    match (&attempt.state, news) {
        // Nobody can dispute what was not captured: the news of that is still on its way.
        (AttemptState::Unknown | AttemptState::Processing(_), _) => {
            Err(Rejection::NotDue(sale.status()))
        }
        (
            AttemptState::Captured(_) | AttemptState::RefundDue(_),
            DisputeNews::Opened | DisputeNews::Lost,
        ) => Ok(vec![Event::PaymentReversed { attempt: id }]),
        (AttemptState::Reversed(_), DisputeNews::Won) => {
            let mut events = vec![
                Event::DisputeWon { attempt: id, dispute },
                Event::PaymentReinstated { attempt: id },
            ];
            if !counts_on(sale, kind) || captured(sale, kind).is_some() {
                events.push(Event::RefundDue { attempt: id });
            }
            Ok(events)
        }
        (AttemptState::Captured(_) | AttemptState::RefundDue(_), DisputeNews::Won) => {
            Ok(vec![Event::DisputeWon { attempt: id, dispute }])
        }
        _ => Ok(vec![]),
    }
}

/// Whether a captured payment of this kind is the sale's to keep: it moved the sale on, or is
/// forfeit.
fn counts_on(sale: &Sale, kind: PaymentKind) -> bool {
    let refunded = matches!(
        sale.stage,
        Stage::SaleRegistered { .. }
            | Stage::Lapsed
            | Stage::OrderRejected { .. }
            | Stage::Cancelled { .. }
    );
    match kind {
        PaymentKind::Signal => !refunded,
        PaymentKind::Balance => {
            matches!(
                sale.stage,
                Stage::PaymentReceived { .. }
                    | Stage::VehicleRegistered { .. }
                    | Stage::ReadyForDelivery { .. }
                    | Stage::HandedOver { .. }
            )
        }
    }
}

fn record_refund(sale: &Sale, id: AttemptId, refund: RefundId) -> Result<Vec<Event>, Rejection> {
    let (_, attempt) = sale
        .all_attempts()
        .find(|(_, attempt)| attempt.id == id)
        .ok_or(Rejection::UnknownAttempt)?;
    match attempt.state {
        AttemptState::RefundDue(_) => Ok(vec![Event::Refunded { attempt: id, refund }]),
        // Taken back by the bank at the moment of the refund: the gateway's books show both, and
        // people look.
        AttemptState::Refunded(..) | AttemptState::Reversed(_) => Ok(vec![]),
        _ => Err(Rejection::NotDue(sale.status())),
    }
}

/// Moves the deadline of the balance. The same request again changes nothing.
fn extend_deadline(
    sale: &Sale,
    asked: Extension,
    latest: impl FnOnce(Timestamp) -> Timestamp,
) -> Result<Vec<Event>, Rejection> {
    let Stage::FinalPaymentPending { pay_by, .. } = sale.stage else {
        let ended = sale.status().is_lost();
        return Err(if ended {
            Rejection::Ended(sale.status())
        } else {
            Rejection::NoDeadline(sale.status())
        });
    };
    let repeats = |last: &Extension| {
        last.to == asked.to && last.by == asked.by && last.reason == asked.reason
    };
    if sale.extensions.last().is_some_and(repeats) {
        return Ok(vec![]);
    }
    let earliest = pay_by.max(asked.at);
    let latest = latest(sale.extensions.first().map_or(pay_by, |first| first.from));
    if asked.to <= earliest {
        return Err(Rejection::NotLater(earliest));
    }
    if asked.to > latest {
        return Err(Rejection::TooLate(latest));
    }
    if sale.extensions.len() >= MAX_EXTENSIONS {
        return Err(Rejection::TooManyExtensions);
    }
    Ok(vec![Event::DeadlineExtended { extension: Extension { from: pay_by, ..asked } }])
}

struct Report {
    order: OrderId,
    milestone: Milestone,
    vehicle: Option<Vin>,
    estimated_delivery: Option<Date>,
}

/// A report moves the sale forward to its milestone and through each one before it, once. What was
/// passed already changes nothing, so any order and number of copies ends the same.
fn report_milestone(
    sale: &Sale,
    report: Report,
    now: Timestamp,
    window: SignedDuration,
) -> Result<Vec<Event>, Rejection> {
    let mut events = Vec::new();
    match (&sale.stage, sale.order()) {
        // The factory's answer was lost, but it speaks of the order that we asked for: that is the
        // confirmation.
        (Stage::ReservationPaid { order_requested_at: Some(_) }, _) => {
            let order = Order { id: report.order, estimated_delivery: report.estimated_delivery };
            events.push(Event::OrderPlaced { order });
        }
        (_, Some(order)) if order.id == report.order => {
            let news =
                report.estimated_delivery.filter(|date| order.estimated_delivery != Some(*date));
            let building = sale.vehicle().is_none();
            events.extend(news.filter(|_| building).map(|date| Event::DeliveryEstimated { date }));
        }
        _ => return Err(Rejection::UnknownOrder(report.order)),
    }
    if let (Some(known), Some(vehicle)) = (sale.vehicle(), &report.vehicle)
        && known != vehicle
    {
        return Err(Rejection::OtherVehicle(known.clone()));
    }
    let reached = sale.milestone();
    for milestone in
        Milestone::ALL.into_iter().filter(|m| Some(*m) > reached && *m <= report.milestone)
    {
        events.push(match milestone {
            Milestone::AtDealership => Event::VehicleArrived {
                vehicle: report.vehicle.clone().ok_or(Rejection::MissingVehicle)?,
            },
            Milestone::AvailableForCustomer => {
                let pay_by = now.checked_add(window).unwrap_or(Timestamp::MAX);
                Event::FinalPaymentRequested { pay_by }
            }
            built => Event::MilestoneReached { milestone: built },
        });
    }
    Ok(events)
}
