//! What can happen next, and what it makes of the world. Every decision is the domain's own.

mod attempts;
mod commands;
mod commit;
mod partners;
mod process;
mod scope;

pub(crate) use commit::Store;
pub(crate) use scope::{Act, Bank, Scope};

use crate::world::{Dispute, Operation, Phase, Said, Try, World, row, stock_sale};
use attempts::is_made;
use commit::commit;
use domain::sale::{PaymentKind, Wait};
use partners::{answers, call};
use process::{begin, go_on};

/// One step of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// The deadline that is awaited passes.
    Pass,
    /// The bank decides.
    Settle(Try, Said),
    /// The bank takes money back, or a dispute about that ends.
    Dispute(Try, Dispute),
    /// A process starts: it reads the sale.
    Begin(u8, Operation),
    /// Somebody buys the vehicle from stock.
    Resell,
    /// The process at this place commits.
    Commit(usize),
    /// The process at this place calls its partner, who says this.
    Call(usize, Said),
    /// The process at this place is gone.
    Crash(usize),
}

/// What can happen in the world.
pub(crate) fn possible(world: &World, scope: Scope, actions: &mut Vec<Action>) {
    if world.tick < scope.ticks {
        actions.push(Action::Pass);
    }
    if scope.acts.contains(&Act::Resell) && world.sales.len() < 2 {
        actions.push(Action::Resell);
    }
    for (tried, payment) in &world.payments {
        let may: &[Said] = match payment.news.last() {
            Some(Said::Later) => &[Said::Yes, Said::No],
            Some(Said::Waits) => &[Said::Yes, Said::No, Said::Ended],
            Some(Said::No) if scope.bank == Bank::Fickle => &[Said::Yes],
            _ => &[],
        };
        actions.extend(may.iter().map(|said| Action::Settle(*tried, *said)));
        let may: &[Dispute] = match payment.disputed.last() {
            None if scope.acts.contains(&Act::Dispute(tried.kind)) && payment.is_kept() => {
                &[Dispute::Opened]
            }
            Some(Dispute::Opened) => &[Dispute::Won, Dispute::Lost],
            _ => &[],
        };
        actions.extend(may.iter().map(|dispute| Action::Dispute(*tried, *dispute)));
    }
    for (place, process) in world.processes.iter().enumerate() {
        actions.push(Action::Crash(place));
        match process.phase {
            Phase::Call => actions.extend(
                answers(world, process, scope).iter().map(|said| Action::Call(place, *said)),
            ),
            _ => actions.push(Action::Commit(place)),
        }
    }
    if world.processes.len() < scope.processes {
        for sale in (0..).take(world.sales.len()) {
            let begins = operations(world, sale, scope)
                .into_iter()
                .filter(|operation| begin(world, sale, *operation).is_some());
            actions.extend(begins.map(|operation| Action::Begin(sale, operation)));
        }
    }
}

/// The world after a step; `None` where it changes nothing.
pub(crate) fn next(world: &World, action: Action, store: Store) -> Option<World> {
    let mut next = world.clone();
    match action {
        Action::Pass => next.tick += 1,
        Action::Settle(tried, said) => next.payments.get_mut(&tried)?.news.push(said),
        Action::Dispute(tried, dispute) => next.payments.get_mut(&tried)?.disputed.push(dispute),
        Action::Resell => {
            let in_stock = world.holder.is_none()
                && world.sales.iter().all(|row| row.stored.status().is_lost());
            if !in_stock && store != Store::AnyHolder {
                return None;
            }
            let sale = u8::try_from(world.sales.len()).ok()?;
            next.sales.push(row(stock_sale(sale, world.tick)));
            next.holder = Some(sale);
        }
        Action::Begin(sale, operation) => next.processes.push(begin(world, sale, operation)?),
        Action::Crash(place) => drop(next.processes.remove(place)),
        Action::Call(place, said) => {
            let process = next.processes.remove(place);
            let process = call(&mut next, process, said);
            next.processes.extend(go_on(process));
        }
        Action::Commit(place) => {
            let process = next.processes.remove(place);
            let process = commit(&mut next, &process, store);
            next.processes.extend(process.and_then(go_on));
        }
    }
    next.processes.sort_unstable();
    Some(next)
}

/// What may be begun for a sale: by its dealership, by webhooks of what a partner said, by the
/// workflow, by the queue.
fn operations(world: &World, sale: u8, scope: Scope) -> Vec<Operation> {
    let row = world.row(sale);
    let mut all = Vec::new();
    for kind in PaymentKind::ALL {
        let requests = (0..scope.requests).map(|request| Try { sale, kind, request, copy: false });
        // The second request comes after the first, finished or not: which is the first makes no
        // difference.
        all.extend(
            requests
                .filter(|tried| tried.request == 0 || is_made(world, Try { request: 0, ..*tried }))
                .map(Operation::Pay),
        );
        all.push(Operation::TimeOut(kind));
    }
    for (tried, payment) in world.payments.iter().filter(|(tried, _)| tried.sale == sale) {
        all.extend(payment.news.iter().map(|said| Operation::PaymentUpdate(*tried, *said)));
        // Whatever the news says, the gateway's books are read: as they are then.
        all.extend(payment.disputed.last().map(|now| Operation::DisputeUpdate(*tried, *now)));
        all.extend(row.refund_asked.then_some(Operation::Refund(*tried)));
    }
    all.extend(scope.acts.iter().filter_map(|act| match act {
        Act::Cancel => Some(Operation::Cancel),
        Act::Extend => Some(Operation::Extend),
        Act::Dispute(_) => Some(Operation::CloseCase),
        Act::Resell => None,
    }));
    all.extend(row.woken.contains(Wait::SignalPayment.as_str()).then_some(Operation::PlaceOrder));
    all.extend(
        scope
            .milestones
            .iter()
            .copied()
            .filter(|_| row.order == Some(Said::Yes))
            .map(Operation::FactoryUpdate),
    );
    all.extend(row.woken.contains(Wait::FinalPayment.as_str()).then_some(Operation::Register));
    all
}
