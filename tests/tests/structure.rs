//! The project's walls, read from its files without building or running anything: which crate may
//! reach which, and that the functions, the template, the API's description and the state machine
//! say the same.

use anyhow::{Context, Result, ensure};
use domain::task_errors;
use serde_json::{Value, json};
use serde_yaml_ng::Value as Yaml;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

// ---- Crates ----

/// What each crate of the workspace may use of the others. A crate that isn't here has to be put
/// here first.
const MAY_USE: [(&str, &[&str]); 16] = [
    ("domain", &[]),
    ("mail", &["domain"]),
    ("adapters", &["domain", "mail"]),
    ("edge", &["domain"]),
    ("wiring", &["adapters", "edge"]),
    ("testkit", &["domain"]),
    ("proxy", &[]),
    ("partners", &[]),
    ("tools", &[]),
    ("stack", &["proxy", "tools"]),
    ("bench", &["proxy", "stack", "tools"]),
    // It builds and starts the two above; to use them would be to wait for them.
    ("xtask", &["tools"]),
    ("end-to-end", &["adapters", "domain", "edge", "proxy", "stack", "testkit", "tools"]),
    // And the functions, whose handlers these call.
    ("local-functions", &["domain", "edge", "wiring"]),
    ("fuzz", &["domain", "edge", "testkit"]),
    ("load", &["adapters", "domain", "edge", "testkit"]),
];

/// What each function may use of the other crates.
const A_FUNCTION_MAY_USE: [&str; 3] = ["domain", "edge", "wiring"];
/// What the portal may use: it writes money and dates as the mails do.
const THE_PORTAL_MAY_USE: [&str; 4] = ["domain", "edge", "mail", "wiring"];

/// Protects the direction of the dependencies: decisions know nothing of what carries them out.
#[test]
fn crates_use_only_the_crates_that_the_table_lists() -> Result<()> {
    let crates = Crates::read()?;
    let table = BTreeMap::from(MAY_USE);
    let mut faults = Vec::new();
    for (name, id) in &crates.members {
        let allowed = if name == "portal" {
            Some(THE_PORTAL_MAY_USE.as_slice())
        } else if crates.functions.contains(name) {
            Some(A_FUNCTION_MAY_USE.as_slice())
        } else {
            table.get(&**name).copied()
        };
        let Some(allowed) = allowed else {
            faults.push(format!("{name} is not in the table of what each crate may use"));
            continue;
        };
        let calls = |used: &str| {
            ["fuzz", "load", "local-functions"].contains(&&**name)
                && crates.functions.contains(used)
        };
        let used = crates.uses(id).filter(|used| {
            crates.members.contains_key(*used) && !allowed.contains(used) && !calls(used)
        });
        faults.extend(used.map(|used| format!("{name} must not use {used}")));
    }
    faults.extend(
        MAY_USE
            .iter()
            .filter(|(name, _)| !crates.members.contains_key(*name))
            .map(|(name, _)| format!("{name} is no crate")),
    );
    no_faults(faults)
}

/// Protects the domain's and the mails' tests and simulation from time, network and cloud: they run
/// in memory.
#[test]
fn domain_and_mail_reach_no_cloud_no_network_and_no_runtime() -> Result<()> {
    let crates = Crates::read()?;
    let outside = |name: &str| {
        let io =
            ["tokio", "reqwest", "hyper", "http", "axum", "rustls", "adapters", "edge", "wiring"];
        io.contains(&name)
            || name.starts_with("aws-")
            || name.starts_with("lambda")
            || name.starts_with("aws_lambda")
    };
    no_faults([crates.forbidden("domain", outside)?, crates.forbidden("mail", outside)?].concat())
}

/// Protects each of the two from the other's changes, and both from test code: only the wiring
/// joins them.
#[test]
fn edge_and_adapters_do_not_reach_each_other_nor_the_testkit() -> Result<()> {
    let crates = Crates::read()?;
    let of_edge = crates
        .forbidden("edge", |name| ["adapters", "mail", "wiring", "testkit"].contains(&name))?;
    let of_adapters =
        crates.forbidden("adapters", |name| ["edge", "wiring", "testkit"].contains(&name))?;
    no_faults([of_edge, of_adapters].concat())
}

/// Protects the bootstraps' size and start-up: no fakes, no tools' libraries, ring as the only
/// library for TLS, and no search for credentials or roots that Lambda has put into the
/// environment.
#[test]
fn functions_reach_no_fakes_no_tools_and_no_second_crypto_library() -> Result<()> {
    let crates = Crates::read()?;
    let unwanted = [
        "testkit",
        "axum",
        "clap",
        "aws-config",
        "aws-lc-rs",
        "aws-lc-sys",
        "native-tls",
        "openssl-sys",
    ];
    let mut faults = Vec::new();
    for function in &crates.functions {
        faults.extend(crates.forbidden(function, |name| unwanted.contains(&name))?);
    }
    no_faults(faults)
}

