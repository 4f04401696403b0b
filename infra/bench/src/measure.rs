//! Measures a process: instructions by valgrind's cachegrind, which counts every one that the
//! process executes and gives the same number each time; time and peak memory as the kernel tells
//! them.

use super::operation::Operation;
use super::stub::{Calls, Stub};
use super::tls::Tls;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use tools::narrator::now;
use tools::process::Process;

/// How long a process may take, under valgrind, to its last answer.
const PATIENCE: Duration = Duration::from_mins(10);

/// A program that serves the Runtime API, and its arguments.
#[derive(Debug, Clone)]
pub(super) struct Program(pub(super) Vec<OsString>);

impl Program {
    /// What starts it, with everything at this address.
    pub(super) fn command(&self, address: &str, tls: bool) -> Result<Command> {
        let (first, rest) = self.0.split_first().context("no program")?;
        let mut command = Command::new(first);
        command.args(rest).env_clear().envs(environment(address, tls));
        Ok(command)
    }
}

/// Where measured processes log.
#[derive(Debug, Clone)]
pub(super) struct Bench {
    folder: PathBuf,
}

impl Bench {
    /// Logs go to this folder.
    pub(super) fn new(folder: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// Instructions from the start until the process has answered `events` events and asks for one
    /// more.
    pub(super) async fn instructions(
        &self,
        program: &Program,
        operation: Operation,
        events: u32,
    ) -> Result<u64> {
        self.count(program, operation, events, None).await
    }

    /// The same for one event, where AWS is reached by TLS.
    pub(super) async fn instructions_over_tls(
        &self,
        program: &Program,
        operation: Operation,
        tls: &Tls,
    ) -> Result<u64> {
        self.count(program, operation, 1, Some(tls)).await
    }

    /// Instructions an event: what `events` more of them take, so that what is done only once
    /// cancels out.
    pub(super) async fn instructions_an_event(
        &self,
        program: &Program,
        operation: Operation,
        events: u32,
    ) -> Result<u64> {
        let before = self.instructions(program, operation, events).await?;
        let after = self.instructions(program, operation, events.saturating_mul(2)).await?;
        let more = after.checked_sub(before).context("more events took fewer instructions")?;
        more.checked_div(events.into()).context("no events")
    }

    /// Instructions until the first `/next`, function by function of the program, the most first.
    pub(super) async fn profile_of_start(
        &self,
        program: &Program,
        operation: Operation,
    ) -> Result<Vec<(String, u64)>> {
        self.instructions(program, operation, 0).await?;
        let counted = std::fs::read_to_string(self.folder.join("profile.out"))?;
        let mut profile: Vec<_> = by_function(&counted).into_iter().collect();
        profile.sort_by_key(|(_, instructions)| std::cmp::Reverse(*instructions));
        Ok(profile)
    }

    /// Instructions an event, function by function of the program, the most first.
    pub(super) async fn profile(
        &self,
        program: &Program,
        operation: Operation,
        events: u32,
    ) -> Result<Vec<(String, u64)>> {
        let written = self.folder.join("profile.out");
        let mut of_runs = Vec::new();
        for events in [events, events.saturating_mul(2)] {
            self.instructions(program, operation, events).await?;
            of_runs.push(by_function(&std::fs::read_to_string(&written)?));
        }
        let [before, after] = of_runs.as_slice() else { bail!("two runs are needed") };
        let more = |(name, after): (&String, &u64)| {
            let more = after
                .saturating_sub(before.get(name).copied().unwrap_or(0))
                .checked_div(events.into())?;
            (more > 0).then(|| (name.clone(), more))
        };
        let mut profile: Vec<(String, u64)> = after.iter().filter_map(more).collect();
        profile.sort_by_key(|(_, more)| std::cmp::Reverse(*more));
        Ok(profile)
    }

    async fn count(
        &self,
        program: &Program,
        operation: Operation,
        events: u32,
        tls: Option<&Tls>,
    ) -> Result<u64> {
        let counted = self.folder.join("instructions.log");
        let mut command =
            vec!["valgrind".into(), "--tool=cachegrind".into(), "--cache-sim=no".into()];
        command.push(OsString::from_iter([
            "--cachegrind-out-file=".as_ref(),
            self.folder.join("profile.out").as_os_str(),
        ]));
        command.push(OsString::from_iter(["--log-file=".as_ref(), counted.as_os_str()]));
        command.extend(program.0.iter().cloned());
        let mut stub = Stub::start(operation, events, tls.map(Tls::acceptor)).await?;
        let mut process = self.start(&Program(command), &stub, tls)?;
        wait(&mut stub, &mut process).await?;
        at_rest(process.id()).await?;
        // Its own way to end: on a termination it writes what it counted.
        drop(process);
        stub.check()?;
        let log = std::fs::read_to_string(&counted)?;
        instructions(&log).with_context(|| format!("valgrind counted nothing:\n{log}"))
    }

    /// What an operation calls, once its process is warm.
    pub(super) async fn calls(&self, program: &Program, operation: Operation) -> Result<Calls> {
        let mut stub = Stub::start(operation, 2, None).await?;
        let mut process = self.start(program, &stub, None)?;
        wait(&mut stub, &mut process).await?;
        drop(process);
        stub.check()?;
        Ok(stub.calls())
    }

    /// The median time until its first event, of so many starts.
    pub(super) async fn time(
        &self,
        program: &Program,
        operation: Operation,
        starts: u32,
    ) -> Result<Duration> {
        let mut times = Vec::new();
        for _ in 0..starts {
            let began = now();
            let _running = self.first_event(program, operation).await?;
            times.push(began.elapsed());
        }
        median(times).context("no start")
    }

    /// What it has in memory at its first event, in bytes; nothing is given back before. Its
    /// addresses are the same each time: where they are by chance, the kernel maps more or less
    /// around what is touched.
    pub(super) async fn memory(&self, program: &Program, operation: Operation) -> Result<u64> {
        let mut command = Program(vec!["setarch".into(), "--addr-no-randomize".into()]);
        command.0.extend(program.0.iter().cloned());
        let (_stub, process) = self.first_event(&command, operation).await?;
        resident(process.id())
    }

    /// The process, as soon as it has asked for its first event, and what it asked.
    async fn first_event(
        &self,
        program: &Program,
        operation: Operation,
    ) -> Result<(Stub, Process)> {
        let mut stub = Stub::start(operation, 0, None).await?;
        let mut process = self.start(program, &stub, None)?;
        wait(&mut stub, &mut process).await?;
        Ok((stub, process))
    }

    fn start(&self, program: &Program, stub: &Stub, tls: Option<&Tls>) -> Result<Process> {
        let mut command = program.command(&stub.address(), tls.is_some())?;
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", &self.folder);
        command.envs(tls.map(|tls| ("AWS_CA_BUNDLE", tls.root())));
        Process::start("measured", &mut command, &self.folder)
    }
}

async fn wait(stub: &mut Stub, process: &mut Process) -> Result<()> {
    let began = now();
    loop {
        match tokio::time::timeout(Duration::from_millis(200), stub.idle()).await {
            Ok(idle) => return idle,
            Err(_) if began.elapsed() > PATIENCE => {
                bail!("the process answered too late:\n{}", process.log())
            }
            Err(_) => process.check()?,
        }
    }
}

/// All settings of all functions.
fn environment(address: &str, tls: bool) -> Vec<(&'static str, String)> {
    let aws = format!("{}://{address}", if tls { "https" } else { "http" });
    let plain = format!("http://{address}");
    let queue = |name: &str| format!("{aws}/000000000000/{name}");
    let mut environment = vec![
        ("AWS_LAMBDA_RUNTIME_API", address.to_owned()),
        ("AWS_ENDPOINT_URL", aws.clone()),
        ("GATEWAY_URL", plain.clone()),
        ("FACTORY_URL", plain.clone()),
        ("REGISTRY_URL", plain),
        ("NOTIFICATION_QUEUE_URL", queue("notifications")),
        ("CREDENTIALS_QUEUE_URL", queue("credentials")),
        ("REFUND_QUEUE_URL", queue("refunds")),
    ];
    let fixed = [
        ("GLIBC_TUNABLES", "glibc.malloc.tcache_count=256"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "not-a-key"),
        ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "1"),
        ("LOG_LEVEL", "info"),
        ("STAGE", "local"),
        ("TABLE_NAME", "sales"),
        ("STATE_MACHINE_ARN", "arn:aws:states:eu-west-1:000000000000:stateMachine:sales"),
        ("GATEWAY_SECRET_ARN", "gateway"),
        ("GATEWAY_WEBHOOK_SECRET_ARN", "gateway-webhooks"),
        ("FACTORY_SECRET_ARN", "factory"),
        ("FACTORY_WEBHOOK_SECRET_ARN", "factory-webhooks"),
        ("REGISTRY_SECRET_ARN", "registry"),
        ("SIGNAL_PAYMENT_WINDOW_SECONDS", "604800"),
        ("MAX_UNPAID_OF_EMPLOYEE", "25"),
        ("MAX_UNPAID_OF_DEALERSHIP", "100"),
        ("PLANS_REMEMBERED_SECONDS", "3600"),
        ("REMINDER_AFTER_SECONDS", "950400"),
        ("VEHICLE_WINDOW_SECONDS", "2592000"),
        ("BURST_SECONDS", "300"),
        ("ASK_AFTER_SECONDS", "900"),
        ("CASE_AFTER_SECONDS", "43200"),
        ("AUTHORITY_CASE_AFTER_SECONDS", "43200"),
        ("FACTORY_CASE_AFTER_SECONDS", "14400"),
        ("EVENT_BUS_NAME", "bench"),
        ("SMS_SENDER_ID", "CaaS"),
        ("REMINDER_LEAD_SECONDS", "259200"),
        ("MAX_EXTENSION_SECONDS", "1209600"),
        ("CREDENTIALS_LIFETIME_SECONDS", "604800"),
        ("MAIL_FROM", "compras@caas.example"),
        ("MAIL_CONFIGURATION_SET", "mails"),
        ("PORTAL_URL", "https://portal.caas.example"),
        ("DESK_URL", "https://portal.caas.example/desk"),
        ("DESK_CLIENT_ID", "caas-desk"),
        ("TOKEN_ISSUER", "https://id.caas.example"),
        ("TRANSFER_COUNTRY", "ES"),
        ("SEPA_DEBIT_LIMIT", "200000"),
        ("SELLERS", "{}"),
        ("ESTIMATE_NOTICE_DAYS", "7"),
        ("ROLES_CLAIM", "roles"),
        ("DEALERSHIP_CLAIM", "dealership_id"),
        ("COUNTRY_CLAIM", "country"),
        ("ZONE_CLAIM", "zoneinfo"),
    ];
    environment.extend(fixed.map(|(name, value)| (name, value.to_owned())));
    environment
}

