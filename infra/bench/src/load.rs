//! What a process bears, and what a full table costs it.

use super::figures::{Figure, Unit};
use super::groups::{GROWTH, LOAD};
use anyhow::Result;
use tools::narrator::Narrator;
use tools::process::{cargo, run};

/// What `tests/load` measures of one process.
pub(super) fn of_load(narrator: &Narrator) -> Result<Vec<Figure>> {
    #[derive(serde::Deserialize)]
    struct Measured {
        operation: String,
        in_flight: usize,
        sales: u64,
        per_second: f64,
        p50_ms: f64,
        p99_ms: f64,
    }
    #[derive(serde::Deserialize)]
    struct Runs {
        load: Vec<Measured>,
        growth: Vec<Measured>,
    }
    narrator.say(
        "putting load on a process, and filling its table with up to a million sales (minutes)",
    );
    let said =
        run(cargo().args(["run", "--quiet", "--package", "load", "--profile", "simulation"]))?;
    let Runs { load, growth } = serde_json::from_str(said.lines().last().unwrap_or_default())?;
    let mut figures = Vec::new();
    for Measured { operation, in_flight, per_second, p50_ms, p99_ms, .. } in load {
        let of = |what: &str| format!("{operation}, {in_flight} in flight{what}");
        figures.push(Figure::new(LOAD, of(""), Unit::PerSecond, per_second));
        figures.push(Figure::new(LOAD, of(": half take"), Unit::Milliseconds, p50_ms));
        figures.push(Figure::new(LOAD, of(": 99 of 100 take"), Unit::Milliseconds, p99_ms));
    }
    for Measured { operation, sales, p50_ms, .. } in growth {
        figures.push(Figure::new(
            GROWTH,
            format!("{operation}, {sales} sales: half take"),
            Unit::Milliseconds,
            p50_ms,
        ));
    }
    Ok(figures)
}