/// What the owner named, and the functions that carry each of them between them.
const PACKAGES_OF_THE_OWNER: [&str; 9] = [
    "aws-sdk-dynamodb",
    "aws-sdk-sesv2",
    "aws-sdk-sfn",
    "aws-sdk-sqs",
    "lambda_http",
    "lambda_runtime",
    "reqwest",
    "serde",
    "tokio",
];

/// Protects whoever keeps the code: what the field's libraries carry isn't written here again.
#[test]
fn functions_stand_on_the_packages_that_the_owner_named() -> Result<()> {
    let crates = Crates::read()?;
    let mut faults = Vec::new();
    for function in ["register-sale", "pay-signal", "send-notification", "relay-events"] {
        for package in PACKAGES_OF_THE_OWNER {
            let ways = crates.forbidden(function, |name| name == package)?;
            faults
                .extend(ways.is_empty().then(|| format!("{function} doesn't stand on {package}")));
        }
    }
    no_faults(faults)
}

/// Where clients are made: the one file that may speak of sockets and TLS.
const CLIENTS: &str = "shared/adapters/src/clients.rs";

/// Protects the same from the other side: no socket, TLS or request signature of our own.
#[test]
fn sockets_tls_and_signatures_of_requests_are_in_one_file() -> Result<()> {
    let ours = [
        "hyper::",
        "hyper_util",
        "rustls::",
        "ring::",
        "TcpStream",
        "UdpSocket",
        "tokio::net",
        "AWS4-HMAC",
    ];
    let mut faults = Vec::new();
    let mut files = Vec::new();
    for folder in ["functions", "shared"] {
        rust_files(&root().join(folder), &mut files)?;
    }
    for file in files {
        let path = file.strip_prefix(root())?.to_string_lossy().into_owned();
        let is_test = path.contains("/tests/") || path.ends_with("tests.rs");
        if path == CLIENTS || is_test {
            continue;
        }
        let text = fs::read_to_string(&file)?;
        // A whole word: `wiring::` is another thing.
        let has = |name: &str| {
            text.match_indices(name).any(|(at, _)| {
                let before = text.get(..at).and_then(|before| before.chars().next_back());
                before.is_none_or(|before| !before.is_alphanumeric() && before != '_')
            })
        };
        let written = ours.iter().filter(|name| has(name));
        faults.extend(written.map(|name| format!("{path} has {name}")));
    }
    no_faults(faults)
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            rust_files(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

// ---- Functions ----

/// Protects the build: all functions are built at once, then `sam` builds each alone. Were one
/// function's dependencies to add a feature to what the others use too, each would be built all
/// over again.
#[test]
fn a_function_alone_has_the_features_that_all_have_together() -> Result<()> {
    let folders = function_folders()?;
    let features = |folders: &mut dyn Iterator<Item = &String>| -> Result<BTreeSet<String>> {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(root()).args([
            "tree",
            "--locked",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p} {f}",
        ]);
        for folder in folders {
            cargo.args(["--package", folder]);
        }
        let output = cargo.output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?
            .lines()
            .map(|line| line.trim_end_matches(" (*)").to_owned())
            .collect())
    };
    let together = features(&mut folders.iter())?;
    no_faults(
        folders
            .iter()
            .map(|folder| Ok((folder, features(&mut std::iter::once(folder))?)))
            .collect::<Result<Vec<_>>>()?
            .iter()
            .flat_map(|(folder, alone)| {
                alone.difference(&together).map(move |line| format!("{folder} alone has {line}"))
            }),
    )
}

/// Protects the rule that `main.rs` wires and decides nothing: what is longer does more than that.
#[test]
fn main_files_have_thirty_lines_at_most() -> Result<()> {
    let mut faults = Vec::new();
    for folder in function_folders()? {
        let lines = read(&format!("functions/{folder}/src/main.rs"))?.lines().count();
        faults
            .extend((lines > 30).then(|| {
                format!("functions/{folder}/src/main.rs has {lines} lines, more than 30")
            }));
    }
    no_faults(faults)
}

/// Protects against a function that is written and never deployed, and a deployed one that has no
/// code.
#[test]
fn each_function_folder_is_a_function_of_the_template() -> Result<()> {
    let deployed = Template::read()?.function_folders()?;
    let folders: BTreeSet<String> = deployed.values().cloned().collect();
    let mut faults = differences(("functions", &function_folders()?), ("the template", &folders));
    faults.extend(
        (folders.len() != deployed.len())
            .then(|| "two functions of the template have one folder".to_owned()),
    );
    no_faults(faults)
}

