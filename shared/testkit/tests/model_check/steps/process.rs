//! A process from its beginning to its end, commit by commit.

use super::attempts::{ended, settled, stored_attempt};
use super::commands::command;
use crate::world::{Operation, Phase, Process, Said, Try, World, time};
use domain::sale::{Attempt, AttemptState, Event, PaymentKind, Stage, Status, decide};

/// A process that reads the sale and goes on as its function does; `None` if it would end at once.
pub(super) fn begin(world: &World, sale: u8, operation: Operation) -> Option<Process> {
    let row = world.row(sale);
    let mut process = Process {
        operation,
        sale,
        tick: world.tick,
        phase: Phase::Intent,
        read: row.stored.clone(),
    };
    match operation {
        Operation::Pay(tried) => {
            match stored_attempt(&row.stored, tried) {
                Some(attempt) if attempt.answer.is_some() => return None,
                Some(attempt) => {
                    process.phase = settled(attempt).map_or(Phase::Call, Phase::Outcome);
                }
                None => {
                    // A second copy of the request, at once with the first, has a fresh id of its
                    // own.
                    let copy = world.processes.iter().any(|process| process.operation == operation);
                    let operation = Operation::Pay(Try { copy, ..tried });
                    if copy && world.processes.iter().any(|process| process.operation == operation)
                    {
                        return None;
                    }
                    process.operation = operation;
                    if ended(&process).is_some() {
                        process.phase = Phase::Call;
                    }
                }
            }
        }
        Operation::PaymentUpdate(_, said) => process.phase = Phase::Outcome(said),
        Operation::FactoryUpdate(_)
        | Operation::Extend
        | Operation::DisputeUpdate(..)
        | Operation::CloseCase => process.phase = Phase::Outcome(Said::Yes),
        Operation::Cancel => {
            process.phase = ended(&process).map_or(Phase::Outcome(Said::Yes), |_| Phase::Call);
        }
        Operation::TimeOut(kind) => {
            let (Stage::SaleRegistered { pay_signal_by: deadline }
            | Stage::FinalPaymentPending { pay_by: deadline, .. }) = row.stored.stage
            else {
                return None;
            };
            let due =
                (kind == PaymentKind::Signal) == (row.stored.status() == Status::SaleRegistered);
            if !due || time(world.tick) <= deadline {
                return None;
            }
            process.phase =
                row.stored.open_attempt(kind).map_or(Phase::Outcome(Said::Yes), |_| Phase::Call);
        }
        Operation::Refund(tried) => {
            let due = |(_, attempt): (_, &Attempt)| {
                attempt.id == tried.id() && matches!(attempt.state, AttemptState::RefundDue(_))
            };
            if !row.stored.all_attempts().any(due) {
                return None;
            }
            process.phase = Phase::Call;
        }
        Operation::PlaceOrder | Operation::Register => {}
    }
    go_on(process)
}

/// On to the next step that has an effect; `None` at the end.
pub(super) fn go_on(mut process: Process) -> Option<Process> {
    while process.phase != Phase::Call {
        // Refused: the function ends.
        let events = decided(&process).ok()?;
        if !events.is_empty() {
            return Some(process);
        }
        process = after(process)?;
    }
    let waits = match process.operation {
        Operation::Pay(_) if ended(&process).is_some() => true,
        Operation::Pay(tried) => {
            let attempt = stored_attempt(&process.read, tried)?;
            let settled = settled(attempt);
            if let Some(said) = settled {
                process.phase = Phase::Outcome(said);
                return go_on(process);
            }
            attempt.answer.is_none()
        }
        Operation::PlaceOrder => matches!(process.read.stage, Stage::ReservationPaid { .. }),
        Operation::Register => matches!(process.read.stage, Stage::PaymentReceived { .. }),
        _ => true,
    };
    waits.then_some(process)
}

/// The phase after a commit that was made, or had nothing to make.
pub(super) fn after(process: Process) -> Option<Process> {
    let phase = match process.phase {
        Phase::Intent => Phase::Call,
        Phase::Settle(..) if matches!(process.operation, Operation::Pay(_)) => Phase::Intent,
        Phase::Settle(..) => Phase::Outcome(Said::Yes),
        Phase::Call | Phase::Outcome(_) => return None,
    };
    Some(Process { phase, ..process })
}

pub(super) fn decided(process: &Process) -> Result<Vec<Event>, domain::sale::Rejection> {
    decide(&process.read, command(process), time(process.tick))
}
