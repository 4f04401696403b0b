//! What people do to a deployed stack: the commands of `docs/runbook.md`, by the real `caas`, on
//! stacks of their own.

mod disaster;
mod repairs;
mod smoke;
mod standstills;
mod versions;

use crate::{Shared, World, trial};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use stack::cloud::REGION;
use stack::{STACK, Stack};
use std::path::PathBuf;
use std::process::Command;
use tools::{functions, process};

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(world, "a_smoke_order_ends_in_its_refund", smoke::a_smoke_order_ends_in_its_refund),
        trial(world, "the_runbook_s_commands_end_their_alarms", async |_: &World| {
            repairs::the_runbook_s_commands_end_their_alarms().await
        }),
        trial(world, "the_table_is_lost_and_restored", async |_: &World| {
            disaster::the_table_is_lost_and_restored().await
        }),
        trial(world, "what_stands_still_is_ended_by_its_page", async |_: &World| {
            standstills::what_stands_still_is_ended_by_its_page().await
        }),
        trial(world, "two_versions_side_by_side_lose_nothing", async |_: &World| {
            versions::two_versions_side_by_side_lose_nothing().await
        }),
    ]
}

/// `caas`, as the operator has it: what it is told and what it says is shown.
struct Caas<'a> {
    program: PathBuf,
    stack: &'a Stack,
    /// An employee's, for what is done at the API.
    token: Option<String>,
}

impl<'a> Caas<'a> {
    fn of(stack: &'a Stack) -> Result<Self> {
        let program = functions::build(&["caas"])?.get("caas")?.to_owned();
        Ok(Self { program, stack, token: None })
    }

    /// Runs a command as a page of the runbook writes it, and answers what it says; fails if it
    /// does.
    fn run(&self, command: &str) -> Result<String> {
        let words = command.strip_prefix("caas ").context("a command begins with caas")?;
        let words = words.replace("\"…\"", "the-cause-is-mended");
        println!("$ caas --stack {STACK} {words}");
        let mut caas = Command::new(&self.program);
        caas.args(["--stack", STACK]).args(words.split_whitespace()).envs([
            ("AWS_ENDPOINT_URL", self.stack.cloud.url()),
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("CAAS_OPERATOR", "operator"),
        ]);
        caas.envs(self.token.iter().map(|token| ("CAAS_TOKEN", token)));
        let said = process::run(&mut caas)?;
        print!("{said}");
        Ok(said)
    }

    /// The same; it has to say all of this.
    fn says(&self, command: &str, expected: &[&str]) -> Result<()> {
        let said = self.run(command)?;
        let missing = expected.iter().find(|text| !said.contains(**text));
        ensure!(missing.is_none(), "{command} doesn't say {missing:?}: {said}");
        Ok(())
    }
}