/// Protects against a function that can't start for want of a setting, and against settings that
/// nothing reads.
#[test]
fn functions_get_exactly_the_settings_that_they_read() -> Result<()> {
    let (template, settings) = (Template::read()?, Settings::read()?);
    // Read by the C library.
    let of_the_process =
        settings.of_run.iter().cloned().chain(["GLIBC_TUNABLES".to_owned()]).collect();
    let mut faults = differences(
        ("wiring::run", &of_the_process),
        (
            "the template's globals",
            &keys(template.whole.pointer("/Globals/Function/Environment/Variables")),
        ),
    );
    for (resource, folder) in template.function_folders()? {
        let given = keys(template.property(&resource, "/Environment/Variables"));
        let read = settings.read_by(&folder)?;
        faults.extend(differences(
            (&format!("{folder}'s main.rs"), &read),
            (&format!("{resource} of the template"), &given),
        ));
    }
    no_faults(faults)
}

// ---- State machine ----

/// Protects each failure's path: a name that one side misspells would fail the sale, or never be
/// retried.
#[test]
fn state_machine_matches_the_names_of_task_errors() -> Result<()> {
    let machine = StateMachine::read()?;
    let known: BTreeSet<String> = task_errors::ALL.iter().map(ToString::to_string).collect();
    let matched = machine.matched_errors()?;
    let of_services = |name: &str| {
        ["States.", "Lambda.", "DynamoDb."].iter().any(|service| name.starts_with(service))
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

/// Protects the domain's monopoly on decisions: the state machine branches on a task's answer and
/// on nothing else.
#[test]
fn state_machine_branches_only_on_the_answer_of_a_task() -> Result<()> {
    let machine = StateMachine::read()?;
    let choices: Vec<_> = machine
        .states
        .iter()
        .filter(|(_, state)| state.get("Type") == Some(&json!("Choice")))
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

// ---- API ----

/// Protects the API's users: what its description promises is deployed, behind the same lock, by
/// the function it names.
#[test]
fn description_and_template_have_the_same_routes() -> Result<()> {
    let described = described_routes()?;
    let deployed = Template::read()?.routes()?.iter().map(Route::to_string).collect();
    no_faults(differences(("infra/openapi.yaml", &described), ("infra/template.yaml", &deployed)))
}

/// Protects against a route that answers 500 on AWS alone, since the API may not invoke its
/// function there.
#[test]
fn api_may_invoke_the_function_of_each_route() -> Result<()> {
    let template = Template::read()?;
    let mut faults = Vec::new();
    for route in template.routes()? {
        let any_id = |segment: &str| {
            if segment.starts_with('{') { "*".to_owned() } else { segment.to_owned() }
        };
        let path = route.path.split('/').map(any_id).collect::<Vec<_>>().join("/");
        let ending = format!(":${{Api}}/*/{}{path}", route.method);
        let permitted = template.of_type("AWS::Lambda::Permission").any(|(_, permission)| {
            let source =
                permission.pointer("/Properties/SourceArn/Fn::Sub").and_then(Value::as_str);
            permission.pointer("/Properties/FunctionName/Ref") == Some(&json!(route.resource))
                && source.is_some_and(|source| source.ends_with(&ending))
        });
        faults.extend(
            (!permitted).then(|| {
                format!("no permission lets the API invoke {} for {route}", route.resource)
            }),
        );
    }
    no_faults(faults)
}

// ---- Permissions ----

/// Protects least privilege: a statement that can't name its resource says why, right above.
#[test]
fn statements_on_every_resource_say_why() -> Result<()> {
    let template = Template::read()?;
    let lines: Vec<&str> = template.text.lines().collect();
    let everything = |line: &str| {
        line.contains("\"*\"") && (line.contains("Resource:") || line.trim_start() == "- \"*\"")
    };
    let (mut found, mut faults) = (0, Vec::new());
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| everything(line)) {
        found += 1;
        let start =
            lines.iter().take(at + 1).rposition(|line| line.trim_start().starts_with("- Effect:"));
        let above = start.and_then(|start| lines.get(start.checked_sub(1)?));
        let explained = above.is_some_and(|above| above.trim_start().starts_with('#'));
        faults.extend((!explained).then(|| {
            format!("line {} of the template: no comment above the statement says why", at + 1)
        }));
    }
    // One that is on every resource only in some stacks counts, too.
    let wide = |statement: &&Value| {
        statement.get("Resource").is_some_and(|resource| resource.to_string().contains("\"*\""))
    };
    let wide = template.statements().into_iter().filter(wide).count();
    faults.extend((wide != found).then(|| {
        format!("{wide} statements are on every resource, {found} of them in plain sight")
    }));
    no_faults(faults)
}

/// Protects least privilege: what a role may do is written out, so that AWS adds nothing to it
/// later.
#[test]
fn statements_have_no_wildcard_in_their_actions() -> Result<()> {
    let template = Template::read()?;
    let statements = template.statements();
    ensure!(!statements.is_empty(), "the template has no statement");
    let exact = |statement: &Value| {
        let actions = values(statement.get("Action"));
        !actions.is_empty() && !actions.iter().any(|action| action.contains('*'))
    };
    let inexact = statements.iter().filter(|statement| !exact(statement));
    no_faults(inexact.map(|statement| format!("a wildcard, or no action: {statement}")))
}

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
            let place = attribute_of(place)
                .with_context(|| format!("{place} is no resource of the template"))?;
            granted.extend(actions.iter().map(|action| format!("{action} on {place}")));
        }
    }
    faults.extend(differences(("the state machine", &done), ("its role", &granted)));
    no_faults(faults)
}

