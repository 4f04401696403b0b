//! The state machine: its executions, their tasks, and the operator who starts failed ones again.

use super::engine::{Execution, Simulation};
use super::events::Event;
use super::processes::{Caller, Outcome};
use super::record::Alarm;
use super::settings::{DAY, SECOND};
use super::tasks::invoke;
use crate::asl::{Next, State as AslState, Task, Way, Work, matches};
use crate::memory::{Ports, short};
use domain::SaleId;
use domain::ports::TaskToken;
use domain::use_cases::time_out;

/// How often an operator starts a failed execution again.
const MAX_REDRIVES: u32 = 1_000;

impl<'w> Simulation<'w> {
    pub(super) fn execution_starts(&mut self, sale: SaleId) {
        if !self.executions.contains_key(&sale) {
            let mut way = Way::default();
            let state = self.machine.settled(&self.machine.start_at, &mut way);
            let execution = Execution {
                state,
                way,
                visit: 0,
                attempts: Vec::new(),
                waiting: false,
                done: false,
                token: None,
                transitions: 1,
                redrives: 0,
            };
            self.executions.insert(sale, execution);
            self.after(50, Event::Enter { execution: sale, visit: 0 });
        }
    }

    /// The execution that waits for this token goes on.
    pub(super) fn execution_resumes(&mut self, token: &TaskToken) {
        let woken = self
            .executions
            .iter()
            .find(|(_, execution)| execution.waiting && execution.token.as_ref() == Some(token));
        if let Some((sale, _)) = woken.map(|(sale, execution)| (*sale, execution.visit)) {
            self.task_ended(sale, Ok(None));
        }
    }

    /// The execution enters its state, or tries it again.
    pub(super) fn enter(&mut self, sale: SaleId, visit: u64) {
        let Some(execution) =
            self.executions.get_mut(&sale).filter(|known| known.visit == visit && !known.done)
        else {
            return;
        };
        let name = execution.state.clone();
        let machine = self.machine;
        match machine.states.get(&name) {
            Some(AslState::Succeed) => execution.done = true,
            Some(AslState::Fail) | None => {
                execution.done = true;
                self.failed(sale, name);
            }
            Some(AslState::Wait { seconds, next }) => {
                let wait = seconds.saturating_mul(SECOND);
                self.go(sale, next, wait);
            }
            // A choice is made where its task's answer is at hand: in `task_ended`.
            Some(AslState::Choice { .. } | AslState::GoRound { .. } | AslState::Again { .. }) => {
                self.failed(sale, name);
            }
            Some(AslState::Task(task)) => {
                self.note("workflow", || format!("{}: enters {name}", short(sale)));
                if let Some(seconds) = task.timeout_seconds {
                    self.after(
                        seconds.saturating_mul(SECOND),
                        Event::TimesOut { execution: sale, visit },
                    );
                }
                self.work(sale, visit, task);
            }
        }
    }

    pub(super) fn times_out(&mut self, execution: SaleId, visit: u64) {
        let waits = self
            .executions
            .get(&execution)
            .is_some_and(|known| known.visit == visit && !known.done);
        if waits {
            self.task_ended(execution, Err("States.Timeout"));
        }
    }

    /// What the current task of an execution came to; an earlier one's answer is stale.
    pub(super) fn worked(&mut self, execution: SaleId, visit: u64, outcome: &Outcome) {
        let current = self
            .executions
            .get(&execution)
            .is_some_and(|known| known.visit == visit && !known.done);
        if !current {
            return;
        }
        match outcome {
            Outcome::TokenStored(Ok(true)) => {}
            Outcome::TokenStored(Ok(false)) => {
                self.task_ended(execution, Err("DynamoDb.ConditionalCheckFailedException"));
            }
            Outcome::TokenStored(Err(())) => {
                self.task_ended(execution, Err("DynamoDb.ProvisionedThroughputExceededException"));
            }
            Outcome::Task(result) => self.task_ended(execution, *result),
            // The engine itself doesn't die: a call of its own that came to nothing is a
            // client's fault.
            _ if self.awaits(execution) => {
                self.task_ended(execution, Err("DynamoDb.SdkClientException"));
            }
            _ => self.task_ended(execution, Err("Lambda.Unknown")),
        }
    }

    /// Money that the bank took back is the dealership's to settle: until then a redrive would only
    /// wait again.
    pub(super) fn failed_again(&mut self, sale: SaleId) {
        if self.world.with(|state| state.sales.get(&sale).is_some_and(|row| row.sale.is_on_hold()))
        {
            self.after(10 * DAY, Event::OperatorLooks(sale));
        } else {
            self.redrive(sale);
        }
    }

