//! What a process asks of the sale, as its function does.

use super::attempts::stored_attempt;
use crate::world::{
    Operation, Phase, Process, Said, Try, order, registration, time, token, vehicle,
};
use domain::ids::{DisputeId, RefundId, ShortDigest};
use domain::sale::{
    CaseKind, Closure, Command, Decline, Dispute, Means, MoneyBack, NextAction, PaymentKind,
    PaymentOutcome, Refund, RefundState, Stage,
};
use domain::{EmployeeId, Reason};
use jiff::SignedDuration;

/// What the process asks of the sale in its phase.
pub(super) fn command(process: &Process) -> Command {
    match (process.operation, process.phase) {
        (_, Phase::Settle(tried, said)) | (Operation::PaymentUpdate(tried, said), _) => {
            record(tried.id(), tried, said, false)
        }
        (Operation::Pay(tried), Phase::Outcome(said)) => {
            let made =
                stored_attempt(&process.read, tried).map_or(tried.id(), |attempt| attempt.id);
            record(made, Try::of(made), said, true)
        }
        (Operation::Pay(tried), _) => Command::StartPayment {
            kind: tried.kind,
            attempt: tried.id(),
            key: tried.key(),
            fingerprint: ShortDigest::of(&[b"content"]),
            at_desk: false,
            means: Means::Card(token()),
        },
        (Operation::PlaceOrder, Phase::Outcome(Said::Yes)) => {
            Command::ConfirmOrder(order(process.sale))
        }
        (Operation::PlaceOrder, Phase::Outcome(_)) => {
            Command::RefuseOrder { reason: String::new() }
        }
        (Operation::PlaceOrder, _) => Command::RequestOrder,
        (Operation::FactoryUpdate(milestone), _) => Command::ReportMilestone {
            order: order(process.sale).id,
            milestone,
            vehicle: Some(vehicle()),
            estimated_delivery: None,
            final_payment_window: SignedDuration::from_hours(1),
        },
        (Operation::Cancel, _) => {
            let Closure { by, reason } = manager();
            Command::Cancel { by, reason }
        }
        (Operation::Extend, _) => {
            let Closure { by, reason } = manager();
            let pay_by = match process.read.stage {
                Stage::FinalPaymentPending { pay_by, .. } => pay_by.checked_add(EXTENSION).unwrap(),
                _ => time(0),
            };
            Command::ExtendDeadline { by, reason, pay_by, max_extension: EXTENSION }
        }
        (Operation::DisputeUpdate(tried, dispute), _) => {
            let id = DisputeId::parse(&format!("dp_{}", tried.id())).unwrap();
            let amount = process.read.amount_due(tried.kind).minor();
            let dispute = Dispute { id, amount, state: dispute.state() };
            let told = MoneyBack { disputes: vec![dispute], ..MoneyBack::default() };
            Command::RecordMoneyBack { attempt: tried.id(), told }
        }
        (Operation::CloseCase, _) => {
            Command::CloseCase { kind: CaseKind::PaymentReversed, closure: manager() }
        }
        (Operation::TimeOut(PaymentKind::Signal), _) => Command::Lapse,
        (Operation::TimeOut(PaymentKind::Balance), _) => Command::Unassign,
        (Operation::Register, Phase::Outcome(_)) => Command::ConfirmRegistration(registration()),
        (Operation::Register, _) => Command::RequestRegistration,
        (Operation::Refund(tried), _) => {
            let refund = Refund {
                id: RefundId::parse(&format!("re_{}", tried.id())).unwrap(),
                amount: process.read.amount_due(tried.kind).minor(),
                state: RefundState::Succeeded,
                made_at: time(0),
            };
            let told = MoneyBack { refunds: vec![refund], ..MoneyBack::default() };
            Command::RecordMoneyBack { attempt: tried.id(), told }
        }
    }
}

/// One extension, from one tick's deadlines to the next one's.
const EXTENSION: SignedDuration = SignedDuration::from_hours(2);

fn manager() -> Closure {
    Closure { by: EmployeeId::parse("m-1").unwrap(), reason: Reason::parse("as asked").unwrap() }
}

fn record(attempt: domain::AttemptId, tried: Try, said: Said, answers_request: bool) -> Command {
    let outcome = match said {
        Said::Yes => PaymentOutcome::Captured(tried.payment()),
        Said::Later => PaymentOutcome::Processing(tried.payment()),
        Said::No => PaymentOutcome::Declined(Decline::Declined),
        Said::Waits => {
            let url = "https://gateway.test".to_owned();
            PaymentOutcome::AwaitsCustomer(tried.payment(), NextAction::Pay { url })
        }
        Said::Ended => PaymentOutcome::Expired(tried.payment()),
    };
    Command::RecordPayment { attempt, outcome, answers_request }
}
