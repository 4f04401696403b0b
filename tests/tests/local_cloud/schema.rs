//! Requests that are made from infra/openapi.yaml by a tester who never saw the code: no 5xx, and
//! no answer that the description doesn't have.

use crate::{Shared, World, trial};
use anyhow::Result;
use libtest_mimic::Trial;
use tools::Tools;
use tools::narrator::Narrator;
use tools::process::run;
use tools::root::root;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![trial(world, "no_answer_is_outside_the_description", no_answer_is_outside_the_description)]
}

/// The same seed, the same requests, but for ids of answers that came before. Partners' webhooks are
/// not in it: nobody else can sign them.
async fn no_answer_is_outside_the_description(world: &World) -> Result<()> {
    Tools::Audit.install(&Narrator::default())?;
    let roles = ["sales", "dealership-manager", "auditor"];
    let employee =
        world.somebody("MAD-01", &roles).await?.api.token().unwrap_or_default().to_owned();
    let email = "schema@example.com";
    world.activated(email).await?;
    let customer = world.session(email).await?;
    let checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                  response_schema_conformance";
    for (token, of, tag) in
        [(employee, "--exclude-tag", "account"), (customer, "--include-tag", "account")]
    {
        let mut tester = std::process::Command::new(Tools::Audit.bin().join("schemathesis"));
        tester.current_dir(world.stack.folder()).args([
            "run",
            "--url",
            &world.stack.api_url,
            "--checks",
            checks,
        ]);
        tester.args([
            "--phases",
            "examples,fuzzing",
            "--max-examples",
            "20",
            "--seed",
            "7",
            "--workers",
            "1",
            "--request-timeout",
            "30",
            "--no-color",
        ]);
        tester.args([
            "--continue-on-failure",
            "--suppress-health-check",
            "all",
            "--warnings",
            "off",
        ]);
        tester.args([
            "--header",
            &format!("Authorization: Bearer {token}"),
            of,
            tag,
            "--exclude-tag",
            "webhooks",
        ]);
        let said = run(tester.arg(root().join("infra/openapi.yaml")))?;
        let cases =
            said.lines().filter(|line| line.contains("generated") || line.contains("passed"));
        eprintln!("schema: {of} {tag}: {}", cases.map(str::trim).collect::<Vec<_>>().join("; "));
    }
    Ok(())
}
