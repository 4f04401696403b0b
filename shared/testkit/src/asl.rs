//! The part of the Amazon States Language that the lifecycle uses, read from the same file that is
//! deployed, so that the simulation waits, retries and catches as the definition says.
//!
//! Understood: `Task` (a function, the token wait on the table, or the sale's next execution),
//! `Choice` on one string or on the rounds that were counted, `Pass` that counts one, `Wait`,
//! `Succeed`, `Fail`, with `Retry`, `Catch` and `TimeoutSeconds`. Anything else is refused when the
//! file is read.

use serde_json::Value;
use std::collections::BTreeMap;

/// A state machine's definition, with its placeholders filled in.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The first state.
    pub start_at: String,
    /// The states by name.
    pub states: BTreeMap<String, State>,
}

/// One state of the machine, of a type that is understood here.
#[derive(Debug, Clone)]
pub enum State {
    /// Work, by a function or by the wait for a token.
    Task(Task),
    /// A branch on a string of the task's answer: the matching target, or the default.
    Choice {
        /// Value and target.
        targets: Vec<(String, String)>,
        /// Where nothing matches.
        default: Option<String>,
    },
    /// The place where what goes round is counted, and each execution begins.
    GoRound {
        /// From so many rounds on another execution takes over.
        limit: i64,
        /// Where that is.
        anew: String,
        /// The waits that it leads to.
        targets: Vec<String>,
    },
    /// A round that is counted.
    Again {
        /// How much it counts.
        rounds: i64,
        /// Which wait comes again.
        to: String,
        /// Where it is counted.
        next: Next,
    },
    /// A pause in seconds.
    Wait {
        /// How long the pause is, in seconds of virtual time.
        seconds: i64,
        /// What follows when it is over.
        next: Next,
    },
    /// The end, well.
    Succeed,
    /// The end, badly.
    Fail,
}

/// What follows a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Another state, by its name.
    State(String),
    /// The execution succeeds.
    End,
}

/// A task state: its work, and what becomes of its failures.
#[derive(Debug, Clone)]
pub struct Task {
    /// What it does.
    pub work: Work,
    /// After how many seconds it fails with `States.Timeout`.
    pub timeout_seconds: Option<i64>,
    /// Retriers, in order.
    pub retry: Vec<Retrier>,
    /// Catchers, in order: error names and target.
    pub catch: Vec<(Vec<String>, String)>,
    /// What follows success.
    pub next: Next,
}

/// What a task does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Invokes a function.
    Function(String),
    /// Stores its token in the sale while `awaits` is this, and waits.
    Await(String),
    /// Starts the sale's next execution.
    StartAnew,
}

/// A retry policy.
#[derive(Debug, Clone)]
pub struct Retrier {
    /// Error names that it takes.
    pub errors: Vec<String>,
    /// The first pause, in seconds.
    pub interval_seconds: f64,
    /// Factor from pause to pause.
    pub backoff_rate: f64,
    /// How many retries there are at most, the first try not counted.
    pub max_attempts: u32,
    /// The longest pause, in seconds, however many went before.
    pub max_delay_seconds: f64,
}

/// How far an execution has gone round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// What was counted.
    pub rounds: i64,
    /// The wait that comes next.
    pub to: String,
    /// How many executions the sale has had before this one.
    pub executions: u32,
}

impl Default for Way {
    /// A sale's first execution's.
    fn default() -> Self {
        Self { rounds: 0, to: "AwaitSignalPayment".to_owned(), executions: 0 }
    }
}

/// Whether an error's name matches one in a list.
pub fn matches(names: &[String], error: &str) -> bool {
    names.iter().any(|name| {
        name == error
            || name == "States.ALL"
            || (name == "States.TaskFailed" && error != "States.Timeout")
    })
}

