//! `cargo xtask bench`: how small, fast and cheap the functions are, counted. The committed figures
//! are what `cargo xtask test` holds the next change to.

mod builds;
mod figures;
mod measure;
mod operation;
mod order;
mod stub;
mod tls;
mod twins;

use anyhow::{Context, Result, bail};
use figures::{Figure, Report, Unit};
use measure::{Bench, Program};
use operation::Operation;
use order::{Order, Orders};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use tls::Tls;
use tools::narrator::Narrator;
use tools::process::{cargo, metadata, run};
use tools::root::{local, root};
use tools::{Tools, functions};
use twins::Twin;

const START: &str = "Instructions to the first `/next`";
const SIZE: &str = "Size of the bootstrap";
const ZIP: &str = "Size of the zip";
const FIRST_CALL: &str = "First call over TLS";
const WARM: &str = "Instructions an operation";
const MEMORY: &str = "Memory at the first `/next`";
const TIME: &str = "Time to the first `/next`";
const AWS_CALLS: &str = "Calls of AWS an operation";
const PARTNER_CALLS: &str = "Calls of partners an operation";
const ROUND_TRIPS: &str = "Round trips an operation, one after the other";
const WRITE_UNITS: &str = "Write units of DynamoDB an operation";
const ORDER: &str = "A whole order, from its registration to the delivery";
const LOAD: &str = "Load: one process, on a table in process (dynoxide, over HTTP)";
const GROWTH: &str = "Growth: the same with more sales in the table, one operation at a time";
const COST: &str = "A million orders, in dollars";
const BUILDS: &str = "Builds, in a clone of its own";
const READ_UNITS: &str = "Read units of DynamoDB an operation";

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
/// The functions that an order goes through from its registration to its end, and the portal: what
/// people wait for, and what is called most. A slower start or a larger bootstrap comes from what
/// all functions share, so that it shows in these; to build all of them for release at each test
/// run would take half an hour.
const COMPARED: [&str; 8] = [
    "register-sale",
    "pay-signal",
    "place-factory-order",
    "receive-factory-update",
    "make-final-payment",
    "unassign-vehicle",
    "get-sale",
    "portal",
];
/// Events by which an operation is measured.
const EVENTS: u32 = 50;
/// Starts by which time is measured.
const STARTS: u32 = 21;

/// Measures all functions, or `only` these, and writes `docs/benchmarks.md` and
/// `docs/benchmarks.json`. Those keep what was not measured this time, if the same machine and
/// tools measured it.
pub async fn bench(as_json: bool, only: Vec<String>) -> Result<()> {
    let all = only.is_empty();
    let functions = if all { functions::functions()? } else { only };
    let narrator = Narrator::default();
    if !has_valgrind() {
        bail!(
            "valgrind is needed: install it, on Debian and Ubuntu by `sudo apt-get install valgrind`"
        );
    }
    Tools::Deploy.install(&narrator)?;
    Tools::Bench.install(&narrator)?;
    functions::build_for_release(&narrator, &functions)?;
    let mut figures = counted(&narrator, &functions).await?;
    figures.extend(instructions(&narrator, &functions).await?);
    figures.extend(of_starts(&narrator, &functions).await?);
    if all {
        figures.extend(of_an_order(&narrator).await?);
        figures.extend(of_load(&narrator)?);
    }
    figures.extend(of_twins(&narrator, &functions, &figures).await?);
    // Of functions that are gone nothing is kept.
    let report = report(figures, |known| !all || known.group == BUILDS)?;
    write(&report, as_json)?;
    narrator.say("docs/benchmarks.md and docs/benchmarks.json are written");
    Ok(())
}

/// Measures how long builds, demos and tests take, in a clone of what is committed, and puts it
/// beside the other figures.
pub fn builds(as_json: bool) -> Result<()> {
    let narrator = Narrator::default();
    Tools::Deploy.install(&narrator)?;
    Tools::Bench.install(&narrator)?;
    let figures = builds::measure(&narrator, BUILDS, &today())?;
    let report = report(figures, |known| known.group != BUILDS)?;
    write(&report, as_json)
}

