//! The functions' own figures: what each takes to start, and for an operation.

use super::bootstrap::bootstrap;
use super::figures::{Figure, Unit};
use super::groups::{
    AWS_CALLS, FIRST_CALL, MEMORY, PARTNER_CALLS, READ_UNITS, ROUND_TRIPS, SIZE, START, TIME, WARM,
    WRITE_UNITS, ZIP,
};
use super::measure::Bench;
use super::operation::Operation;
use super::tls::Tls;
use anyhow::{Context, Result};
use tools::narrator::Narrator;
use tools::root::{local, root};

/// Functions that nobody waits for: queues, the stream and the workflow start them.
const IN_THE_BACKGROUND: [&str; 10] = [
    "check-factory-order",
    "issue-credentials",
    "lapse-sale",
    "place-factory-order",
    "receive-mail-event",
    "refund-payment",
    "register-vehicle",
    "relay-events",
    "send-notification",
    "unassign-vehicle",
];

/// Events by which an operation is measured.
pub(super) const EVENTS: u32 = 50;

/// Starts by which time is measured.
const STARTS: u32 = 21;

/// What is counted of our own functions without valgrind.
pub(super) async fn counted(narrator: &Narrator, functions: &[String]) -> Result<Vec<Figure>> {
    narrator.say("counting bytes, calls and write units of the functions");
    let bench = Bench::new(local().join("bench-run"))?;
    let mut figures = Vec::new();
    for function in functions {
        let bootstrap = bootstrap(function)?;
        let ((size, small), (zip, smaller)) = if calls_the_table_alone(function)? {
            ((5.5e6, 4e6), (2.5e6, 1.9e6))
        } else {
            ((6.6e6, 4.6e6), (3e6, 2.1e6))
        };
        let bytes = std::fs::metadata(&bootstrap.0)?.len();
        let size_of = Figure::counted(SIZE, function, Unit::Bytes, bytes);
        figures.push(within(size_of, size, small));
        let zipped = Figure::counted(ZIP, function, Unit::Bytes, bootstrap.zipped()?);
        figures.push(within(zipped, zip, smaller));
    }
    for operation in operations(functions) {
        let function = operation.function();
        let calls = bench.calls(&bootstrap(function)?.program(), operation).await?;
        let aws = Figure::counted(AWS_CALLS, function, Unit::Calls, calls.aws.into());
        figures.push(match operation.calls() {
            Some((bar, stretch)) => aws.within(bar, stretch),
            None => aws,
        });
        figures.push(Figure::counted(PARTNER_CALLS, function, Unit::Calls, calls.partners.into()));
        figures.push(Figure::counted(ROUND_TRIPS, function, Unit::Calls, calls.round_trips.into()));
        figures.push(Figure::new(
            READ_UNITS,
            function,
            Unit::Units,
            f64::from(calls.read_halves) / 2.0,
        ));
        figures.push(Figure::counted(WRITE_UNITS, function, Unit::Units, calls.write_units.into()));
    }
    Ok(figures)
}

/// The function's figure, with its bars: the desk, which has all that a dealership does, may take
/// 30 % more than another function.
fn within(figure: Figure, bar: f64, stretch: f64) -> Figure {
    let more = if figure.of == "desk" { 1.3 } else { 1.0 };
    figure.within(bar * more, stretch * more)
}

/// Whether the function's wiring has neither a partner nor another service of AWS.
fn calls_the_table_alone(function: &str) -> Result<bool> {
    let main = root().join(format!("functions/{function}/src/main.rs"));
    let text = std::fs::read_to_string(&main).with_context(|| main.display().to_string())?;
    let more = [
        "gateway",
        "factory",
        "registry",
        "queue",
        "credentials",
        "mailer",
        "messages",
        "workflow",
        "webhook",
    ];
    Ok(!more.iter().any(|more| text.contains(&format!("wiring.{more}"))))
}

/// The instructions of our own functions.
pub(super) async fn instructions(narrator: &Narrator, functions: &[String]) -> Result<Vec<Figure>> {
    narrator.say("counting instructions of the functions (a minute or two)");
    let bench = Bench::new(local().join("bench-run"))?;
    let mut figures = Vec::new();
    for function in functions {
        let start =
            bench.instructions(&bootstrap(function)?.program(), operation_of(function), 0).await?;
        let start = Figure::counted(START, function, Unit::Instructions, start);
        figures.push(if IN_THE_BACKGROUND.contains(&function.as_str()) {
            start
        } else {
            within(start, 1.5e6, 1.15e6)
        });
    }
    for operation in operations(functions) {
        let program = bootstrap(operation.function())?.program();
        let instructions = bench.instructions_an_event(&program, operation, EVENTS).await?;
        let warm = Figure::counted(WARM, operation.function(), Unit::Instructions, instructions);
        figures.push(match operation {
            Operation::GetSale => warm.within(720e3, 670e3),
            Operation::PaySignal => warm.within(1.8e6, 1.7e6),
            _ => warm,
        });
    }
    if !functions.iter().any(|function| function == "get-sale") {
        return Ok(figures);
    }
    let (program, get_sale) = (bootstrap("get-sale")?.program(), Operation::GetSale);
    let first = bench
        .instructions_over_tls(&program, get_sale, &Tls::new(&local().join("bench-run"))?)
        .await?;
    let first = first.saturating_sub(bench.instructions(&program, get_sale, 0).await?);
    figures
        .push(Figure::counted(FIRST_CALL, "get-sale", Unit::Instructions, first).within(5e6, 3e6));
    Ok(figures)
}

/// What the kernel tells of the functions' starts.
pub(super) async fn of_starts(narrator: &Narrator, functions: &[String]) -> Result<Vec<Figure>> {
    narrator.say("starting each function, for time and memory");
    let bench = Bench::new(local().join("bench-run"))?;
    let mut figures = Vec::new();
    for function in functions {
        let (program, operation) = (bootstrap(function)?.program(), operation_of(function));
        let (time, memory) = (
            bench.time(&program, operation, STARTS).await?,
            bench.memory(&program, operation).await?,
        );
        figures.push(Figure::new(TIME, function, Unit::Milliseconds, time.as_secs_f64() * 1e3));
        let memory = Figure::counted(MEMORY, function, Unit::Bytes, memory);
        figures.push(within(memory, 7.5e6, 6e6));
    }
    Ok(figures)
}

/// The operations of these functions.
pub(super) fn operations(functions: &[String]) -> impl Iterator<Item = Operation> {
    Operation::ALL
        .into_iter()
        .filter(|operation| functions.iter().any(|function| function == operation.function()))
}

/// The operation whose recordings a function meets; at a start that meets none, any.
pub(super) fn operation_of(function: &str) -> Operation {
    Operation::ALL
        .into_iter()
        .find(|operation| operation.function() == function)
        .unwrap_or(Operation::GetSale)
}
