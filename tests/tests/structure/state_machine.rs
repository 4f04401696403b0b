//! The state machine and what it calls say the same.

use crate::files::{attribute_of, differences, everywhere, keys, no_faults, read, text, values};
use crate::template::Template;
use anyhow::{Context, Result, ensure};
use domain::task_errors;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Where everything that goes round comes by, and is counted.
const GO_ROUND: &str = "GoRound";

/// Protects against a sale whose wait has no end on AWS's side: an execution lasts a year and 25,000
/// events at most. Without the one state that counts, the machine goes round nowhere; a round that is
/// counted is a day for each count, or an hour with 15 events.
#[test]
fn state_machine_goes_round_by_the_one_state_that_counts() -> Result<()> {
    let machine = StateMachine::read()?;
    let onwards = |name: &str| -> Vec<&str> {
        let Some(state) = machine.states.get(name).filter(|_| name != GO_ROUND) else {
            return Vec::new();
        };
        everywhere(state, &["Next", "Default"]).into_iter().filter_map(Value::as_str).collect()
    };
    let mut faults = Vec::new();
    for first in machine.states.keys() {
        let (mut reached, mut open) = (BTreeSet::new(), onwards(first));
        while let Some(name) = open.pop() {
            if reached.insert(name) {
                open.extend(onwards(name));
            }
        }
        let is_round = reached.contains(first.as_str());
        faults.extend(is_round.then(|| format!("{first} leads to itself, and nobody counts")));
    }
    no_faults(faults)
}

/// Protects each failure's path: a name that one side misspells would fail the sale, or never be
/// retried.
#[test]
fn state_machine_matches_the_names_of_task_errors() -> Result<()> {
    let machine = StateMachine::read()?;
    let known: BTreeSet<String> = task_errors::ALL.iter().map(ToString::to_string).collect();
    let matched = machine.matched_errors()?;
    let of_services = |name: &str| {
        ["States.", "Lambda.", "DynamoDb.", "StepFunctions."]
            .iter()
            .any(|service| name.starts_with(service))
            || name == "Sandbox.Timedout"
    };
    let mut faults = Vec::new();
    for name in matched.iter().filter(|name| !of_services(name) && !known.contains(*name)) {
        faults.push(format!("the state machine matches {name}, which no task ends with"));
    }
    for name in known
        .iter()
        .filter(|name| *name != task_errors::NEEDS_ATTENTION && !matched.contains(*name))
    {
        faults.push(format!("tasks end with {name}, which the state machine matches nowhere"));
    }
    no_faults(faults)
}

/// Protects the redrive: what people must look at fails in the task's own state, where an execution
/// can be taken up again.
#[test]
fn state_machine_lets_what_needs_attention_fail() -> Result<()> {
    let matched = StateMachine::read()?.matched_errors()?;
    let too_wide = [task_errors::NEEDS_ATTENTION, "States.ALL", "States.TaskFailed"]
        .into_iter()
        .filter(|name| matched.contains(*name));
    no_faults(too_wide.map(|name| format!("the state machine must not match {name}")))
}

/// Protects against a transition into nothing, which the local cloud accepts, and against states
/// that are left over.
#[test]
fn state_machine_reaches_every_state_and_no_other() -> Result<()> {
    let machine = StateMachine::read()?;
    let mut reached = BTreeSet::new();
    let mut open = vec![machine.start.as_str()];
    let mut faults = Vec::new();
    while let Some(name) = open.pop() {
        if !reached.insert(name) {
            continue;
        }
        match machine.states.get(name) {
            Some(state) => open.extend(
                everywhere(state, &["Next", "Default"]).into_iter().filter_map(Value::as_str),
            ),
            None => faults.push(format!("{name} is no state")),
        }
    }
    let unreached = machine.states.keys().filter(|name| !reached.contains(name.as_str()));
    faults.extend(unreached.map(|name| format!("no state leads to {name}")));
    no_faults(faults)
}