    fn work(&mut self, sale: SaleId, visit: u64, task: &'w Task) {
        let caller = Caller::Workflow { execution: sale, visit };
        match &task.work {
            Work::Await(awaited) => {
                let token = TaskToken(format!("{sale}/{visit}"));
                if let Some(execution) = self.executions.get_mut(&sale) {
                    execution.token = Some(token.clone());
                    execution.waiting = true;
                }
                let awaited = awaited.clone();
                self.spawn(caller, |world, _| {
                    Box::pin(async move {
                        let ports = Ports::new(world, "state machine");
                        Outcome::TokenStored(
                            // A state that fails is tried again, whatever it was.
                            ports.store_token(sale, &awaited, &token).await.map_err(|_| ()),
                        )
                    })
                });
            }
            // Begun where it was led to: see `Machine::settled`.
            Work::StartAnew => {}
            Work::Function(function) => {
                let function = function.as_str();
                self.spawn(caller, move |world, now| {
                    Box::pin(async move { Outcome::Task(invoke(world, function, sale, now).await) })
                });
            }
        }
    }

    fn awaits(&self, sale: SaleId) -> bool {
        self.executions.get(&sale).is_some_and(|execution| execution.waiting)
    }

    fn go(&mut self, sale: SaleId, next: &Next, wait: i64) {
        let Some(execution) = self.executions.get_mut(&sale) else { return };
        execution.visit = execution.visit.saturating_add(1);
        execution.waiting = false;
        execution.attempts.clear();
        match next {
            Next::End => execution.done = true,
            Next::State(name) => {
                execution.state = self.machine.settled(name, &mut execution.way);
                execution.transitions = execution.transitions.saturating_add(1);
                let visit = execution.visit;
                self.after(wait.saturating_add(30), Event::Enter { execution: sale, visit });
            }
        }
    }

    /// The current task of an execution ended: go on, retry, catch or fail, as its definition says.
    fn task_ended(&mut self, sale: SaleId, result: Result<Option<time_out::Next>, &'static str>) {
        let machine = self.machine;
        let Some(execution) = self.executions.get_mut(&sale) else { return };
        let name = execution.state.clone();
        let Some(AslState::Task(task)) = machine.states.get(&name) else { return };
        let error = match result {
            Ok(answer) => return self.go_on(sale, &task.next, answer),
            Err(error) => error,
        };
        self.world.with(|state| {
            state.note("workflow", || format!("{}: {name} failed with {error}", short(sale)));
        });
        execution.attempts.resize(task.retry.len(), 0);
        let retrier =
            task.retry.iter().enumerate().find(|(_, retrier)| matches(&retrier.errors, error));
        if let Some((place, retrier)) = retrier
            && let Some(made) = execution.attempts.get_mut(place)
            && *made < retrier.max_attempts
        {
            let pause = retrier.interval_seconds
                * retrier.backoff_rate.powi(i32::try_from(*made).unwrap_or(i32::MAX));
            *made = made.saturating_add(1);
            execution.visit = execution.visit.saturating_add(1);
            execution.waiting = false;
            execution.transitions = execution.transitions.saturating_add(1);
            let visit = execution.visit;
            let millis = i64::try_from(
                std::time::Duration::from_secs_f64(pause.min(retrier.max_delay_seconds))
                    .as_millis(),
            )
            .unwrap_or(DAY);
            self.after(millis, Event::Enter { execution: sale, visit });
            return;
        }
        if let Some((_, target)) = task.catch.iter().find(|(names, _)| matches(names, error)) {
            self.go_on(sale, &Next::State(target.clone()), None);
        } else {
            execution.done = true;
            self.failed(sale, name);
        }
    }

    /// Follows a transition, through a choice if there is one.
    fn go_on(&mut self, sale: SaleId, next: &Next, answer: Option<time_out::Next>) {
        let machine = self.machine;
        if let Next::State(name) = next
            && let Some(AslState::Choice { targets, default }) = machine.states.get(name)
        {
            if let Some(execution) = self.executions.get_mut(&sale) {
                execution.transitions = execution.transitions.saturating_add(1);
            }
            let said = match answer {
                Some(time_out::Next::Proceed) => "proceed",
                Some(time_out::Next::Wait) => "wait",
                Some(time_out::Next::WaitForDeadline) => "wait_for_deadline",
                Some(time_out::Next::End) => "end",
                None => "",
            };
            let target = targets
                .iter()
                .find(|(value, _)| value == said)
                .map(|(_, target)| target)
                .or(default.as_ref());
            return match target {
                Some(target) => self.go(sale, &Next::State(target.clone()), 0),
                None => self.failed(sale, name.clone()),
            };
        }
        self.go(sale, next, 0);
    }

    fn failed(&mut self, sale: SaleId, state: String) {
        self.alarm(Alarm::FailedExecution(sale, state));
    }

    fn redrive(&mut self, sale: SaleId) {
        let Some(execution) =
            self.executions.get_mut(&sale).filter(|known| known.redrives < MAX_REDRIVES)
        else {
            return;
        };
        // A `Fail` state is redriven at the task that led to it: the last one that can be entered.
        let work = matches!(self.machine.states.get(&execution.state), Some(AslState::Task(_)));
        if work {
            execution.redrives = execution.redrives.saturating_add(1);
            execution.done = false;
            let state = execution.state.clone();
            self.go(sale, &Next::State(state), 0);
        }
    }
}