fn write(report: &Report, as_json: bool) -> Result<()> {
    std::fs::create_dir_all(committed().with_file_name(""))?;
    let notes = std::fs::read_to_string(root().join("infra/bench/src/notes.md"))?;
    std::fs::write(committed().with_extension("md"), format!("{}\n{notes}", report.page()))?;
    let json = serde_json::to_string_pretty(report)?;
    std::fs::write(committed(), format!("{json}\n"))?;
    println!("{}", if as_json { json } else { report.page() });
    Ok(())
}

/// Prints where an operation's instructions go, by the functions of the program that execute them:
/// of a build like the released one, but for the names in it.
pub async fn profile(function: &str) -> Result<()> {
    let narrator = Narrator::default();
    Tools::Deploy.install(&narrator)?;
    let operation = Operation::ALL.into_iter().find(|operation| operation.function() == function);
    let operation = operation.with_context(|| format!("no operation of {function} is measured"))?;
    let target = local().join("profiled");
    functions::build_profiled(&narrator, function, &target)?;
    let program =
        Program(vec![target.join("lambda").join(function).join("bootstrap").into_os_string()]);
    let profile =
        Bench::new(local().join("bench-run"))?.profile(&program, operation, EVENTS).await?;
    let all: u64 = profile.iter().map(|(_, instructions)| instructions).sum();
    println!("{all} instructions an operation");
    for (name, instructions) in profile.iter().take(60) {
        println!(
            "{instructions:>8} {:>3} % {name}",
            instructions.saturating_mul(100).checked_div(all).unwrap_or(0)
        );
    }
    Ok(())
}

/// Prints what a whole order takes, and costs.
pub async fn order() -> Result<()> {
    let narrator = Narrator::default();
    for figure in of_an_order(&narrator).await? {
        println!("{figure}");
    }
    Ok(())
}

const GROUPS: [&str; 17] = [
    START,
    TIME,
    MEMORY,
    SIZE,
    ZIP,
    FIRST_CALL,
    WARM,
    AWS_CALLS,
    PARTNER_CALLS,
    ROUND_TRIPS,
    WRITE_UNITS,
    READ_UNITS,
    ORDER,
    COST,
    LOAD,
    GROWTH,
    BUILDS,
];

/// Fails if a counted figure is worse than the committed one: of the functions that [`compared`]
/// names, built for release, and of an order on the local stack.
pub async fn check() -> Result<()> {
    let narrator = &Narrator::default();
    let Some(committed) = known()? else {
        narrator.say("figures are not compared: none are committed");
        return Ok(());
    };
    if committed.architecture != functions::architecture() {
        narrator.say(format_args!(
            "figures are not compared: the committed ones are of {}",
            committed.architecture
        ));
        return Ok(());
    }
    let functions = compared(&committed);
    Tools::Deploy.install(narrator)?;
    functions::build_for_release(narrator, &functions)?;
    let mut figures = counted(narrator, &functions).await?;
    let rustc = version("rustc")?;
    if !committed.versions.contains(&rustc) {
        narrator
            .say(format_args!("bytes are not compared: {rustc} didn't build the committed ones"));
        figures.retain(|figure| figure.unit != Unit::Bytes);
    }
    if !has_valgrind() {
        narrator.say("instructions are not counted: valgrind is not installed");
    } else if committed.machine != machine()? || !committed.versions.contains(&rustc) {
        narrator.say(format_args!(
            "instructions are not counted: the committed ones are of {}",
            committed.machine
        ));
    } else {
        figures.extend(instructions(narrator, &functions).await?);
    }
    let order = of_an_order_at_its_best(narrator, &committed).await?;
    figures.extend(order);
    narrator.say(format_args!("{} figures are compared with docs/benchmarks.json", figures.len()));
    let worse = committed.regressions(&figures);
    if !worse.is_empty() {
        bail!(
            "figures are worse than those in docs/benchmarks.json:\n  {}\nmake them good, or commit what `cargo xtask bench` writes",
            worse.join("\n  ")
        );
    }
    Ok(())
}

/// The functions whose figures a test run holds to the committed ones: [`COMPARED`], and the
/// largest that is committed.
fn compared(committed: &Report) -> Vec<String> {
    let largest = committed
        .figures
        .iter()
        .filter(|figure| figure.group == SIZE)
        .max_by(|a, b| a.value.total_cmp(&b.value));
    let largest = largest.map(|figure| figure.of.as_str());
    let compared: BTreeSet<&str> = COMPARED.into_iter().chain(largest).collect();
    // One that is new has no figures yet.
    committed
        .measured(SIZE)
        .filter(|function| compared.contains(function))
        .map(str::to_owned)
        .collect()
}