/// Protects invariant 8: a sale waits in a named state that has a deadline.
#[test]
fn state_machine_waits_have_a_deadline() -> Result<()> {
    let machine = StateMachine::read()?;
    let waits = |state: &Value| {
        state
            .get("Resource")
            .and_then(Value::as_str)
            .is_some_and(|work| work.ends_with(".waitForTaskToken"))
    };
    let waits: Vec<_> = machine.states.iter().filter(|(_, state)| waits(state)).collect();
    ensure!(!waits.is_empty(), "no state waits for a token");
    let endless = waits
        .iter()
        .filter(|(_, state)| !state.get("TimeoutSeconds").is_some_and(Value::is_number));
    no_faults(endless.map(|(name, _)| format!("{name} waits for a token without TimeoutSeconds")))
}

/// Protects partners and people: what keeps failing comes to an end that they see.
#[test]
fn state_machine_retries_are_bounded() -> Result<()> {
    let machine = StateMachine::read()?;
    let mut faults = Vec::new();
    for (name, state) in &machine.states {
        let retriers =
            everywhere(state, &["Retry"]).into_iter().filter_map(Value::as_array).flatten();
        let unbounded =
            retriers.filter(|retrier| !retrier.get("MaxAttempts").is_some_and(Value::is_number));
        faults.extend(unbounded.map(|retrier| {
            format!("{name} retries {:?} without MaxAttempts", retrier.get("ErrorEquals"))
        }));
    }
    no_faults(faults)
}

/// Protects customers and operators: a partner that is down from Friday evening to Monday is asked
/// again by then, and nobody has to redrive anything (R-137 of `docs/requirements.md`).
#[test]
fn a_weekend_s_outage_needs_nobody() -> Result<()> {
    let machine = StateMachine::read()?;
    let mut faults = Vec::new();
    for name in ["PlaceFactoryOrder", "RegisterVehicle"] {
        let state = machine.states.get(name).with_context(|| format!("there is no {name}"))?;
        let retriers = everywhere(state, &["Retry"]).into_iter().filter_map(Value::as_array);
        let patience = retriers.flatten().filter(|retrier| {
            values(retrier.get("ErrorEquals")).contains(&task_errors::PARTNER_UNAVAILABLE)
        });
        let seconds = patience.filter_map(|retrier| {
            let [tries, most] = ["MaxAttempts", "MaxDelaySeconds"].map(|name| retrier.get(name));
            // Full jitter: half of it in the mean.
            Some(tries?.as_u64()? * most?.as_u64()? / 2)
        });
        let hours = seconds.sum::<u64>() / 3600;
        faults.extend((hours < 72).then(|| format!("{name} is tried for {hours} hours alone")));
    }
    no_faults(faults)
}

/// Protects the domain's monopoly on decisions: the state machine branches on a task's answer and
/// on nothing else.
#[test]
fn state_machine_branches_only_on_the_answer_of_a_task() -> Result<()> {
    let machine = StateMachine::read()?;
    let choices: Vec<_> = machine
        .states
        .iter()
        .filter(|(name, state)| {
            // It looks at how often, and where to: no matter of the business.
            name.as_str() != GO_ROUND && state.get("Type") == Some(&json!("Choice"))
        })
        .collect();
    ensure!(!choices.is_empty(), "no state branches");
    let mut faults = Vec::new();
    for (name, state) in choices {
        for rule in state
            .get("Choices")
            .and_then(Value::as_array)
            .with_context(|| format!("{name} has no Choices"))?
        {
            let parts = keys(Some(rule))
                == BTreeSet::from(["Next", "StringEquals", "Variable"].map(str::to_owned));
            let of_the_answer = rule.get("Variable") == Some(&json!("$.answer.next"));
            faults.extend(
                (!parts || !of_the_answer)
                    .then(|| format!("{name} looks at more than a task's answer: {rule}")),
            );
        }
    }
    no_faults(faults)
}

/// Protects against a placeholder that is deployed as it stands.
#[test]
fn state_machine_placeholders_are_all_substituted() -> Result<()> {
    let (machine, template) = (StateMachine::read()?, Template::read()?);
    let substituted = keys(template.property("SaleLifecycle", "/DefinitionSubstitutions"));
    no_faults(differences(
        ("the state machine", &machine.placeholders),
        ("the template's DefinitionSubstitutions", &substituted),
    ))
}

/// The state machine, as its own role names it.
const ITSELF: &str = "itself";

