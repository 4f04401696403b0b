//! The local stack: the local cloud with our template in it, the payment gateway and the partners,
//! and proxies between them that note who calls whom. Dropped, all of it ends.

pub mod api;
pub mod check;
pub mod cloud;
pub mod demo;
pub mod run;

use crate::api::{Api, Partners};
use crate::cloud::{Cloud, REGION};
use anyhow::{Context, Result, bail};
use proxy::{Call, Marks, Proxy, Target};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tools::narrator::{Narrator, now};
use tools::pinned::sam;
use tools::process::{self, Process};
use tools::root::{local, root};
use tools::template::Template;
use tools::{Tools, functions};

/// The stack's name.
pub const STACK: &str = "caas-sales-local";

/// What differs between one local stack and another.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a customer has to pay the señal, in seconds.
    pub signal_payment_window: u64,
    /// How long a customer has to pay the balance, in seconds.
    pub final_payment_window: u64,
    /// How long the factory may be silent, in seconds.
    pub vehicle_window: u64,
    /// How often what is on its way is asked for, in seconds.
    pub recheck: u64,
    /// After how many seconds a message that failed comes again.
    pub queue_visibility: u64,
    /// How long a milestone's notification waits for the next one, in seconds.
    pub burst: u64,
    /// Whether functions' roles are enforced.
    pub enforce_roles: bool,
    /// Whether the cloud and the gateway keep their state in files, so that they can be started
    /// again.
    pub keep_state: bool,
    /// An action that no role may take, to see what happens.
    pub without: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            signal_payment_window: 900,
            final_payment_window: 900,
            vehicle_window: 3600,
            recheck: 5,
            queue_visibility: 180,
            burst: 0,
            enforce_roles: true,
            keep_state: false,
            without: None,
        }
    }
}

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
    partners_program: PathBuf,
    folder: Folder,
}

/// A folder that goes with the stack.
#[derive(Debug)]
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The sender of every mail.
const MAIL_FROM: &str = "compras@caas.example";
/// Our key at the local gateway.
pub const GATEWAY_KEY: &str = "sk_test_local";
/// What the local gateway signs its webhooks with.
pub const GATEWAY_WEBHOOK_SECRET: &str = "whsec_local_gateway";
/// How many of an employee's sales may wait for their señal, on the local stack; of a dealership's
/// twice as many.
pub const MAX_UNPAID: usize = 500;
const FACTORY_KEY: &str = "factory-key-local";
/// What the local factory signs its webhooks with: 24 bytes, as Standard Webhooks has it.
pub const FACTORY_WEBHOOK_SECRET: &str = "whsec_bG9jYWwtZmFjdG9yeS1zaWduaW5nLWtleQ==";
const REGISTRY_KEY: &str = "registry-key-local";

/// The API's id on the local cloud.
const API_ID: &str = "caas";

