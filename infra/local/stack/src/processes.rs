//! The processes of the local stack: the cloud, the gateway and the partners, each started with
//! what it is told on its command line.

use crate::cloud::{Cloud, REGION};
use crate::parameters::{FACTORY_KEY, FACTORY_WEBHOOK_SECRET, GATEWAY_KEY, REGISTRY_KEY};
use crate::settings::Settings;
use crate::waiting::eventually;
use anyhow::Result;
use serde_json::Value;
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tools::Tools;
use tools::process::Process;
use tools::root::root;

/// With an environment of its own: the cloud hands its variables on to the functions.
pub(crate) fn start_cloud(
    port: u16,
    endpoint: &str,
    settings: &Settings,
    folder: &Path,
) -> Result<Process> {
    let mut command = Command::new(Tools::Cloud.bin().join("python3"));
    let temporary = folder.join("tmp");
    std::fs::create_dir_all(&temporary)?;
    command.arg(root().join("infra/local/cloud.py")).current_dir(folder).env_clear().envs([
        ("PATH", std::env::var_os("PATH").unwrap_or_default()),
        ("HOME", folder.as_os_str().to_owned()),
        ("TMPDIR", temporary.as_os_str().to_owned()),
    ]);
    command.envs([
        ("GATEWAY_PORT", port.to_string().as_str()),
        ("BIND_HOST", "127.0.0.1"),
        ("IOT_MTLS_ENABLED", "0"),
        ("SFTP_ENABLED", "0"),
        ("AWS_ENDPOINT_URL", endpoint),
        ("MINISTACK_REGION", REGION),
        ("AUTH", if settings.enforce_roles { "true" } else { "false" }),
    ]);
    if settings.keep_state {
        command.env("PERSIST_STATE", "1").env("STATE_DIR", folder.join("cloud-state"));
    }
    Process::start("cloud", &mut command, folder)
}

/// With books in a file where its state is to be kept.
pub(crate) fn start_gateway(
    program: &Path,
    port: u16,
    settings: &Settings,
    folder: &Path,
) -> Result<Process> {
    let mut command = Command::new(program);
    command.args(["--port", &port.to_string(), "--key", GATEWAY_KEY]);
    if settings.keep_state {
        command.arg("--books").arg(folder.join("gateway-books"));
    }
    Process::start("gateway", &mut command, folder)
}

/// Port 0 is a free one.
pub(crate) fn start_partners(
    program: &Path,
    port: u16,
    cloud: &Cloud,
    folder: &Path,
) -> Result<Process> {
    let mut command = Command::new(program);
    command.args([
        "--port",
        &port.to_string(),
        "--factory-key",
        FACTORY_KEY,
        "--registry-key",
        REGISTRY_KEY,
    ]);
    command.args(["--factory-webhook-secret", FACTORY_WEBHOOK_SECRET]);
    command.args(["--mails-url", &cloud.mails_url()]);
    Process::start("partners", &mut command, folder)
}

/// Waits until the partners say where they listen.
pub(crate) async fn listening(partners: &mut Process) -> Result<String> {
    let address = |log: String| {
        let said: Value = log.lines().find_map(|line| serde_json::from_str(line).ok())?;
        said.get("url")?.as_str().map(str::to_owned)
    };
    eventually(Duration::from_secs(20), "the partners listen", async || {
        partners.check()?;
        Ok(address(partners.log()))
    })
    .await
}

/// Waits until a process answers at this URL, whatever it says.
pub(crate) async fn up(process: &mut Process, url: &str) -> Result<()> {
    let client = proxy::client()?;
    eventually(Duration::from_mins(1), "a process answers", async || {
        process.check()?;
        Ok(client.get(url).send().await.ok().map(drop))
    })
    .await
}

/// A port that nobody listens on at this moment, and that no other stack of this process was given.
pub(crate) fn free_port() -> Result<u16> {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        if given.insert(port) {
            return Ok(port);
        }
    }
}

/// The port at the end of a base URL.
pub(crate) fn port_of(url: &str) -> Result<u16> {
    Ok(url.rsplit(':').next().unwrap_or_default().parse()?)
}

/// A folder that goes with the stack.
#[derive(Debug)]
pub(crate) struct Folder(pub(crate) PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