// ---- Data ----

/// Protects what is stored: encrypted, and the table can be brought back to any second of the last
/// 35 days.
#[test]
fn what_is_stored_is_encrypted_and_the_table_can_be_restored() -> Result<()> {
    let template = Template::read()?;
    let mut faults = Vec::new();
    for (kind, pointers) in [
        (
            "AWS::DynamoDB::Table",
            &[
                "/SSESpecification/SSEEnabled",
                "/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled",
            ][..],
        ),
        ("AWS::SQS::Queue", &["/SqsManagedSseEnabled"]),
        ("AWS::SNS::Topic", &["/KmsMasterKeyId"]),
        ("AWS::KMS::Key", &["/EnableKeyRotation"]),
    ] {
        let found: Vec<_> = template.of_type(kind).collect();
        ensure!(!found.is_empty(), "the template has no {kind}");
        for (name, resource) in found {
            let set = |pointer: &&&str| {
                let value = resource.pointer(&format!("/Properties{pointer}"));
                value == Some(&json!(true)) || value.is_some_and(Value::is_object)
            };
            faults.extend(
                pointers
                    .iter()
                    .filter(|pointer| !set(pointer))
                    .map(|pointer| format!("{name} has no {pointer}")),
            );
        }
    }
    for (name, table) in template.of_type("AWS::DynamoDB::Table") {
        let kept = ["DeletionPolicy", "UpdateReplacePolicy"]
            .iter()
            .all(|policy| table.get(*policy) == Some(&json!("Retain")));
        faults.extend((!kept).then(|| format!("{name} goes with its stack")));
    }
    no_faults(faults)
}

/// Protects the API from floods, and the hashing of passwords, which is slow on purpose, from
/// cheaper ones.
#[test]
fn routes_that_anybody_may_call_have_a_throttle_of_their_own() -> Result<()> {
    let template = Template::read()?;
    let limits = ["ThrottlingRateLimit", "ThrottlingBurstLimit"];
    let limited = |settings: Option<&Value>| {
        settings.is_some_and(|settings| limits.iter().all(|limit| settings.get(*limit).is_some()))
    };
    let mut faults = Vec::new();
    faults.extend(
        (!limited(template.property("ApiStage", "/DefaultRouteSettings")))
            .then(|| "the stage has no throttle".to_owned()),
    );
    let own = template
        .property("ApiStage", "/RouteSettings")
        .context("no route has a throttle of its own")?;
    let waits = template.whole.pointer("/Resources/ApiStage/DependsOn");
    for (name, route) in template.of_type("AWS::ApiGatewayV2::Route") {
        let key = text(route, "/Properties/RouteKey")?;
        let hashes = key.contains(" /account/") || key.contains(" /portal/");
        if hashes && ["POST", "PUT"].iter().any(|method| key.starts_with(method)) {
            faults.extend(
                (!limited(own.get(key))).then(|| format!("{key} has no throttle of its own")),
            );
        }
        // AWS refuses settings of a route that isn't there yet.
        let late = own.get(key).is_some() && !values(waits).contains(&name);
        faults.extend(
            late.then(|| format!("the stage doesn't wait for {name}, whose throttle it sets")),
        );
    }
    no_faults(faults)
}

// ---- Alarms ----