impl Stack {
    /// Sets up what is missing, starts everything, deploys, and checks that what was deployed is
    /// there.
    pub async fn start(settings: &Settings, narrator: &Narrator) -> Result<Self> {
        narrator.say("building the functions for a local run (the first time takes minutes)");
        let programs = functions::prepare(narrator, &[])?;
        let partners_program = programs.get("partners")?.to_owned();
        let folder = Folder(local().join(format!("run/{}-{}", std::process::id(), free_port()?)));
        std::fs::create_dir_all(&folder.0)?;

        narrator.say("starting the local cloud, the payment gateway and the partners");
        let (cloud_port, gateway_port) = (free_port()?, free_port()?);
        let cloud = Cloud::new(format!("http://127.0.0.1:{cloud_port}"))?;
        let gateway_url = format!("http://127.0.0.1:{gateway_port}");
        let marks = Marks::default();
        let cloud_proxy =
            Proxy::start(Target::Cloud, cloud.url().to_owned(), marks.clone()).await?;
        let gateway_proxy =
            Proxy::start(Target::Gateway, gateway_url.clone(), marks.clone()).await?;
        let mut cloud_process = start_cloud(cloud_port, &cloud_proxy.url(), settings, &folder.0)?;
        let mut gateway_process = start_gateway(gateway_port, settings, &folder.0)?;
        let mut partners_process = start_partners(&partners_program, 0, &folder.0)?;
        let partners = Partners::new(listening(&mut partners_process).await?)?;
        let partners_proxy =
            Proxy::start(Target::Partners, partners.url().to_owned(), marks.clone()).await?;
        up(&mut cloud_process, &format!("{}/_ministack/health", cloud.url())).await?;
        up(&mut gateway_process, &format!("{gateway_url}/js.stripe.com/v3/")).await?;

        narrator.say("deploying infra/template.yaml (sam deploy)");
        let api_url = format!("{}/_aws/execute-api/{API_ID}", cloud.url());
        let urls = Urls {
            issuer: format!("{}/issuer", partners.url()),
            gateway: gateway_proxy.url(),
            partners: partners_proxy.url(),
            portal: format!("{api_url}/portal"),
        };
        let mut template = Template::read()?;
        if let Some(action) = &settings.without {
            template.forbid(action)?;
        }
        let file = template.deployable(&programs, &folder.0)?;
        deploy(&file, &parameters(settings, &urls), cloud.url())
            .context("the stack can't be deployed")?;
        let outputs = cloud.outputs(STACK).await?;
        let stack = Self {
            cloud_process,
            gateway_process,
            partners_process,
            cloud_proxy,
            gateway_proxy,
            partners_proxy,
            marks,
            cloud,
            partners,
            gateway_url,
            api_url,
            outputs,
            partners_program,
            folder,
        };
        stack.finish().await?;
        crate::check::check(&stack, &template).await?;
        stack.put_catalogue().await?;
        Ok(stack)
    }

    /// What the template can't say to the local cloud and its partners.
    async fn finish(&self) -> Result<()> {
        // The local cloud ignores TimeToLiveSpecification.
        let ttl = json!({
            "TableName": self.output("TableName")?,
            "TimeToLiveSpecification": { "AttributeName": "expires_at", "Enabled": true },
        });
        self.cloud.json("dynamodb", "DynamoDB_20120810.UpdateTimeToLive", ttl).await?;
        // On AWS the identity is verified once, by DNS; the local cloud believes in addresses.
        self.cloud
            .post("ses", "/v2/email/identities", json!({ "EmailIdentity": MAIL_FROM }))
            .await?;
        // Nor does any template make these: they need Apple's and Google's credentials.
        for platform in PUSH_PLATFORMS {
            let form = format!(
                "Action=CreatePlatformApplication&Version=2010-03-31&Name=caas&Platform={platform}"
            );
            self.cloud.query("sns", &form).await?;
        }
        self.direct_payment_webhooks().await?;
        self.direct_factory_webhooks().await
    }

    async fn direct_payment_webhooks(&self) -> Result<()> {
        let webhook = json!({ "url": format!("{}/webhooks/payments", self.api_url), "secret": GATEWAY_WEBHOOK_SECRET });
        let answer = proxy::client()?
            .post(format!("{}/_config/webhooks/caas", self.gateway_url))
            .json(&webhook)
            .send()
            .await?;
        answer.error_for_status()?;
        Ok(())
    }

    async fn direct_factory_webhooks(&self) -> Result<()> {
        self.partners.set_webhook_url(&format!("{}/webhooks/factory", self.api_url)).await
    }

    /// Starts the cloud again, once it was stopped: with the state that it kept.
    pub async fn start_cloud_again(&mut self, settings: &Settings) -> Result<()> {
        self.cloud_process = start_cloud(
            port_of(self.cloud.url())?,
            &self.cloud_proxy.url(),
            settings,
            &self.folder.0,
        )?;
        up(&mut self.cloud_process, &format!("{}/_ministack/health", self.cloud.url())).await
    }

