//! What the partners may say, and what they do.

use super::attempts::{asked, ended};
use super::scope::{Bank, Scope};
use crate::world::{Operation, Payment, Phase, Process, Registrar, Said, World};
use domain::sale::PaymentKind;

/// What the partner may say: anything at first, the same again under the same key.
pub(super) fn answers(world: &World, process: &Process, scope: Scope) -> Vec<Said> {
    let (said, first): (_, &[Said]) = match process.operation {
        Operation::PlaceOrder => (world.row(process.sale).order, &[Said::Yes, Said::No]),
        // What the bank has nobody can give back: no answer.
        Operation::Refund(tried)
            if world.payments.get(&tried).is_some_and(Payment::is_taken_back) =>
        {
            (None, &[])
        }
        Operation::Register | Operation::Refund(_) => (Some(Said::Yes), &[]),
        _ => {
            let tried = ended(process).or_else(|| asked(process));
            let payment = tried.and_then(|tried| world.payments.get(&tried));
            let said = payment.and_then(|payment| payment.news.last().copied());
            let first: &[Said] = match scope.bank {
                Bank::Slow => &[Said::Yes, Said::No, Said::Later],
                Bank::Asks => &[Said::Waits],
                Bank::Prompt | Bank::Fickle => &[Said::Yes, Said::No],
            };
            // What waits for its customer ends when it is told to.
            let ends = said == Some(Said::Waits) && ended(process).is_some();
            (if ends { Some(Said::Ended) } else { said }, first)
        }
    };
    said.map_or_else(|| first.to_vec(), |said| vec![said])
}

/// The partner acts and answers. An answer that is lost is a crash after this.
pub(super) fn call(world: &mut World, process: Process, said: Said) -> Process {
    let sale = process.sale;
    let phase = match process.operation {
        Operation::PlaceOrder => {
            world.row_mut(sale).order = Some(said);
            Phase::Outcome(said)
        }
        Operation::Register => {
            let paid_in_full = PaymentKind::ALL.into_iter().all(|kind| world.has(sale, kind));
            let held = world.holder == Some(sale);
            world.row_mut(sale).registrar.get_or_insert(Registrar { paid_in_full, held });
            Phase::Outcome(said)
        }
        Operation::Refund(tried) => {
            if let Some(payment) = world.payments.get_mut(&tried) {
                payment.refunded = true;
            }
            Phase::Outcome(said)
        }
        _ => {
            let ended = ended(&process);
            match ended.or_else(|| asked(&process)) {
                Some(tried) => {
                    let known = world.payments.entry(tried).or_insert_with(|| Payment::new(said));
                    if !known.is(said) {
                        known.news.push(said);
                    }
                    if ended.is_none() && matches!(process.operation, Operation::Pay(_)) {
                        Phase::Outcome(said)
                    } else {
                        Phase::Settle(tried, said)
                    }
                }
                None => Phase::Outcome(said),
            }
        }
    };
    Process { phase, ..process }
}