/// Protects against an alarm that nobody hears.
#[test]
fn alarms_tell_somebody() -> Result<()> {
    let template = Template::read()?;
    let mut faults = Vec::new();
    for (name, alarm) in template.of_type("AWS::CloudWatch::Alarm") {
        let actions = alarm
            .pointer("/Properties/AlarmActions")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let topic = |action: &Value| {
            action
                .get("Ref")
                .and_then(Value::as_str)
                .is_some_and(|topic| template.is_a(topic, "AWS::SNS::Topic"))
        };
        faults.extend(
            (actions.is_empty() || !actions.iter().all(topic))
                .then(|| format!("{name} tells no topic")),
        );
    }
    no_faults(faults)
}

/// Protects invariant 5: what fails in a function, in the workflow, or ends in a queue that no
/// function reads, is seen.
#[test]
fn functions_workflow_and_unread_queues_have_an_alarm() -> Result<()> {
    let template = Template::read()?;
    let read: BTreeSet<&str> =
        everywhere(&template.whole, &["Queue"]).into_iter().filter_map(attribute_of).collect();
    let unread = template.of_type("AWS::SQS::Queue").filter(|(name, _)| !read.contains(name));
    let watched = [
        unread.map(|(name, _)| (name, "ApproximateNumberOfMessagesVisible")).collect::<Vec<_>>(),
        template.of_type("AWS::Serverless::Function").map(|(name, _)| (name, "Errors")).collect(),
        template
            .of_type("AWS::Serverless::StateMachine")
            .map(|(name, _)| (name, "ExecutionsFailed"))
            .collect(),
    ];
    ensure!(
        !watched.iter().any(Vec::is_empty),
        "the template has no unread queue, no function or no state machine"
    );
    let alarmed = |(name, metric): &(&str, &str)| {
        template.of_type("AWS::CloudWatch::Alarm").any(|(_, alarm)| {
            let dimensions = alarm
                .pointer("/Properties/Dimensions")
                .map(|dimensions| everywhere(dimensions, &["Value"]))
                .unwrap_or_default();
            let names = dimensions.into_iter().any(|value| {
                attribute_of(value) == Some(name) || value.get("Ref") == Some(&json!(name))
            });
            names && alarm.pointer("/Properties/MetricName") == Some(&json!(metric))
        })
    };
    let silent = watched.iter().flatten().filter(|watched| !alarmed(watched));
    no_faults(silent.map(|(name, metric)| format!("{name} has no alarm on its {metric}")))
}

// ---- What the tests read ----

/// The workspace's crates and what they use on Lambda, development dependencies left out.
struct Crates {
    /// Ids by name, of the workspace's own crates.
    members: BTreeMap<String, String>,
    /// Names of the crates in `functions`.
    functions: BTreeSet<String>,
    /// Names by id.
    names: BTreeMap<String, String>,
    /// Ids by id.
    edges: BTreeMap<String, Vec<String>>,
}

impl Crates {
    fn read() -> Result<Self> {
        let arguments = [
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--offline",
            "--filter-platform",
            "aarch64-unknown-linux-gnu",
        ];
        let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output()?;
        ensure!(
            output.status.success(),
            "run `cargo fetch --locked` first: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let metadata: Value = serde_json::from_slice(&output.stdout)?;
        let mut crates = Self {
            members: BTreeMap::new(),
            functions: BTreeSet::new(),
            names: BTreeMap::new(),
            edges: BTreeMap::new(),
        };
        let members = values(metadata.get("workspace_members"));
        for package in list(&metadata, "/packages")? {
            let (name, id) = (text(package, "/name")?, text(package, "/id")?);
            crates.names.insert(id.to_owned(), name.to_owned());
            if members.contains(&id) {
                crates.members.insert(name.to_owned(), id.to_owned());
                let folder = Path::new(text(package, "/manifest_path")?)
                    .ancestors()
                    .nth(2)
                    .and_then(Path::file_name);
                crates
                    .functions
                    .extend((folder == Some("functions".as_ref())).then(|| name.to_owned()));
            }
        }
        for node in list(&metadata, "/resolve/nodes")? {
            let used = list(node, "/deps")?.iter().filter(|used| {
                let kinds = used.get("dep_kinds").and_then(Value::as_array);
                kinds.is_some_and(|kinds| {
                    kinds.iter().any(|kind| kind.get("kind") == Some(&Value::Null))
                })
            });
            let used =
                used.map(|used| Ok(text(used, "/pkg")?.to_owned())).collect::<Result<_>>()?;
            crates.edges.insert(text(node, "/id")?.to_owned(), used);
        }
        ensure!(!crates.functions.is_empty(), "the workspace has no function");
        Ok(crates)
    }

    fn id(&self, name: &str) -> Result<&str> {
        self.members.get(name).map(String::as_str).with_context(|| format!("{name} is no crate"))
    }

    /// What a crate itself names.
    fn uses<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a str> {
        self.edges
            .get(id)
            .into_iter()
            .flatten()
            .filter_map(|used| Some(self.names.get(used)?.as_str()))
    }

    /// The forbidden crates that a crate reaches, each with the way to it.
    fn forbidden(&self, from: &str, forbidden: impl Fn(&str) -> bool) -> Result<Vec<String>> {
        let mut open = VecDeque::from([(self.id(from)?, from.to_owned())]);
        let (mut seen, mut faults) = (BTreeSet::new(), Vec::new());
        while let Some((id, way)) = open.pop_front() {
            for used in
                self.edges.get(id).into_iter().flatten().filter(|used| seen.insert(used.as_str()))
            {
                let name = self.names.get(used).with_context(|| format!("{used} has no name"))?;
                let way = format!("{way} -> {name}");
                faults.extend(
                    forbidden(name).then(|| format!("{from} must not reach {name}: {way}")),
                );
                open.push_back((used, way));
            }
        }
        Ok(faults)
    }
}

/// `infra/template.yaml`, its short functions (`!Ref`) written out (`Ref:`).
struct Template {
    text: String,
    whole: Value,
}

impl Template {
    fn read() -> Result<Self> {
        let text = read("infra/template.yaml")?;
        Ok(Self { whole: written_out(serde_yaml_ng::from_str(&text)?)?, text })
    }