    /// Starts the gateway again, once it was killed: with the books that it kept.
    pub async fn start_gateway_again(&mut self, settings: &Settings) -> Result<()> {
        self.gateway_process =
            start_gateway(port_of(&self.gateway_url)?, settings, &self.folder.0)?;
        up(&mut self.gateway_process, &format!("{}/js.stripe.com/v3/", self.gateway_url)).await?;
        self.direct_payment_webhooks().await
    }

    /// Starts the partners again, once they were killed. They keep nothing.
    pub async fn start_partners_again(&mut self) -> Result<()> {
        self.partners_process =
            start_partners(&self.partners_program, port_of(self.partners.url())?, &self.folder.0)?;
        up(&mut self.partners_process, &format!("{}/_control", self.partners.url())).await?;
        self.direct_factory_webhooks().await
    }

    /// The plans of `infra/local/catalogue.json`, which stands in for the product department's.
    async fn put_catalogue(&self) -> Result<()> {
        let text = std::fs::read_to_string(root().join("infra/local/catalogue.json"))?;
        let plans: Vec<Value> =
            serde_json::from_str(&text).context("infra/local/catalogue.json")?;
        let product = self.api("HQ", &["product"]).await?;
        for mut plan in plans {
            let code = plan
                .as_object_mut()
                .and_then(|plan| plan.remove("code"))
                .context("a plan has no code")?;
            product
                .put(&format!("/plans/{}", code.as_str().unwrap_or_default()), &plan)
                .await?
                .expect(200)?;
        }
        Ok(())
    }

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

    /// A new payment method at the gateway: a card of this number.
    pub async fn card(&self, number: &str) -> Result<String> {
        let card = [
            ("type", "card"),
            ("card[number]", number),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "2034"),
            ("card[cvc]", "123"),
        ];
        self.payment_method(&card).await
    }

    /// A new payment method at the gateway: a bank account.
    pub async fn bank_account(&self) -> Result<String> {
        let account = [
            ("type", "sepa_debit"),
            ("sepa_debit[iban]", "DE89370400440532013000"),
            ("billing_details[name]", "Ana García"),
            ("billing_details[email]", "ana@example.com"),
        ];
        self.payment_method(&account).await
    }

    async fn payment_method(&self, form: &[(&str, &str)]) -> Result<String> {
        let client = proxy::client()?;
        let call = client
            .post(format!("{}/v1/payment_methods", self.gateway_url))
            .bearer_auth(GATEWAY_KEY);
        let method: Value = call.form(form).send().await?.error_for_status()?.json().await?;
        method
            .get("id")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .context("the gateway made no payment method")
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

/// Ctrl-C and a termination drop what runs, which ends its processes.
pub async fn until_told_to_stop(task: impl Future<Output = Result<()>>) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        outcome = task => outcome,
        _ = tokio::signal::ctrl_c() => bail!("interrupted; everything is stopped"),
        _ = terminate.recv() => bail!("terminated; everything is stopped"),
    }
}

struct Urls {
    issuer: String,
    gateway: String,
    partners: String,
    portal: String,
}