impl Machine {
    /// Reads a definition. `substitute` gives the value of a `${Name}` placeholder: a function's
    /// name or a number.
    pub fn parse(text: &str, substitute: impl Fn(&str) -> String) -> Result<Self, String> {
        let mut resolved = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, tail) = after.split_once('}').ok_or("an open placeholder")?;
            resolved.push_str(before);
            resolved.push_str(&substitute(name));
            rest = tail;
        }
        resolved.push_str(rest);
        let value: Value = serde_json::from_str(&resolved).map_err(|error| error.to_string())?;
        let start_at = string(&value, "StartAt")?;
        let states = value.get("States").and_then(Value::as_object).ok_or("no States")?;
        let states: BTreeMap<_, _> = states
            .iter()
            .map(|(name, state)| {
                Ok((name.clone(), parse_state(state).map_err(|e| format!("{name}: {e}"))?))
            })
            .collect::<Result<_, String>>()?;
        let machine = Self { start_at, states };
        machine.check_targets()?;
        Ok(machine)
    }

    /// Follows what is no work and no end, from a state to the next that is: counts the rounds, and
    /// begins another execution where they are too many. `way` is how many there were, and where to.
    pub fn settled(&self, from: &str, way: &mut Way) -> String {
        let mut name = from.to_owned();
        // Each round leads by three states at most; what leads nowhere is nobody's work.
        for _ in 0..8 {
            name = match self.states.get(&name) {
                Some(State::Again { rounds, to, next: Next::State(next) }) => {
                    way.rounds = way.rounds.saturating_add(*rounds);
                    way.to.clone_from(to);
                    next.clone()
                }
                Some(State::GoRound { limit, anew, .. }) if way.rounds >= *limit => anew.clone(),
                Some(State::GoRound { targets, .. }) if targets.contains(&way.to) => way.to.clone(),
                Some(State::Task(Task { work: Work::StartAnew, .. })) => {
                    way.rounds = 0;
                    way.executions = way.executions.saturating_add(1);
                    self.start_at.clone()
                }
                _ => return name,
            };
        }
        name
    }

    fn check_targets(&self) -> Result<(), String> {
        let mut targets = vec![self.start_at.clone()];
        for state in self.states.values() {
            match state {
                State::Task(task) => {
                    targets.extend(task.catch.iter().map(|(_, target)| target.clone()));
                    targets.extend(target(&task.next));
                }
                State::Choice { targets: branches, default } => {
                    targets.extend(branches.iter().map(|(_, target)| target.clone()));
                    targets.extend(default.clone());
                }
                State::GoRound { anew, targets: waits, .. } => {
                    targets.extend(waits.iter().chain([anew]).cloned());
                }
                State::Again { to, next, .. } => {
                    targets.extend(target(next).into_iter().chain([to.clone()]));
                }
                State::Wait { next, .. } => targets.extend(target(next)),
                State::Succeed | State::Fail => {}
            }
        }
        match targets.into_iter().find(|name| !self.states.contains_key(name)) {
            Some(dangling) => Err(format!("{dangling} is no state")),
            None => Ok(()),
        }
    }

    /// Every error name that some retrier or catcher matches, without the `States.` ones.
    pub fn matched_errors(&self) -> std::collections::BTreeSet<String> {
        let tasks = self.states.values().filter_map(|state| match state {
            State::Task(task) => Some(task),
            _ => None,
        });
        tasks
            .flat_map(|task| {
                task.retry
                    .iter()
                    .flat_map(|r| r.errors.clone())
                    .chain(task.catch.iter().flat_map(|(names, _)| names.clone()))
            })
            .filter(|name| !name.starts_with("States."))
            .collect()
    }
}

fn target(next: &Next) -> Option<String> {
    match next {
        Next::State(name) => Some(name.clone()),
        Next::End => None,
    }
}

fn string(value: &Value, key: &str) -> Result<String, String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| format!("no {key}"))
}

fn strings(value: &Value, key: &str) -> Vec<String> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn next(state: &Value) -> Result<Next, String> {
    match state.get("End").and_then(Value::as_bool) {
        Some(true) => Ok(Next::End),
        _ => string(state, "Next").map(Next::State),
    }
}