/// Waits until the process uses no more time: its last request is out, and it sleeps.
async fn at_rest(process: u32) -> Result<()> {
    let mut before = String::new();
    loop {
        let now = processor_time(process)?;
        if now == before {
            return Ok(());
        }
        before = now;
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
}

/// User and system time, the 14th and 15th field (`man 5 proc`).
fn processor_time(process: u32) -> Result<String> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    Ok(fields.skip(11).take(2).collect::<Vec<_>>().join(" "))
}

/// Counted page by page: what the kernel keeps of itself (`VmRSS`, `VmHWM`) is a quarter of a
/// megabyte off at times.
fn resident(process: u32) -> Result<u64> {
    let smaps = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let resident = smaps
        .lines()
        .find_map(|line| line.strip_prefix("Rss:"))
        .context("the kernel tells no Rss")?;
    let kib: u64 = resident.trim().trim_end_matches(" kB").parse()?;
    Ok(kib.saturating_mul(1024))
}

/// `==123== I   refs:      1,234,567`
fn instructions(log: &str) -> Option<u64> {
    let line = log.lines().find(|line| line.contains(" I ") && line.contains("refs:"))?;
    line.rsplit(':').next()?.trim().replace(',', "").parse().ok()
}

/// The sums of a file of cachegrind's: a line `fn=` for each function, then lines of a line's
/// number and its instructions.
fn by_function(file: &str) -> BTreeMap<String, u64> {
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    let mut function = "";
    for line in file.lines() {
        if let Some(name) = line.strip_prefix("fn=") {
            function = name;
        } else if let Some(instructions) = line.split_once(' ').and_then(|(at, count)| {
            let is_line = !at.is_empty() && at.bytes().all(|byte| byte.is_ascii_digit());
            if is_line { count.split(' ').next()?.parse::<u64>().ok() } else { None }
        }) {
            *sums.entry(function.to_owned()).or_default() += instructions;
        }
    }
    sums
}

fn median<T: Ord + Copy>(mut values: Vec<T>) -> Option<T> {
    values.sort_unstable();
    values.get(values.len().checked_div(2)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_are_read_from_either_version_s_log() {
        assert_eq!(
            instructions("==7== Cachegrind\n==7== I   refs:      1,234,567\n"),
            Some(1_234_567)
        );
        assert_eq!(instructions("==7== I refs:        89\n"), Some(89));
        assert_eq!(instructions("==7== Cachegrind\n"), None);
    }

    #[test]
    fn a_function_s_lines_are_summed() {
        let file = "desc: x\nevents: Ir\nfl=a.rs\nfn=one\n3 10\n4 5\nfn=two\n9 1\nfn=one\n7 100\nsummary: 116\n";
        assert_eq!(
            by_function(file),
            BTreeMap::from([("one".to_owned(), 115), ("two".to_owned(), 1)])
        );
    }

    #[test]
    fn medians_are_of_the_sorted_values() {
        assert_eq!(median(vec![5, 1, 3]), Some(3));
        assert_eq!(median::<u8>(vec![]), None);
    }
}