/// A port that nobody listens on at this moment.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// With an environment of its own: the cloud hands its variables on to the functions.
fn start_cloud(port: u16, endpoint: &str, settings: &Settings, folder: &Path) -> Result<Process> {
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

fn start_gateway(port: u16, settings: &Settings, folder: &Path) -> Result<Process> {
    let mut command = Command::new(Tools::Cloud.bin().join("python3"));
    command.arg(root().join("infra/local/gateway.py")).args(["--port", &port.to_string()]);
    if settings.keep_state {
        command.env("BOOKS", folder.join("gateway-books"));
    }
    Process::start("gateway", &mut command, folder)
}

/// Port 0 is a free one.
fn start_partners(program: &Path, port: u16, folder: &Path) -> Result<Process> {
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
    Process::start("partners", &mut command, folder)
}

fn port_of(url: &str) -> Result<u16> {
    Ok(url.rsplit(':').next().unwrap_or_default().parse()?)
}

/// Waits until the partners say where they listen.
async fn listening(partners: &mut Process) -> Result<String> {
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

async fn up(process: &mut Process, url: &str) -> Result<()> {
    let client = proxy::client()?;
    eventually(Duration::from_mins(1), "a process answers", async || {
        process.check()?;
        Ok(client.get(url).send().await.ok().map(drop))
    })
    .await
}

/// Asks until there is an answer, or `patience` is over.
pub async fn eventually<T>(
    patience: Duration,
    what: &str,
    ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    eventually_every(Duration::from_millis(100), patience, what, ask).await
}

/// As [`eventually`], with this pause before it asks again.
pub async fn eventually_every<T>(
    pause: Duration,
    patience: Duration,
    what: &str,
    mut ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let began = now();
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if began.elapsed() > patience {
            bail!("waited {} s in vain until {what}", patience.as_secs());
        }
        tokio::time::sleep(pause).await;
    }
}

/// Apple's and Google's, by their names in SNS.
const PUSH_PLATFORMS: [&str; 2] = ["APNS", "GCM"];

fn push_application(platform: &str) -> String {
    format!("arn:aws:sns:{REGION}:000000000000:app/{platform}/caas")
}

fn parameters(settings: &Settings, urls: &Urls) -> Vec<String> {
    let Urls { issuer, gateway, partners, portal } = urls;
    let Settings {
        signal_payment_window,
        final_payment_window,
        vehicle_window,
        recheck,
        queue_visibility,
        ..
    } = settings;
    let reminder_lead = final_payment_window / 3;
    vec![
        "Stage=local".to_owned(),
        format!("Architecture={}", functions::architecture()),
        format!("TokenIssuer={issuer}"),
        format!("FactoryUrl={partners}/factory"),
        format!("RegistryUrl={partners}/registry"),
        format!("GatewayUrl={gateway}"),
        format!("PortalUrl={portal}"),
        format!("MailFrom={MAIL_FROM}"),
        "MailIdentity=caas.example".to_owned(),
        format!("ApnsApplicationArn={}", push_application(PUSH_PLATFORMS[0])),
        format!("FcmApplicationArn={}", push_application(PUSH_PLATFORMS[1])),
        format!("SignalPaymentWindowSeconds={signal_payment_window}"),
        format!("FinalPaymentWindowSeconds={final_payment_window}"),
        "PlansRememberedSeconds=10".to_owned(),
        format!("MaxUnpaidOfEmployee={MAX_UNPAID}"),
        format!("MaxUnpaidOfDealership={}", 2 * MAX_UNPAID),
        format!("ReminderAfterSeconds={}", final_payment_window - reminder_lead),
        format!("ReminderLeadSeconds={reminder_lead}"),
        format!("VehicleWindowSeconds={vehicle_window}"),
        format!("RecheckSeconds={recheck}"),
        format!("BurstSeconds={}", settings.burst),
        "AskAfterSeconds=1".to_owned(),
        "AuthorityCaseAfterSeconds=1".to_owned(),
        "RetrySeconds=1".to_owned(),
        format!("QueueVisibilitySeconds={queue_visibility}"),
        format!("GatewaySecretValue={GATEWAY_KEY}"),
        format!("GatewayWebhookSecretValue={GATEWAY_WEBHOOK_SECRET}"),
        format!("FactorySecretValue={FACTORY_KEY}"),
        format!("FactoryWebhookSecretValue={FACTORY_WEBHOOK_SECRET}"),
        format!("RegistrySecretValue={REGISTRY_KEY}"),
    ]
}

fn deploy(template: &Path, parameters: &[String], endpoint: &str) -> Result<()> {
    let mut command = sam()?;
    command.args([
        "deploy",
        "--stack-name",
        STACK,
        "--resolve-s3",
        "--capabilities",
        "CAPABILITY_IAM",
        "--region",
        REGION,
    ]);
    // The local cloud gives the API the id that this tag says, so that mails can name the portal's
    // address.
    command.args(["--tags", &format!("ms-custom-id={API_ID}")]);
    command.args(["--no-confirm-changeset", "--no-progressbar", "--template-file"]).arg(template);
    command.arg("--parameter-overrides").args(parameters);
    command
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test");
    process::run(&mut command).map(drop)
}
