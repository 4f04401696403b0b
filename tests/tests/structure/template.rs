//! The template: its routes, its permissions, what it stores, its alarms.

use crate::files::{
    attribute_of, differences, everywhere, keys, no_faults, read, text, values, written_out,
};
use anyhow::{Context, Result, anyhow, ensure};
use edge::{Callers, Operation};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use tools::template::{FUNCTION, Template as Expanded};

/// What is no operation: a partner's webhook, behind its signature, and the pages of portal and
/// desk.
const OTHER_ROUTES: [(&str, &str, &str); 7] = [
    ("POST", "/webhooks/factory", "receive-factory-update"),
    ("POST", "/webhooks/payments", "receive-payment-update"),
    ("GET", "/portal/{proxy+}", "portal"),
    ("POST", "/portal/{proxy+}", "portal"),
    ("GET", "/desk", "desk"),
    ("GET", "/desk/{proxy+}", "desk"),
    ("POST", "/desk/{proxy+}", "desk"),
];

/// Protects the API's users: what the table of operations has is deployed and described, behind the
/// same lock, and nothing else is.
#[test]
fn description_and_template_have_the_table_s_routes() -> Result<()> {
    let operations = Operation::all().map(|operation| {
        let ((method, path), function) = (operation.route(), operation.as_str());
        (method, path, function, matches!(operation.callers(), Callers::Employees(_)))
    });
    let others = OTHER_ROUTES.map(|(method, path, function)| (method, path, function, false));
    let wanted: BTreeSet<String> = operations
        .chain(others)
        .map(|(method, path, function, locked)| {
            let [method, path, function] = [method, path, function].map(str::to_owned);
            Route { method, path, function, resource: String::new(), locked }.to_string()
        })
        .collect();
    let deployed = Template::read()?.routes()?.iter().map(Route::to_string).collect();
    let mut faults = differences(("the table", &wanted), ("infra/template.yaml", &deployed));
    faults
        .extend(differences(("the table", &wanted), ("infra/openapi.yaml", &described_routes()?)));
    no_faults(faults)
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
        let ending = format!(":${{__ApiId__}}/${{__Stage__}}/{}{path}", route.method);
        let of_the_api = json!({ "__ApiId__": { "Ref": "Api" }, "__Stage__": "*" });
        let permitted = template.of_type("AWS::Lambda::Permission").any(|(_, permission)| {
            let source =
                |part: &str| permission.pointer(&format!("/Properties/SourceArn/Fn::Sub/{part}"));
            permission.pointer("/Properties/FunctionName/Ref") == Some(&json!(route.resource))
                && source("0").and_then(Value::as_str).is_some_and(|of| of.ends_with(&ending))
                && source("1") == Some(&of_the_api)
        });
        faults.extend(
            (!permitted).then(|| {
                format!("no permission lets the API invoke {} for {route}", route.resource)
            }),
        );
    }
    no_faults(faults)
}

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
    // One that is on every resource only in some stacks counts, too; and the boundary's.
    let wide = |statement: &&Value| {
        statement.get("Resource").is_some_and(|resource| resource.to_string().contains("\"*\""))
    };
    let wide = template.statements().into_iter().filter(wide).count() + 1;
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

/// Protects least privilege: what AWS's own policy for logs adds to each function's role ends at
/// the functions' own group, and no other policy of AWS's is there.
#[test]
fn roles_write_into_their_own_logs_alone() -> Result<()> {
    let template = Template::read()?;
    let boundary = json!([
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": { "Fn::GetAtt": ["FunctionLogs", "Arn"] },
        },
        { "Effect": "Allow", "NotAction": "logs:*", "Resource": "*" },
    ]);
    ensure!(
        template.property("FunctionBoundary", "/PolicyDocument/Statement") == Some(&boundary),
        "the boundary leaves more than the functions' logs"
    );
    let basic = json!(["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]);
    let mut faults = Vec::new();
    for resource in template.function_folders()?.keys() {
        let of_role = |pointer: &str| template.property(&format!("{resource}Role"), pointer);
        let bounded = of_role("/PermissionsBoundary/Ref") == Some(&json!("FunctionBoundary"));
        faults.extend((!bounded).then(|| format!("{resource}'s role has no boundary")));
        let managed = of_role("/ManagedPolicyArns");
        faults.extend(
            (managed != Some(&basic)).then(|| format!("{resource}'s role has {managed:?}")),
        );
        let logs = template.property(resource, "/LoggingConfig/LogGroup/Ref");
        faults.extend(
            (logs != Some(&json!("FunctionLogs"))).then(|| format!("{resource} logs to {logs:?}")),
        );
    }
    no_faults(faults)
}

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
        ("AWS::S3::Bucket", &["/BucketEncryption", "/PublicAccessBlockConfiguration"]),
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
    let kept = ["AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"];
    for (name, table) in kept.into_iter().flat_map(|kind| template.of_type(kind)) {
        let kept = ["DeletionPolicy", "UpdateReplacePolicy"]
            .iter()
            .all(|policy| table.get(*policy) == Some(&json!("Retain")));
        faults.extend((!kept).then(|| format!("{name} goes with its stack")));
    }
    no_faults(faults)
}

