//! How a stack is started: its processes, the deployment, and what the template can't say.

use crate::api::Partners;
use crate::check::check;
use crate::cloud::Cloud;
use crate::deploy::{API_ID, STACK, deploy};
use crate::parameters::{GATEWAY_WEBHOOK_SECRET, MAIL_FROM, PUSH_PLATFORMS, Urls, parameters};
use crate::processes::{
    Folder, free_port, listening, port_of, start_cloud, start_gateway, start_partners, up,
};
use crate::settings::Settings;
use crate::stack::Stack;
use anyhow::{Context, Result};
use proxy::{Marks, Proxy, Target};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tools::functions;
use tools::narrator::Narrator;
use tools::root::{local, root};
use tools::template::Template;

impl Stack {
    /// Sets up what is missing, starts everything, deploys, and checks that what was deployed is
    /// there.
    pub async fn start(settings: &Settings, narrator: &Narrator) -> Result<Self> {
        narrator.say("building the functions for a local run (the first time takes minutes)");
        let programs = functions::prepare(narrator, &[])?;
        let partners_program = programs.get("partners")?.to_owned();
        let gateway_program = programs.get("gateway")?.to_owned();
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
        let mut gateway_process =
            start_gateway(&gateway_program, gateway_port, settings, &folder.0)?;
        let mut partners_process = start_partners(&partners_program, 0, &cloud, &folder.0)?;
        let partners = Partners::new(listening(&mut partners_process).await?)?;
        let partners_proxy =
            Proxy::start(Target::Partners, partners.url().to_owned(), marks.clone()).await?;
        up(&mut cloud_process, &format!("{}/_ministack/health", cloud.url())).await?;
        up(&mut gateway_process, &format!("{gateway_url}/_control")).await?;

        narrator.say("deploying infra/template.yaml (sam deploy)");
        let api_url = format!("{}/_aws/execute-api/{API_ID}", cloud.url());
        let mut template = Template::read()?;
        if let Some(action) = &settings.without {
            template.forbid(action)?;
        }
        let file = template.deployable(&programs, &folder.0)?;
        let mut stack = Self {
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
            outputs: BTreeMap::new(),
            template: file,
            partners_program,
            gateway_program,
            folder,
        };
        stack.deploy(settings)?;
        stack.outputs = stack.cloud.outputs(STACK).await?;
        stack.finish().await?;
        check(&stack, &template).await?;
        stack.put_catalogue().await?;
        Ok(stack)
    }

    /// Deploys with these settings. Done again, it changes parameters as those of a stage are
    /// changed: what is under way keeps its deadlines.
    pub(crate) fn deploy(&self, settings: &Settings) -> Result<()> {
        let urls = Urls {
            issuer: format!("{}/issuer", self.partners.url()),
            gateway: self.gateway_proxy.url(),
            partners: self.partners_proxy.url(),
            portal: format!("{}/portal", self.api_url),
            desk: format!("{}/desk", self.api_url),
        };
        deploy(&self.template, &parameters(settings, &urls), self.cloud.url())
            .context("the stack can't be deployed")
    }

    /// What the template can't say to the local cloud and its partners.
    async fn finish(&self) -> Result<()> {
        // The local cloud ignores TimeToLiveSpecification.
        let ttl = json!({
            "TableName": self.output("TableName")?,
            "TimeToLiveSpecification": { "AttributeName": "expires_at", "Enabled": true },
        });
        self.cloud.json("dynamodb", "DynamoDB_20120810.UpdateTimeToLive", ttl).await?;
        // And PointInTimeRecoverySpecification.
        let recovery = json!({
            "TableName": self.output("TableName")?,
            "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": true },
        });
        let update = "DynamoDB_20120810.UpdateContinuousBackups";
        self.cloud.json("dynamodb", update, recovery).await?;
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
        self.gateway_process = start_gateway(
            &self.gateway_program,
            port_of(&self.gateway_url)?,
            settings,
            &self.folder.0,
        )?;
        up(&mut self.gateway_process, &format!("{}/_control", self.gateway_url)).await?;
        self.direct_payment_webhooks().await
    }

    /// Starts the partners again, once they were killed. They keep nothing.
    pub async fn start_partners_again(&mut self) -> Result<()> {
        let port = port_of(self.partners.url())?;
        self.partners_process =
            start_partners(&self.partners_program, port, &self.cloud, &self.folder.0)?;
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
}
