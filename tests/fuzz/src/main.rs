//! `cargo xtask fuzz`: all targets, a core each, and one line of JSON in the end.

use anyhow::{Result, bail};
use clap::Parser;
use fuzz::{TARGETS, run};
use serde_json::json;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

#[derive(Parser)]
struct Options {
    /// How many inputs, all targets together
    inputs: u64,
    /// The first seed
    seed: u64,
}

/// So many inputs share a runner: what proptest counts stays in bounds, and the cores stay busy.
const PORTION: u64 = 50_000;

fn main() -> Result<()> {
    let Options { inputs, seed } = Options::parse();
    let each = inputs.div_ceil(TARGETS.len().try_into()?);
    let portions = each.div_ceil(PORTION);
    let jobs: Vec<_> = TARGETS
        .iter()
        .flat_map(|target| (0..portions).map(move |portion| (target, portion)))
        .collect();
    let (next, findings) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    // A panic is a finding, which is told in the end.
    std::panic::set_hook(Box::new(|_| ()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((target, portion)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let size = each.saturating_sub(portion.saturating_mul(PORTION)).min(PORTION);
                    let began = now();
                    let outcome = run(
                        target,
                        u32::try_from(size).unwrap_or(u32::MAX),
                        seed.wrapping_add(*portion),
                    );
                    let seconds = now().duration_since(began).as_secs_f64();
                    eprintln!("{seconds:>7.1}s  {size:>6} inputs of {}", target.name);
                    if let (Err(finding), Ok(mut findings)) = (outcome, findings.lock()) {
                        findings.push(*finding);
                    }
                }
            });
        }
    });
    let findings = findings.into_inner().unwrap_or_default();
    for finding in &findings {
        eprintln!(
            "{}: {}\n  input: {}",
            finding.target,
            finding.fault,
            finding.input.escape_ascii()
        );
    }
    let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
    let all = each.saturating_mul(TARGETS.len().try_into()?);
    println!(
        "{}",
        json!({ "inputs": all, "of_each_target": each, "targets": names, "findings": findings.len(), "seed": seed })
    );
    if findings.is_empty() { Ok(()) } else { bail!("{} findings", findings.len()) }
}

#[expect(clippy::disallowed_methods, reason = "a tool's own clock")]
fn now() -> Instant {
    Instant::now()
}
