//! What lints the infrastructure: the template by SAM and cfn-lint, its policies by parliament, the
//! state machine by asl-validator. And the dependencies: cargo-deny, as deny.toml has it.

use anyhow::{Result, bail};
use serde_json::{Value, json};
use std::process::Command;
use tools::Tools;
use tools::narrator::Narrator;
use tools::pinned::{deploy_tool, sam};
use tools::process::{cargo, run, run_aloud};
use tools::root::{local, root};
use tools::template::{Resource, Template};

/// Where the template is judged as if it were deployed: what there is differs between regions.
const REGION: &str = "eu-west-1";

/// All of it.
pub(crate) fn lint() -> Result<()> {
    Tools::Deploy.install(&Narrator::default())?;
    eprintln!("==> sam validate --lint");
    run(sam()?.args(["validate", "--lint", "--region", REGION]))?;
    // CloudFront takes web ACLs and certificates from there alone.
    eprintln!("==> cfn-lint infra/edge.yaml");
    run(deploy_tool("cfn-lint")?.args(["--regions", "us-east-1", "--", "infra/edge.yaml"]))?;
    eprintln!("==> asl-validator statemachine/sale_lifecycle.asl.json");
    state_machine()?;
    eprintln!("==> parliament on the template's policies");
    policies()?;
    Tools::Audit.install(&Narrator::default())?;
    // Every platform's: a build fetches its own platform's only.
    run(cargo().args(["fetch", "--locked", "--quiet"]))?;
    let deny = Tools::Audit.bin().join("cargo-deny");
    let checks = [
        "--offline",
        "check",
        "--hide-inclusion-graph",
        "-A",
        "warnings",
        "bans",
        "licenses",
        "sources",
    ];
    run_aloud(Command::new(deny).current_dir(root()).args(checks))
}

/// The definition as it is deployed: with numbers and ARNs where the file has names.
fn state_machine() -> Result<()> {
    let text = std::fs::read_to_string(root().join("statemachine/sale_lifecycle.asl.json"))?;
    let mut parts = text.split("${");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some((name, rest)) = part.split_once('}') else {
            bail!("a substitution in the state machine has no end")
        };
        filled.push_str(if name.ends_with("Seconds") {
            "60"
        } else {
            "arn:aws:lambda:eu-west-1:123456789012:function:name"
        });
        filled.push_str(rest);
    }
    let file = local().join("sale_lifecycle.json");
    std::fs::write(&file, filled)?;
    let validator = Tools::Deploy.folder().join("node_modules/.bin/asl-validator");
    run(deploy_tool("node")?.arg(validator).arg("--json-path").arg(&file)).map(drop)
}

/// Every statement of every role; of the resources only whether it is one or all.
fn policies() -> Result<()> {
    let template = Template::read()?;
    let statements: Vec<Value> = template.of_kind("AWS::IAM::Role").flat_map(statements).collect();
    if statements.is_empty() {
        bail!("the template has no policy");
    }
    let file = local().join("policies.json");
    std::fs::write(&file, json!({ "Version": "2012-10-17", "Statement": statements }).to_string())?;
    // Resources stand as "*" here, which parliament minds for each; a test of the template minds
    // them itself.
    let said = deploy_tool("parliament")?.args(["--json", "--file"]).arg(&file).output()?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let findings = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let bad: Vec<Value> = findings
        .filter(|finding| {
            !matches!(finding.get("issue").and_then(Value::as_str), Some("RESOURCE_STAR"))
        })
        .collect();
    if !bad.is_empty() {
        bail!("parliament found {bad:#?}");
    }
    Ok(())
}

fn statements(role: Resource<'_>) -> impl Iterator<Item = Value> {
    let policies = role.property("/Policies").and_then(Value::as_array).into_iter().flatten();
    let statements =
        policies.filter_map(|policy| policy.pointer("/PolicyDocument/Statement")?.as_array());
    statements.flatten().filter_map(|statement| {
        let action = statement.get("Action")?;
        Some(json!({ "Effect": "Allow", "Action": action, "Resource": "*" }))
    })
}