    fn of_type<'a>(&'a self, kind: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let resources =
            self.whole.get("Resources").and_then(Value::as_object).into_iter().flatten();
        resources
            .filter(move |(_, resource)| resource.get("Type").and_then(Value::as_str) == Some(kind))
            .map(|(name, resource)| (name.as_str(), resource))
    }

    fn is_a(&self, name: &str, kind: &str) -> bool {
        self.of_type(kind).any(|(of_type, _)| of_type == name)
    }

    fn property(&self, resource: &str, pointer: &str) -> Option<&Value> {
        self.whole.pointer(&format!("/Resources/{resource}/Properties{pointer}"))
    }

    /// The folder of each function, by its resource.
    fn function_folders(&self) -> Result<BTreeMap<String, String>> {
        let folders = self.of_type("AWS::Serverless::Function").map(|(name, function)| {
            let code = text(function, "/Properties/CodeUri")?;
            let folder = code
                .strip_prefix("../functions/")
                .with_context(|| format!("{name} has its code in {code}"))?;
            Ok((name.to_owned(), folder.to_owned()))
        });
        folders.collect()
    }

    fn routes(&self) -> Result<Vec<Route>> {
        let functions = self.function_folders()?;
        let routes = self.of_type("AWS::ApiGatewayV2::Route").map(|(name, route)| {
            let (method, path) = text(route, "/Properties/RouteKey")?
                .split_once(' ')
                .with_context(|| format!("{name} has no method"))?;
            let target = text(route, "/Properties/Target/Fn::Sub")?;
            let integration =
                target.strip_prefix("integrations/${").and_then(|target| target.strip_suffix('}'));
            let integration = integration.with_context(|| format!("{name} leads to {target}"))?;
            ensure!(
                self.is_a(integration, "AWS::ApiGatewayV2::Integration"),
                "{name} leads to {integration}, which is no integration"
            );
            let uri = self.property(integration, "/IntegrationUri").and_then(attribute_of);
            let resource = uri.with_context(|| format!("{integration} calls no function"))?;
            let function = functions
                .get(resource)
                .with_context(|| format!("{integration} calls {resource}, which is no function"))?;
            let lock = text(route, "/Properties/AuthorizationType")?;
            let authorizer = route.pointer("/Properties/AuthorizerId/Ref").and_then(Value::as_str);
            let locked = authorizer
                .is_some_and(|authorizer| self.is_a(authorizer, "AWS::ApiGatewayV2::Authorizer"));
            ensure!(
                (lock == "JWT") == locked,
                "{name} has AuthorizationType {lock} and the authorizer {authorizer:?}"
            );
            let [method, path, function, resource] =
                [method, path, function, resource].map(str::to_owned);
            Ok(Route { method, path, function, resource, locked })
        });
        routes.collect()
    }

    /// Every statement of every policy.
    fn statements(&self) -> Vec<&Value> {
        let statements = everywhere(&self.whole, &["Statement"]).into_iter();
        statements
            .flat_map(|found| {
                found.as_array().map_or_else(|| vec![found], |found| found.iter().collect())
            })
            .collect()
    }
}