fn committed() -> PathBuf {
    root().join("docs/benchmarks.json")
}

/// The committed figures, if there are any.
fn known() -> Result<Option<Report>> {
    Ok(if committed().exists() {
        Some(serde_json::from_str(&std::fs::read_to_string(committed())?)?)
    } else {
        None
    })
}

/// What is counted of our own functions without valgrind.
async fn counted(narrator: &Narrator, functions: &[String]) -> Result<Vec<Figure>> {
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
        figures.push(
            Figure::counted(SIZE, function, Unit::Bytes, std::fs::metadata(&bootstrap.0)?.len())
                .within(size, small),
        );
        figures.push(
            Figure::counted(ZIP, function, Unit::Bytes, bootstrap.zipped()?).within(zip, smaller),
        );
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

/// Whether the function's wiring has neither a partner nor another service of AWS.
fn calls_the_table_alone(function: &str) -> Result<bool> {
    let main = root().join(format!("functions/{function}/src/main.rs"));
    let text = std::fs::read_to_string(&main).with_context(|| main.display().to_string())?;
    let more = ["gateway", "factory", "registry", "queue", "mailer", "messages", "workflow"];
    Ok(!more.iter().any(|more| {
        text.contains(&format!("wiring.{more}"))
            || text.contains(&format!("wiring.credentials_{more}"))
    }))
}

/// The instructions of our own functions.
async fn instructions(narrator: &Narrator, functions: &[String]) -> Result<Vec<Figure>> {
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
            start.within(1.5e6, 1.15e6)
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
async fn of_starts(narrator: &Narrator, functions: &[String]) -> Result<Vec<Figure>> {
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
        figures.push(Figure::counted(MEMORY, function, Unit::Bytes, memory).within(7.5e6, 6e6));
    }
    Ok(figures)
}

/// The twins' figures, and ours beside them.
async fn of_twins(
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

/// What `tests/load` measures of one process.
fn of_load(narrator: &Narrator) -> Result<Vec<Figure>> {
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

/// What a whole order takes on the local stack, and costs at AWS.
async fn of_an_order(narrator: &Narrator) -> Result<Vec<Figure>> {
    of_order(&Orders::start(narrator).await?.next().await?)
}

/// The least, figure by figure, of orders that are taken until none is worse than committed, five
/// at most: a conflict or a second delivery, which the local stack may have, only adds to one.
async fn of_an_order_at_its_best(narrator: &Narrator, committed: &Report) -> Result<Vec<Figure>> {
    let mut orders = Orders::start(narrator).await?;
    let mut figures = of_order(&orders.next().await?)?;
    for _ in 1..5 {
        let worse = committed.regressions(&figures);
        if worse.is_empty() {
            break;
        }
        narrator.say(format_args!("once more, to see whether it stays so: {}", worse.join("; ")));
        let more = of_order(&orders.next().await?)?;
        for (least, again) in
            figures.iter_mut().zip(&more).filter(|(least, again)| least.of == again.of)
        {
            least.value = least.value.min(again.value);
        }
    }
    Ok(figures)
}

/// What one order took, and costs.
fn of_order(order: &Order) -> Result<Vec<Figure>> {
    let counted = |of: &str, unit, value| Figure::counted(ORDER, of, unit, value);
    let mut figures = vec![
        counted("transitions of the state machine", Unit::Transitions, order.transitions)
            .within(6.0, 4.0),
        counted(
            "transitions for the six milestones",
            Unit::Transitions,
            order.milestone_transitions,
        )
        .within(0.0, 0.0),
        counted("write units of DynamoDB", Unit::Units, order.write_units).within(50.0, 42.0),
        counted("write units of DynamoDB, the indexes' part", Unit::Units, order.index_units),
        counted("read units of DynamoDB", Unit::Units, order.read_units),
        counted("calls of AWS", Unit::Calls, order.aws_calls),
        counted("calls of partners", Unit::Calls, order.partner_calls),
        counted("invocations of functions", Unit::Calls, order.invocations),
        counted("requests at the API", Unit::Calls, order.requests),
        counted("messages in queues", Unit::Calls, order.messages),
        counted("mails", Unit::Calls, order.mails),
        counted("events on the bus", Unit::Calls, order.events),
        counted("log", Unit::Bytes, order.logged_bytes),
    ];
    let written = order
        .written
        .iter()
        .map(|(kind, units)| counted(&format!("write units of {kind}"), Unit::Units, *units));
    figures.extend(written);
    let (prices, services) = order::cost(order)?;
    let all: f64 =
        services.iter().filter(|(service, _)| *service != "SES").map(|(_, dollars)| dollars).sum();
    figures.push(
        Figure::new(COST, format!("all but mail ({prices})"), Unit::Dollars, all)
            .within(170.0, 145.0),
    );
    figures.extend(
        services
            .into_iter()
            .map(|(service, dollars)| Figure::new(COST, service, Unit::Dollars, dollars)),
    );
    Ok(figures)
}

/// The operations of these functions.
fn operations(functions: &[String]) -> impl Iterator<Item = Operation> {
    Operation::ALL
        .into_iter()
        .filter(|operation| functions.iter().any(|function| function == operation.function()))
}

/// The operation whose recordings a function meets; at a start that meets none, any.
fn operation_of(function: &str) -> Operation {
    Operation::ALL
        .into_iter()
        .find(|operation| operation.function() == function)
        .unwrap_or(Operation::GetSale)
}

/// A function's release build.
struct Bootstrap(PathBuf);

impl Bootstrap {
    fn program(&self) -> Program {
        Program(vec![self.0.clone().into_os_string()])
    }

    /// Its size in a zip as `sam package` makes it.
    fn zipped(&self) -> Result<u64> {
        let zip = local().join("bench-run/bootstrap.zip");
        run(Command::new(Tools::Deploy.bin().join("python"))
            .args(["-m", "zipfile", "-c"])
            .arg(&zip)
            .arg(&self.0))?;
        Ok(std::fs::metadata(zip)?.len())
    }
}

fn bootstrap(function: &str) -> Result<Bootstrap> {
    let metadata = metadata()?;
    let target = metadata
        .get("target_directory")
        .and_then(serde_json::Value::as_str)
        .context("cargo names no target folder")?;
    Ok(Bootstrap(Path::new(target).join("lambda").join(function).join("bootstrap")))
}

fn has_valgrind() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok()
}

/// The first line of what a program says of its version.
fn version(program: &str) -> Result<String> {
    Ok(run(Command::new(program).arg("--version"))?
        .lines()
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned())
}

/// Cores, processor and system: other ones execute other instructions, of another C library and of
/// other code paths.
fn machine() -> Result<String> {
    let processor = std::fs::read_to_string("/proc/cpuinfo")?;
    let processor = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or("an unnamed processor");
    let system = std::fs::read_to_string("/etc/os-release")?;
    let system =
        system.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or("Linux");
    let cores = std::thread::available_parallelism()?;
    Ok(format!(
        "{} x {}, {}",
        cores,
        processor.trim_start_matches(['\t', ' ', ':']),
        system.trim_matches('"')
    ))
}

/// These figures, and of the known ones those to `keep` that were not measured anew, if they are of
/// the same machine and tools.
fn report(figures: Vec<Figure>, keep: impl Fn(&Figure) -> bool) -> Result<Report> {
    let python = Tools::Bench.bin().join("python").to_string_lossy().into_owned();
    let mut report = Report {
        date: today(),
        machine: machine()?,
        architecture: functions::architecture().to_owned(),
        versions: vec![
            version("rustc")?,
            version("valgrind")?,
            version(&python)?,
            format!("Node {}", version(&twins::node()?.to_string_lossy())?),
        ],
        figures,
    };
    if let Some(known) = known()?
        .filter(|known| known.machine == report.machine && known.versions == report.versions)
    {
        let is_new = |figure: &Figure| {
            !report.figures.iter().any(|new| new.group == figure.group && new.of == figure.of)
        };
        let is_ours = |figure: &Figure| GROUPS.contains(&figure.group.as_str());
        let kept: Vec<Figure> = known
            .figures
            .into_iter()
            .filter(|figure| is_ours(figure) && keep(figure) && is_new(figure))
            .collect();
        report.figures.extend(kept);
    }
    // A table keeps together, whoever measured its rows, and a row its place.
    report.figures.sort_by_key(|figure| GROUPS.iter().position(|group| *group == figure.group));
    Ok(report)
}

fn today() -> String {
    #[expect(clippy::disallowed_methods, reason = "a report says when it was made")]
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}
