//! Our functions against their twins on other platforms.

use super::figures::{Figure, Unit};
use super::groups::{MEMORY, START, TIME, WARM};
use super::measure::Bench;
use super::operations::{EVENTS, operations};
use super::twins::Twin;
use anyhow::{Context, Result};
use tools::narrator::Narrator;
use tools::root::local;

/// The twins' figures, and ours beside them.
pub(super) async fn of_twins(
    narrator: &Narrator,
    functions: &[String],
    ours: &[Figure],
) -> Result<Vec<Figure>> {
    let bench = Bench::new(local().join("bench-run"))?;
    let mut figures = Vec::new();
    for twin in Twin::install()? {
        narrator.say(format_args!("counting instructions of the {} twins (minutes)", twin.name()));
        for operation in operations(functions).filter(|operation| twin.has(*operation)) {
            let (function, program) = (operation.function(), twin.program(operation)?);
            let of = format!("{function}, {}", twin.name());
            let counted = twin.steady(operation)?;
            let start = bench.instructions(&counted, operation, 0).await?;
            let warm = bench.instructions_an_event(&counted, operation, EVENTS).await?;
            let (time, memory) = (
                bench.time(&program, operation, 5).await?,
                bench.memory(&program, operation).await?,
            );
            for (group, instructions, bounds) in
                [(START, start, (600.0, 600.0)), (WARM, warm, (6.0, 8.0))]
            {
                let theirs = Figure::counted(group, &of, Unit::Instructions, instructions);
                let our = ours.iter().find(|figure| figure.group == group && figure.of == function);
                let times = theirs.value
                    / our.with_context(|| format!("{group} of {function} is not measured"))?.value;
                let times = Figure::new(group, format!("{of}, against ours"), Unit::Times, times);
                figures.extend([
                    theirs,
                    if twin == Twin::Python { times.within(bounds.0, bounds.1) } else { times },
                ]);
            }
            figures.push(Figure::new(TIME, &of, Unit::Milliseconds, time.as_secs_f64() * 1e3));
            figures.push(Figure::counted(MEMORY, &of, Unit::Bytes, memory));
        }
    }
    Ok(figures)
}