fn parse_state(state: &Value) -> Result<State, String> {
    match string(state, "Type")?.as_str() {
        "Succeed" => Ok(State::Succeed),
        "Fail" => Ok(State::Fail),
        "Wait" => {
            let seconds = state.get("Seconds").and_then(Value::as_i64).ok_or("no Seconds")?;
            Ok(State::Wait { seconds, next: next(state)? })
        }
        "Choice" => {
            let choices = state.get("Choices").and_then(Value::as_array).ok_or("no Choices")?;
            if let Some((first, waits)) = choices.split_first()
                && let Some(limit) = first.get("NumericGreaterThanEquals").and_then(Value::as_i64)
            {
                let targets = waits.iter().map(|wait| {
                    let to = string(wait, "Next")?;
                    (string(wait, "StringEquals")? == to)
                        .then_some(to)
                        .ok_or("another wait".to_owned())
                });
                let targets = targets.collect::<Result<_, String>>()?;
                return Ok(State::GoRound { limit, anew: string(first, "Next")?, targets });
            }
            let targets = choices
                .iter()
                .map(|choice| Ok((string(choice, "StringEquals")?, string(choice, "Next")?)));
            Ok(State::Choice {
                targets: targets.collect::<Result<_, String>>()?,
                default: string(state, "Default").ok(),
            })
        }
        "Pass" => {
            let counted = state.get("Parameters").ok_or("no Parameters")?;
            let sum = string(counted, "rounds.$")?;
            let rounds = sum.strip_prefix("States.MathAdd($.way.rounds, ");
            let rounds = rounds.and_then(|rest| rest.strip_suffix(')')?.parse().ok());
            let rounds = rounds.ok_or("it counts nothing")?;
            Ok(State::Again { rounds, to: string(counted, "to")?, next: next(state)? })
        }
        "Task" => parse_task(state).map(State::Task),
        other => Err(format!("state type {other} is not understood")),
    }
}

fn parse_task(state: &Value) -> Result<Task, String> {
    let resource = string(state, "Resource")?;
    let parameters = state.get("Parameters").ok_or("no Parameters")?;
    let work = if resource.ends_with(":states:::lambda:invoke") {
        Work::Function(string(parameters, "FunctionName")?)
    } else if resource.ends_with(":states:::aws-sdk:dynamodb:updateItem.waitForTaskToken") {
        let values = parameters
            .get("ExpressionAttributeValues")
            .and_then(Value::as_object)
            .ok_or("no values")?;
        let awaited = values.values().filter_map(|value| value.get("S")).find_map(Value::as_str);
        Work::Await(awaited.ok_or("no awaited value")?.to_owned())
    } else if resource.ends_with(":states:::states:startExecution") {
        Work::StartAnew
    } else {
        return Err(format!("resource {resource} is not understood"));
    };
    let retry =
        state.get("Retry").and_then(Value::as_array).into_iter().flatten().map(|retrier| Retrier {
            errors: strings(retrier, "ErrorEquals"),
            interval_seconds: retrier.get("IntervalSeconds").and_then(Value::as_f64).unwrap_or(1.0),
            backoff_rate: retrier.get("BackoffRate").and_then(Value::as_f64).unwrap_or(2.0),
            max_attempts: retrier
                .get("MaxAttempts")
                .and_then(Value::as_u64)
                .and_then(|n| n.try_into().ok())
                .unwrap_or(3),
            max_delay_seconds: retrier
                .get("MaxDelaySeconds")
                .and_then(Value::as_f64)
                .unwrap_or(f64::MAX),
        });
    let catch = state.get("Catch").and_then(Value::as_array).into_iter().flatten();
    let catch =
        catch.map(|catcher| Ok((strings(catcher, "ErrorEquals"), string(catcher, "Next")?)));
    Ok(Task {
        work,
        timeout_seconds: state.get("TimeoutSeconds").and_then(Value::as_i64),
        retry: retry.collect(),
        catch: catch.collect::<Result<_, String>>()?,
        next: next(state)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects a sale whose factory, bank or dealership takes years: no execution reaches AWS's
    /// limits, and the sale's wait goes on.
    #[test]
    fn a_wait_without_end_goes_on_in_another_execution() {
        let machine = crate::lifecycle::machine().unwrap();
        let mut way = Way::default();
        assert_eq!(machine.settled(&machine.start_at, &mut way), "AwaitSignalPayment");
        for (again, wait, rounds) in [
            ("VehicleAgain", "AwaitVehicle", 10),
            ("SignalPaymentAgain", "AwaitSignalPaymentAgain", 300),
            ("FinalPaymentAgain", "AwaitFinalPaymentAgain", 300),
            ("DeadlineAgain", "AwaitFinalPaymentReminded", 100),
            ("DealershipAgain", "AwaitDealership", 10),
        ] {
            let mut way = Way::default();
            for round in 1..=2 * rounds {
                assert_eq!(machine.settled(again, &mut way), wait);
                assert_eq!(way.executions, round / rounds, "{again}, round {round}");
            }
        }
    }
}