/// A route of the API.
struct Route {
    method: String,
    path: String,
    /// The folder of the function that answers.
    function: String,
    /// The template's name of that function.
    resource: String,
    /// Whether it takes an employee's token.
    locked: bool,
}

impl std::fmt::Display for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { method, path, function, locked, .. } = self;
        write!(
            f,
            "{method} {path} of {function}, {}",
            if *locked { "for employees" } else { "open" }
        )
    }
}

/// The routes of `infra/openapi.yaml`, written as a [`Route`] is.
fn described_routes() -> Result<BTreeSet<String>> {
    let description = written_out(serde_yaml_ng::from_str(&read("infra/openapi.yaml")?)?)?;
    let token = |scheme: &String| {
        description.pointer(&format!("/components/securitySchemes/{scheme}/bearerFormat"))
            == Some(&json!("JWT"))
    };
    let mut routes = BTreeSet::new();
    for (path, operations) in
        description.get("paths").and_then(Value::as_object).context("no paths")?
    {
        let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
        for (method, operation) in
            methods.iter().filter_map(|method| Some((method, operations.get(method)?)))
        {
            let security = operation.get("security").or_else(|| description.get("security"));
            let ways = security.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let locked =
                !ways.is_empty() && ways.iter().all(|way| keys(Some(way)).iter().any(token));
            // A function with several routes is named beside each of them: an operation's id is its
            // own.
            let named = operation.get("x-function").and_then(Value::as_str);
            let function = named.map_or_else(|| text(operation, "/operationId"), Ok)?.to_owned();
            let method = method.to_uppercase();
            routes.insert(
                Route { method, path: path.clone(), function, resource: String::new(), locked }
                    .to_string(),
            );
        }
    }
    ensure!(!routes.is_empty(), "no operations");
    Ok(routes)
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

/// The environment variables that `shared/wiring` reads.
struct Settings {
    /// For every function.
    of_run: BTreeSet<String>,
    /// For a function that asks for it: by the method that it calls.
    of_methods: BTreeMap<String, BTreeSet<String>>,
}

impl Settings {
    fn read() -> Result<Self> {
        let wiring = read("shared/wiring/src/lib.rs")?;
        let (_, run) = wiring.split_once("\npub fn run(").context("wiring has no run")?;
        let (run, _) = run.split_once("\n}\n").context("wiring's run has no end")?;
        let methods = wiring.split("\n    pub fn ").skip(1).filter_map(|method| {
            let (name, rest) = method.split_once("(&self")?;
            let (body, _) = rest.split_once("\n    }\n")?;
            Some((name.to_owned(), quoted_variables(body)))
        });
        Ok(Self { of_run: quoted_variables(run), of_methods: methods.collect() })
    }

    /// What a function's `main.rs` reads: by the methods of the wiring that it calls, and the names
    /// that it gives them.
    fn read_by(&self, folder: &str) -> Result<BTreeSet<String>> {
        let main = read(&format!("functions/{folder}/src/main.rs"))?;
        let mut read = BTreeSet::new();
        for call in main.split("wiring.").skip(1) {
            let (method, rest) = call
                .split_once('(')
                .with_context(|| format!("{folder} calls no method of the wiring: {call}"))?;
            let (arguments, _) = rest
                .split_once(')')
                .with_context(|| format!("{folder}'s call of {method} has no end"))?;
            let known = self.of_methods.get(method).with_context(|| {
                format!("{folder} calls {method}, which the wiring doesn't have")
            })?;
            read.extend(known.iter().cloned().chain(quoted_variables(arguments)));
        }
        Ok(read)
    }
}

// ---- Files and values ----

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> Result<String> {
    fs::read_to_string(root().join(path)).with_context(|| path.to_owned())
}

fn function_folders() -> Result<BTreeSet<String>> {
    let mut folders = BTreeSet::new();
    for entry in fs::read_dir(root().join("functions"))? {
        let entry = entry?;
        folders.extend(
            entry.file_type()?.is_dir().then(|| entry.file_name().to_string_lossy().into_owned()),
        );
    }
    Ok(folders)
}

/// YAML as JSON, the template's short functions written out: `!GetAtt A.Arn` is `{"Fn::GetAtt":
/// "A.Arn"}`.
fn written_out(yaml: Yaml) -> Result<Value> {
    Ok(match yaml {
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!');
            let name = if ["Ref", "Condition"].contains(&name) {
                name.to_owned()
            } else {
                format!("Fn::{name}")
            };
            json!({ name: written_out(tagged.value)? })
        }
        Yaml::Mapping(entries) => {
            let entries = entries.into_iter().map(|(key, value)| {
                let name =
                    key.as_str().with_context(|| format!("a key that is no text: {key:?}"))?;
                Ok((name.to_owned(), written_out(value)?))
            });
            Value::Object(entries.collect::<Result<_>>()?)
        }
        Yaml::Sequence(items) => {
            Value::Array(items.into_iter().map(written_out).collect::<Result<_>>()?)
        }
        scalar => serde_json::to_value(scalar)?,
    })
}

fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .with_context(|| format!("no text at {pointer} of {value}"))
}

fn list<'a>(value: &'a Value, pointer: &str) -> Result<&'a Vec<Value>> {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .with_context(|| format!("no list at {pointer}"))
}

/// The resource whose attribute this is.
fn attribute_of(value: &Value) -> Option<&str> {
    let (resource, _) = value.get("Fn::GetAtt")?.as_str()?.split_once('.')?;
    Some(resource)
}

/// One text, or the texts of a list.
fn values(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        value => value.and_then(Value::as_str).into_iter().collect(),
    }
}

fn keys(value: Option<&Value>) -> BTreeSet<String> {
    value
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|entries| entries.keys().cloned())
        .collect()
}

/// What stands under one of these keys, however deep.
fn everywhere<'a>(value: &'a Value, wanted: &[&str]) -> Vec<&'a Value> {
    match value {
        Value::Object(entries) => {
            let found = |(key, value): (&'a String, &'a Value)| {
                wanted
                    .contains(&key.as_str())
                    .then_some(value)
                    .into_iter()
                    .chain(everywhere(value, wanted))
            };
            entries.iter().flat_map(found).collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| everywhere(item, wanted)).collect(),
        _ => Vec::new(),
    }
}

/// The quoted texts that are written as environment variables are.
fn quoted_variables(code: &str) -> BTreeSet<String> {
    let is_variable = |text: &&str| {
        !text.is_empty()
            && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    code.split('"').skip(1).step_by(2).filter(is_variable).map(str::to_owned).collect()
}

fn differences<T: Ord + Debug>(
    (here, left): (&str, &BTreeSet<T>),
    (there, right): (&str, &BTreeSet<T>),
) -> Vec<String> {
    let of_left =
        left.difference(right).map(|item| format!("{item:?} is in {here}, but not in {there}"));
    let of_right =
        right.difference(left).map(|item| format!("{item:?} is in {there}, but not in {here}"));
    of_left.chain(of_right).collect()
}

fn no_faults(faults: impl IntoIterator<Item = String>) -> Result<()> {
    let faults: Vec<String> = faults.into_iter().collect();
    ensure!(faults.is_empty(), "\n{}", faults.join("\n"));
    Ok(())
}

// ---- Comments ----

/// Protects who reads a name for the first time: its comment says what the name doesn't, and names
/// a rule of the business by its number, which `docs/requirements.md` has.
#[test]
fn comments_say_something_and_name_rules_that_there_are() -> Result<()> {
    let rules = read("docs/requirements.md")?;
    let mut files = Vec::new();
    for folder in ["functions", "shared"] {
        rust_files(&root().join(folder), &mut files)?;
    }
    let mut faults = Vec::new();
    for file in files {
        let path = file.strip_prefix(root())?.to_string_lossy().into_owned();
        let text = fs::read_to_string(&file)?;
        let short =
            doc_comments(&text).into_iter().filter(|doc| doc.split_whitespace().count() < 3);
        faults.extend(short.map(|doc| format!("{path}: {:?} says too little", doc.trim())));
        for line in text.lines().map(str::trim_start).filter(|line| line.starts_with("//")) {
            let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            let is_rule = |word: &&str| {
                let number = word.strip_prefix("R-").unwrap_or_default();
                !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
            };
            let named =
                words.filter(is_rule).filter(|rule| !rules.contains(&format!("| {rule} |")));
            faults.extend(named.map(|rule| format!("{path}: there is no rule {rule}")));
            if line.to_lowercase().contains("seed:") {
                faults.push(format!("{path}: {line:?} names a source that isn't here"));
            }
        }
    }
    no_faults(faults)
}

/// The text of each doc comment.
fn doc_comments(text: &str) -> Vec<String> {
    let (mut found, mut last) = (Vec::<String>::new(), "");
    for line in text.lines().map(str::trim_start) {
        let mark =
            ["///", "//!"].into_iter().find(|mark| line.starts_with(mark)).unwrap_or_default();
        if let Some(said) = line.strip_prefix(mark).filter(|_| !mark.is_empty()) {
            if mark != last {
                found.push(String::new());
            }
            if let Some(doc) = found.last_mut() {
                doc.push(' ');
                doc.push_str(said);
            }
        }
        last = mark;
    }
    found
}
