//! `caas`: what people do to a deployed stack at three in the morning. `docs/runbook.md` says when.
//!
//! A command that changes something says first what it would do (`--dry-run`), asks why, and leaves
//! who did what in the table (`PK` `OPS`). None of it is a way around the functions: each is
//! something that AWS or a function may do twice.

mod act;
mod checks;
mod cloud;
mod dead_letters;
mod replay;
mod restore;
#[cfg(test)]
mod runbook;
mod secret;
mod smoke;
mod story;
mod switch;
mod workflow;

use act::Act;
use anyhow::Result;
use checks::Findings;
use clap::{Parser, Subcommand};
use cloud::Cloud;
use domain::SaleId;
use jiff::Timestamp;
use smoke::Smoke;

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "caas", about = "Looks after a deployed sales and order system")]
pub struct Cli {
    /// The stack's name
    #[arg(long, global = true, default_value = "caas-sales")]
    stack: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    OfStack(OfStack),
    /// Makes the secret between infra/edge.yaml and the functions
    EdgeSecret,
}

/// What a stack is needed for.
#[derive(Debug, Subcommand)]
enum OfStack {
    /// Lists what is stuck: workflows that stopped, messages and records that were given up
    Stuck,
    /// Says what is known of one sale's workflow, and what to do
    Explain {
        #[arg(value_parser = sale)]
        sale: SaleId,
    },
    /// Lets a sale's workflow go on where it stopped
    Redrive {
        #[arg(value_parser = sale)]
        sale: SaleId,
        #[command(flatten)]
        act: Act,
    },
    /// Lists the stream records and bounces that were given up and kept
    GivenUp,
    /// Does one of them again, or all
    Replay {
        /// As `caas given-up` names it
        #[arg(required_unless_present = "all")]
        key: Option<String>,
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        act: Act,
    },
    /// Counts the messages in the queues of last resort, and says which may be sent again
    DeadLetters,
    /// Shows some messages of one of them
    Look { queue: String },
    /// Sends the messages of one of them again
    Resend {
        queue: String,
        #[command(flatten)]
        act: Act,
    },
    /// Switches on what calls a function: its mapping, or its schedule
    Enable {
        /// As the log's lines name it, such as relay-events
        function: String,
        #[command(flatten)]
        act: Act,
    },
    /// Takes a function back to a version; without one it says which there are
    RollBack {
        /// As the log's lines name it, such as relay-events
        function: String,
        #[arg(long)]
        to: Option<u64>,
        #[command(flatten)]
        act: Act,
    },
    /// Gives a partner's secret a new value, from standard input; the one before stays good until
    /// `--finish`
    RotateSecret {
        name: String,
        #[arg(long)]
        finish: bool,
        #[command(flatten)]
        act: Act,
    },
    /// Restores the table at a moment: beside it, or in its place where it is gone
    Restore {
        /// Such as 2026-11-28T10:15:00Z
        at: Timestamp,
        #[command(flatten)]
        act: Act,
    },
    /// Gives a table that was restored in its place what a restore leaves out
    RestoreSettings {
        #[command(flatten)]
        act: Act,
    },
    /// Tells one sale's story, without personal data
    Story {
        #[arg(value_parser = sale)]
        sale: SaleId,
    },
    /// Looks whether all is there that people have to see to once
    Preflight,
    /// Compares the stack with what its template says
    Check,
    /// Takes a sale through a stage, which ends in a refund; `CAAS_TOKEN` has an employee's token
    Smoke(Smoke),
}

fn sale(text: &str) -> Result<SaleId, &'static str> {
    // What was typed is shown beside it.
    SaleId::parse(text).map_err(|_| "a sale's id is a UUID")
}

/// Does what the command line says.
pub async fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::OfStack(command) => of_stack(&Cloud::connect(cli.stack).await?, command).await,
        Command::EdgeSecret => {
            let (secret, digest) = secret::edge_secret();
            println!("OriginSecret={secret}\nOriginSecretDigest={digest}");
            Ok(())
        }
    }
}

async fn of_stack(cloud: &Cloud, command: OfStack) -> Result<()> {
    match command {
        OfStack::Stuck => stuck(cloud).await,
        OfStack::Explain { sale } => workflow::explain(cloud, sale).await,
        OfStack::Redrive { sale, act } => workflow::redrive(cloud, sale, &act).await,
        OfStack::GivenUp => {
            replay::given_up(cloud).await?.iter().for_each(|key| println!("{key}"));
            Ok(())
        }
        OfStack::Replay { key, act, .. } => {
            let keys = match key {
                Some(key) => vec![key],
                None => replay::given_up(cloud).await?,
            };
            for key in keys {
                replay::replay(cloud, &key, &act).await?;
            }
            if act.dry_run { Ok(()) } else { replay::forget_notes(cloud).await }
        }
        OfStack::DeadLetters => dead_letters(cloud).await,
        OfStack::Look { queue } => dead_letters::look(cloud, dead_letters::consumer(&queue)?).await,
        OfStack::Resend { queue, act } => {
            dead_letters::redrive(cloud, dead_letters::consumer(&queue)?, &act).await
        }
        OfStack::Enable { function, act } => switch::enable(cloud, &function, &act).await,
        OfStack::RollBack { function, to, act } => {
            switch::roll_back(cloud, &function, to, &act).await
        }
        OfStack::RotateSecret { name, finish, act } => {
            secret::rotate(cloud, &name, finish, &act).await
        }
        OfStack::Restore { at, act } => restore::restore(cloud, at, &act).await,
        OfStack::RestoreSettings { act } => restore::settings(cloud, &act).await,
        OfStack::Story { sale } => story::story(cloud, sale).await,
        OfStack::Smoke(smoke) => smoke::smoke(cloud, smoke).await,
        OfStack::Preflight => {
            let mut found = Findings::default();
            checks::preflight(cloud, &mut found).await?;
            found.end()
        }
        OfStack::Check => {
            let mut found = Findings::default();
            checks::check(cloud, &mut found).await?;
            found.end()
        }
    }
}

async fn stuck(cloud: &Cloud) -> Result<()> {
    for (sale, execution) in workflow::stopped(cloud).await? {
        println!("workflow of {sale}: {}; caas explain {sale}", execution.status().as_str());
    }
    dead_letters(cloud).await?;
    println!(
        "{} records and bounces given up; caas given-up",
        replay::given_up(cloud).await?.len()
    );
    Ok(())
}

async fn dead_letters(cloud: &Cloud) -> Result<()> {
    for (consumer, count) in dead_letters::counts(cloud).await? {
        let safe = consumer.safe.map_or("look first: not sent again by hand".to_owned(), |safe| {
            format!("may be sent again: {safe}")
        });
        println!("{:>5} {}; {safe}", count, consumer.name);
    }
    Ok(())
}
