//! A running stack, and what it can be asked.

use crate::api::{Api, Partners};
use crate::cloud::Cloud;
use crate::processes::Folder;
use anyhow::{Context, Result};
use proxy::{Call, Marks, Proxy};
use serde_json::json;
use std::path::{Path, PathBuf};
use tools::process::Process;

/// A running stack.
#[derive(Debug)]
pub struct Stack {
    // In the order in which they end.
    /// The local cloud's process.
    pub cloud_process: Process,
    /// The gateway's process.
    pub gateway_process: Process,
    /// The partners' process.
    pub partners_process: Process,
    /// Between the functions and the cloud.
    pub cloud_proxy: Proxy,
    /// Between the functions and the gateway.
    pub gateway_proxy: Proxy,
    /// Between the functions and factory and registries.
    pub partners_proxy: Proxy,
    /// What calls are about, for faults that are aimed at one sale.
    pub marks: Marks,
    /// The cloud.
    pub cloud: Cloud,
    /// Factory, registries, issuer.
    pub partners: Partners,
    /// The gateway's base URL.
    pub gateway_url: String,
    /// Our API's base URL.
    pub api_url: String,
    /// What the template puts out.
    pub outputs: std::collections::BTreeMap<String, String>,
    /// What was deployed.
    pub(crate) template: PathBuf,
    pub(crate) partners_program: PathBuf,
    pub(crate) gateway_program: PathBuf,
    pub(crate) folder: Folder,
}

impl Stack {
    /// What the template puts out under this name.
    pub fn output(&self, name: &str) -> Result<&str> {
        self.outputs
            .get(name)
            .map(String::as_str)
            .with_context(|| format!("the stack puts out no {name}"))
    }

    /// The API, as an employee of this dealership with these roles.
    pub async fn api(&self, dealership: &str, roles: &[&str]) -> Result<Api> {
        self.api_in("ES", dealership, roles).await
    }

    /// The same in another country.
    pub async fn api_in(&self, country: &str, dealership: &str, roles: &[&str]) -> Result<Api> {
        let token = json!({ "sub": "e-17", "roles": roles, "dealership_id": dealership, "country": country });
        Api::new(self.api_url.clone(), Some(self.partners.token(&token).await?))
    }

    /// Every call that a function made, in the order of each target.
    pub fn calls(&self) -> Vec<Call> {
        [&self.cloud_proxy, &self.gateway_proxy, &self.partners_proxy]
            .into_iter()
            .flat_map(Proxy::calls)
            .collect()
    }

    /// Where the processes' logs are.
    pub fn folder(&self) -> &Path {
        &self.folder.0
    }

    /// Fails if a process has ended by itself.
    pub fn check_processes(&mut self) -> Result<()> {
        [&mut self.cloud_process, &mut self.gateway_process, &mut self.partners_process]
            .into_iter()
            .try_for_each(Process::check)
    }
}
