//! The stack that is looked after: what it is made of, by the template's names, and the clients.

use adapters::{Aws, AwsSettings};
use anyhow::{Context, Result};
use aws_sdk_lambda::config::timeout::TimeoutConfig;
use std::collections::BTreeMap;
use std::time::Duration;

/// Longer than any function of the template may take, but for the schedule's.
const FUNCTION: Duration = Duration::from_mins(1);

/// A deployed stack.
#[derive(Debug)]
pub(crate) struct Cloud {
    /// The stack's name.
    pub(crate) stack: String,
    /// Who looks after it, for what is left behind.
    pub(crate) operator: String,
    aws: Aws,
    is_local: bool,
    resources: BTreeMap<String, String>,
}

/// A variable of the environment, if it is set to something.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok().filter(|value| !value.is_empty())
}

impl Cloud {
    /// Reads the environment (`AWS_ACCESS_KEY_ID` and the like, as `aws configure
    /// export-credentials --format env` writes them) and lists the stack's resources.
    pub(crate) async fn connect(stack: String) -> Result<Self> {
        let needed = |name: &str| {
            variable(name).with_context(|| {
                format!(
                    "{name} is not set: eval \"$(aws configure export-credentials --format env)\""
                )
            })
        };
        let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
        let endpoint_url = variable("AWS_ENDPOINT_URL");
        let is_local = endpoint_url.is_some();
        let ca_bundle = variable("AWS_CA_BUNDLE").map(std::fs::read_to_string).transpose()?;
        let aws = Aws::new(AwsSettings {
            function: "caas".to_owned(),
            region: region.context("AWS_REGION is not set")?,
            access_key_id: needed("AWS_ACCESS_KEY_ID")?,
            secret_access_key: needed("AWS_SECRET_ACCESS_KEY")?,
            session_token: variable("AWS_SESSION_TOKEN"),
            endpoint_url,
            ca_bundle,
        })?;
        let listing = aws_sdk_cloudformation::Client::new(aws.config()).list_stack_resources();
        let pages = listing.stack_name(&stack).into_paginator().items().send();
        let found: Vec<_> =
            pages.try_collect().await.with_context(|| format!("no stack {stack} can be read"))?;
        let resources = found.into_iter().filter_map(|resource| {
            Some((resource.logical_resource_id?, resource.physical_resource_id?))
        });
        let operator = variable("CAAS_OPERATOR").or_else(|| variable("USER"));
        let operator = operator.context("CAAS_OPERATOR is not set: who are you?")?;
        Ok(Self { stack, operator, aws, is_local, resources: resources.collect() })
    }

    /// AWS's name of a resource that the template names so.
    pub(crate) fn resource(&self, logical: &str) -> Result<&str> {
        let found = self.resources.get(logical).map(String::as_str);
        found.with_context(|| format!("the stack {} has no {logical}", self.stack))
    }

    /// The published versions of functions that the stack knows as its own, by their ARNs.
    pub(crate) fn versions(&self) -> impl Iterator<Item = &str> {
        let of_functions = self.resources.iter().filter(|(logical, physical)| {
            logical.contains("Version") && physical.contains(":function:")
        });
        of_functions.map(|(_, physical)| physical.as_str())
    }

    /// What the stack puts out under this name.
    pub(crate) async fn output(&self, name: &str) -> Result<String> {
        let described = aws_sdk_cloudformation::Client::new(self.aws.config()).describe_stacks();
        let described = described.stack_name(&self.stack).send().await;
        let described = described.context("the stack can't be described")?;
        let mut outputs =
            described.stacks().iter().flat_map(aws_sdk_cloudformation::types::Stack::outputs);
        let found = outputs.find(|output| output.output_key() == Some(name));
        let found = found.and_then(|output| output.output_value());
        found.map(str::to_owned).with_context(|| format!("{} puts out no {name}", self.stack))
    }

    /// Whether it is the local cloud's.
    pub(crate) fn is_local(&self) -> bool {
        self.is_local
    }

    /// The table.
    pub(crate) fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(self.aws.config())
    }

    /// The queues.
    pub(crate) fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(self.aws.config())
    }

    /// The state machine.
    pub(crate) fn sfn(&self) -> aws_sdk_sfn::Client {
        aws_sdk_sfn::Client::new(self.aws.config())
    }

    /// The secrets.
    pub(crate) fn secrets(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(self.aws.config())
    }

    /// Mail.
    pub(crate) fn ses(&self) -> aws_sdk_sesv2::Client {
        aws_sdk_sesv2::Client::new(self.aws.config())
    }

    /// Text messages and topics.
    pub(crate) fn sns(&self) -> aws_sdk_sns::Client {
        aws_sdk_sns::Client::new(self.aws.config())
    }

    /// What was given up.
    pub(crate) fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(self.aws.config());
        aws_sdk_s3::Client::from_conf(config.force_path_style(self.is_local).build())
    }

    /// The functions, which may take longer than other calls.
    pub(crate) fn lambda(&self) -> aws_sdk_lambda::Client {
        let patient = TimeoutConfig::builder()
            .operation_attempt_timeout(FUNCTION)
            .operation_timeout(FUNCTION);
        let config = aws_sdk_lambda::config::Builder::from(self.aws.config());
        aws_sdk_lambda::Client::from_conf(config.timeout_config(patient.build()).build())
    }

    /// The rules of schedules.
    pub(crate) fn eventbridge(&self) -> aws_sdk_eventbridge::Client {
        aws_sdk_eventbridge::Client::new(self.aws.config())
    }

    /// The store, as the functions read it.
    pub(crate) fn store(&self) -> Result<adapters::DynamoSales> {
        Ok(adapters::DynamoSales::new(&self.aws, self.resource("Table")?.to_owned()))
    }
}
