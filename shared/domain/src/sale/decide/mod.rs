//! `decide`: what a command makes happen, or why it may not. Each collaborator of a sale has a
//! module with what it may ask; here a command finds the one that answers it.

mod cancellation;
mod cases;
mod customer;
mod deadlines;
mod delivery;
mod factory;
mod money_back;
mod payments;
mod registration;

use super::{
    Attempt, AttemptState, CaseKind, Command, Event, Extension, MoneyBack, Rejection, Sale, evolve,
};
use jiff::Timestamp;

/// What `command` makes happen to `sale` at `now`. No events: it happened already, or changes
/// nothing.
pub fn decide(sale: &Sale, command: Command, now: Timestamp) -> Result<Vec<Event>, Rejection> {
    let mut events = decide_alone(sale, command, now)?;
    let reversal = events.iter().any(|event| matches!(event, Event::PaymentReversed { .. }));
    let opens = |event: &Event| {
        matches!(
            event,
            Event::BalancePaid | Event::RegistrationRefused { .. } | Event::RefundFailed { .. }
        )
    };
    if reversal
        || events.iter().any(opens)
        || (!events.is_empty() && sale.open_cases().next().is_some())
    {
        let next = evolve(sale, &events, now);
        events.extend(cases::follow(&next, reversal, now));
    }
    Ok(events)
}

/// Without what follows for the sale's cases.
fn decide_alone(sale: &Sale, command: Command, now: Timestamp) -> Result<Vec<Event>, Rejection> {
    match command {
        Command::StartPayment { kind, attempt, key, fingerprint, means, at_desk } => {
            let attempt = Attempt {
                id: attempt,
                key,
                fingerprint,
                means,
                started_at: now,
                state: AttemptState::Unknown,
                answer: None,
                at_desk,
                back: MoneyBack::default(),
            };
            payments::start(sale, kind, attempt)
        }
        Command::RecordPayment { attempt, outcome, answers_request } => {
            payments::record(sale, attempt, outcome, answers_request, now)
        }
        Command::RecordMoneyBack { attempt, told } => money_back::record(sale, attempt, &told),
        Command::RecordReturn { attempt } => money_back::record_return(sale, attempt),
        Command::OpenCases { unsettled_since } => Ok(cases::opened(sale, unsettled_since)),
        Command::CloseCase { kind, closure } => cases::closed(sale, kind, closure),
        Command::AcceptVehicle { vehicle, closure } => {
            factory::accept_vehicle(sale, vehicle, closure)
        }
        Command::MissAuthority { asked_before } => {
            Ok(cases::missed(sale, CaseKind::AuthoritySilent, asked_before))
        }
        Command::MissFactory { asked_before } => {
            Ok(cases::missed(sale, CaseKind::FactorySilent, asked_before))
        }
        Command::ReportTrouble { order, trouble } => factory::report_trouble(sale, order, trouble),
        Command::HearAuthority => Ok(cases::heard(sale)),
        Command::ReportUndeliverable => Ok(cases::undeliverable(sale)),
        Command::RequestOrder => factory::request_order(sale),
        Command::ConfirmOrder(order) => factory::confirm_order(sale, order),
        Command::RefuseOrder { reason } => factory::refuse_order(sale, reason),
        Command::ReportMilestone {
            order,
            milestone,
            vehicle,
            estimated_delivery,
            final_payment_window,
        } => {
            let report = factory::Report { order, milestone, vehicle, estimated_delivery };
            factory::report_milestone(sale, report, now, final_payment_window)
        }
        Command::Lapse => deadlines::lapse(sale, now),
        Command::Unassign => deadlines::unassign(sale, now),
        Command::Remind { lead } => Ok(deadlines::remind(sale, lead, now)),
        Command::ExtendDeadline { by, reason, pay_by, max_extension } => {
            let asked = Extension { by, reason, at: now, from: now, to: pay_by };
            deadlines::extend(sale, asked, max_extension)
        }
        Command::Cancel { by, reason } => cancellation::cancel(sale, by, reason),
        Command::EraseCustomer { by } => customer::erase(sale, by),
        Command::CorrectCustomer { owner, customer } => customer::correct(sale, owner, customer),
        Command::RecordDocuments(kinds) => registration::record_documents(sale, kinds),
        Command::RequestRegistration => registration::request(sale),
        Command::RefuseRegistration { reason } => Ok(registration::refuse(sale, reason)),
        Command::ResubmitRegistration { closure } => registration::resubmit(sale, closure),
        Command::ConfirmRegistration(registration) => registration::confirm(sale, registration),
        Command::PrepareDelivery { by, checks, appointment, local } => {
            delivery::prepare(sale, &by, &checks, appointment, (now, local))
        }
    }
}