/// The stage, as SAM names it.
const STAGE: &str = "ApiApiGatewayDefaultStage";

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
        (!limited(template.property(STAGE, "/DefaultRouteSettings")))
            .then(|| "the stage has no throttle".to_owned()),
    );
    let own =
        template.property(STAGE, "/RouteSettings").context("no route has a throttle of its own")?;
    let waits = template.whole().pointer(&format!("/Resources/{STAGE}/DependsOn"));
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

/// Protects against a deploy that would go through with what nobody filled in, and fail half-way: a
/// placeholder is refused by its parameter's pattern, which says what is missing.
#[test]
fn what_a_stage_has_to_fill_in_can_t_be_deployed() -> Result<()> {
    let template = Template::read()?;
    let settings = read("samconfig.toml")?;
    let placeholders = settings
        .lines()
        .filter_map(|line| line.trim().trim_matches([',', '"']).strip_suffix("=FILL-IN"));
    let placeholders: BTreeSet<&str> = placeholders.collect();
    ensure!(placeholders.len() > 5, "samconfig.toml has nothing to fill in");
    let mut faults: Vec<String> = placeholders
        .into_iter()
        .filter(|name| {
            let pattern = template.whole().pointer(&format!("/Parameters/{name}/AllowedPattern"));
            // Each has to have something that FILL-IN hasn't.
            !pattern.and_then(Value::as_str).is_some_and(|pattern| {
                ["://", "@", "arn:", "[.]", "\\.", "[0-9a-f]{64}", "tax_id"]
                    .iter()
                    .any(|part| pattern.contains(part))
            })
        })
        .map(|name| format!("{name} takes FILL-IN"))
        .collect();
    faults.extend(
        settings
            .contains("example.com")
            .then(|| "samconfig.toml has an example's address".to_owned()),
    );
    no_faults(faults)
}

/// Protects the account routes from one client that would use up what they take for all.
#[test]
fn one_address_is_blocked_before_it_uses_up_the_account_routes() -> Result<()> {
    let edge = read("infra/edge.yaml")?;
    let number = |text: &str, name: &str| {
        let declared = text.lines().find(|line| line.trim_start().starts_with(&format!("{name}:")));
        let default =
            declared.and_then(|line| line.split_once("Default: ")?.1.split([',', ' ']).next());
        default.and_then(|number| number.parse::<u32>().ok()).with_context(|| format!("no {name}"))
    };
    let of_one = number(&edge, "AccountRequests")?;
    let of_all = number(&Template::read()?.text, "AccountThrottlingRate")? * 300;
    ensure!(of_one * 10 <= of_all, "one address may send {of_one} of {of_all} in five minutes");
    Ok(())
}

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
    let read: BTreeSet<&str> = everywhere(template.whole(), &["EventSourceArn"])
        .into_iter()
        .filter_map(attribute_of)
        .collect();
    let unread = template.of_type("AWS::SQS::Queue").filter(|(name, _)| !read.contains(name));
    let watched = [
        unread.map(|(name, _)| (name, "ApproximateNumberOfMessagesVisible")).collect::<Vec<_>>(),
        template
            .of_type("AWS::StepFunctions::StateMachine")
            .map(|(name, _)| (name, "ExecutionsFailed"))
            .collect(),
    ];
    ensure!(
        !watched.iter().any(Vec::is_empty),
        "the template has no unread queue or no state machine"
    );
    let all = r#"SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName) WHERE"#;
    let of_functions = template.text.contains(all);
    ensure!(of_functions, "no alarm watches the errors of all functions");
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

/// `infra/template.yaml`: as it is written, and expanded as AWS deploys it.
pub(crate) struct Template {
    text: String,
    expanded: &'static Expanded,
}

impl Template {
    pub(crate) fn read() -> Result<Self> {
        static EXPANDED: LazyLock<Result<Expanded>> = LazyLock::new(Expanded::read);
        let expanded = EXPANDED.as_ref().map_err(|error| anyhow!("{error:#}"))?;
        Ok(Self { text: read("infra/template.yaml")?, expanded })
    }

    pub(crate) fn whole(&self) -> &Value {
        self.expanded.whole()
    }

    pub(crate) fn of_type<'a>(
        &'a self,
        kind: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.expanded.of_kind(kind).map(|resource| (resource.id, resource.whole))
    }

    fn is_a(&self, name: &str, kind: &str) -> bool {
        self.of_type(kind).any(|(of_type, _)| of_type == name)
    }

    pub(crate) fn property(&self, resource: &str, pointer: &str) -> Option<&Value> {
        self.expanded.resource(resource)?.property(pointer)
    }

    /// The folder of each function, by its resource.
    pub(crate) fn function_folders(&self) -> Result<BTreeMap<String, String>> {
        let folders = self.expanded.of_kind(FUNCTION).map(|function| {
            let folder =
                function.folder().with_context(|| format!("{} has no code", function.id))?;
            Ok((function.id.to_owned(), folder.to_owned()))
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

    /// Every statement of every policy that grants something.
    fn statements(&self) -> Vec<&Value> {
        let granting =
            self.expanded.resources().filter(|resource| resource.id != "FunctionBoundary");
        granting
            .flat_map(|resource| everywhere(resource.whole, &["Statement"]))
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