/// Protects least privilege: the state machine's role may do what its states do, where they do it;
/// and set up its log.
#[test]
fn state_machine_s_role_may_do_what_its_states_do() -> Result<()> {
    let (machine, template) = (StateMachine::read()?, Template::read()?);
    let resource = |name: &str| {
        let place =
            template.property("SaleLifecycle", &format!("/DefinitionSubstitutions/{name}"))?;
        attribute_of(place).or_else(|| place.get("Ref")?.as_str())
    };
    let mut done = BTreeSet::new();
    for (name, state) in
        machine.states.iter().filter(|(_, state)| state.get("Type") == Some(&json!("Task")))
    {
        let work = text(state, "/Resource")?
            .trim_start_matches("arn:aws:states:::")
            .trim_end_matches(".waitForTaskToken");
        let (action, place) = match work {
            "lambda:invoke" => ("lambda:InvokeFunction", "/Parameters/FunctionName"),
            "aws-sdk:dynamodb:updateItem" => ("dynamodb:UpdateItem", "/Parameters/TableName"),
            "states:startExecution" => {
                ensure!(
                    state.pointer("/Parameters/StateMachineArn.$")
                        == Some(&json!("$$.StateMachine.Id")),
                    "{name} starts another state machine"
                );
                done.insert(format!("states:StartExecution on {ITSELF}"));
                continue;
            }
            other => anyhow::bail!("{name} does {other}, for which this test knows no action"),
        };
        let place = resource(text(state, place)?)
            .with_context(|| format!("{name} works on nothing of the template"))?;
        done.insert(format!("{action} on {place}"));
    }
    let (mut granted, mut faults) = (BTreeSet::new(), Vec::new());
    let policies = template
        .property("SaleLifecycleRole", "/Policies")
        .context("the state machine's role has no policies")?;
    for statement in
        everywhere(policies, &["Statement"]).into_iter().filter_map(Value::as_array).flatten()
    {
        let (actions, places) =
            (values(statement.get("Action")), statement.get("Resource").context("no Resource")?);
        if places == &json!("*") {
            faults.extend(
                actions
                    .iter()
                    .filter(|action| !action.starts_with("logs:"))
                    .map(|action| format!("{action} on all")),
            );
            continue;
        }
        let places =
            places.as_array().map_or_else(|| vec![places], |places| places.iter().collect());
        for place in places {
            let itself = place.get("Fn::Sub").and_then(Value::as_str);
            let itself = itself
                .filter(|arn| arn.ends_with(":stateMachine:${AWS::StackName}-sale-lifecycle"));
            let place = attribute_of(place)
                .or(itself.map(|_| ITSELF))
                .with_context(|| format!("{place} is no resource of the template"))?;
            granted.extend(actions.iter().map(|action| format!("{action} on {place}")));
        }
    }
    faults.extend(differences(("the state machine", &done), ("its role", &granted)));
    no_faults(faults)
}

/// `statemachine/sale_lifecycle.asl.json`; a text's placeholder is its name, a number's is 1.
struct StateMachine {
    start: String,
    states: BTreeMap<String, Value>,
    placeholders: BTreeSet<String>,
}

impl StateMachine {
    fn read() -> Result<Self> {
        let mut definition = read("statemachine/sale_lifecycle.asl.json")?;
        let mut placeholders = BTreeSet::new();
        while let Some((_, after)) = definition.split_once("${") {
            let (name, _) = after.split_once('}').context("an open placeholder")?;
            let (name, placeholder) = (name.to_owned(), format!("${{{name}}}"));
            let quoted = |text: &str| format!("\"{text}\"");
            definition = definition
                .replace(&quoted(&placeholder), &quoted(&name))
                .replace(&placeholder, "1");
            placeholders.insert(name);
        }
        let definition: Value = serde_json::from_str(&definition)?;
        let states = definition.get("States").and_then(Value::as_object).context("no States")?;
        let states = states.iter().map(|(name, state)| (name.clone(), state.clone())).collect();
        Ok(Self { start: text(&definition, "/StartAt")?.to_owned(), states, placeholders })
    }

    /// Every error name that some state retries or catches.
    fn matched_errors(&self) -> Result<BTreeSet<String>> {
        let lists = self.states.values().flat_map(|state| everywhere(state, &["ErrorEquals"]));
        let matched: BTreeSet<_> =
            lists.flat_map(|list| values(Some(list))).map(str::to_owned).collect();
        ensure!(!matched.is_empty(), "no state retries or catches");
        Ok(matched)
    }
}
