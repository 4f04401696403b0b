//! Joins the edge and the adapters: what every function's `main` would otherwise repeat. Reads the
//! configuration, makes the clients, one of each a process, and decides nothing.

use adapters::RememberedPlans;
use adapters::{
    Aws, AwsSettings, DynamoSales, EventBridge, GatewaySettings, HttpFactory, HttpRegistry,
    MailSettings, MessageSettings, Partner, PartnerSettings, QueueUrls, Reach,
};
use adapters::{Secrets, SesMailer, SnsMessages, SqsQueues, StepFunctions, StripeGateway, Web};
use domain::ports::UnpaidLimits;
use edge::env::{ConfigError, Environment, Sellers};
use edge::signature::Keys;
use edge::{ClaimNames, Error, Problem, ProblemType, clock};
use jiff::SignedDuration;
use std::process::ExitCode;

pub use adapters::{change_from_stream, credentials, random};

/// What a function is made of.
#[derive(Debug)]
pub struct Wiring {
    function: &'static str,
    environment: Environment,
    aws: Aws,
    /// Where partners may be.
    reach: Reach,
}

/// Runs a function until Lambda ends the process: logging, configuration, then `serve`.
pub fn run(
    function: &'static str,
    serve: impl AsyncFnOnce(Wiring) -> Result<(), Error>,
) -> ExitCode {
    let environment = Environment::process();
    let is_local = environment.optional("STAGE").as_deref() == Some("local");
    let reach = if is_local { Reach::Anywhere } else { Reach::Public };
    edge::http::trust_origin(environment.optional("ORIGIN_SECRET_DIGEST"));
    edge::log::start(function, environment.optional("LOG_LEVEL").as_deref());
    let claims = ClaimNames::default();
    ClaimNames {
        roles: environment.optional("ROLES_CLAIM").unwrap_or(claims.roles),
        dealership: environment.optional("DEALERSHIP_CLAIM").unwrap_or(claims.dealership),
        country: environment.optional("COUNTRY_CLAIM").unwrap_or(claims.country),
        zone: environment.optional("ZONE_CLAIM").unwrap_or(claims.zone),
    }
    .install();
    // A panic is a fault of ours. Its message may quote data; its place is enough.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
    let served =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::from);
    let served = served.and_then(|runtime| {
        runtime.block_on(async { serve(Wiring::new(function, environment, reach)?).await })
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            tracing::error!(%fault, "the function can't run");
            ExitCode::FAILURE
        }
    }
}

impl Wiring {
    fn new(function: &'static str, environment: Environment, reach: Reach) -> Result<Self, Error> {
        let aws = Aws::new(AwsSettings {
            function: function.to_owned(),
            region: environment.text("AWS_REGION")?,
            access_key_id: environment.text("AWS_ACCESS_KEY_ID")?,
            secret_access_key: environment.text("AWS_SECRET_ACCESS_KEY")?,
            session_token: environment.optional("AWS_SESSION_TOKEN"),
            endpoint_url: environment.optional("AWS_ENDPOINT_URL"),
            ca_bundle: environment
                .optional("AWS_CA_BUNDLE")
                .map(std::fs::read_to_string)
                .transpose()?,
        })?;
        Ok(Self { function, environment, aws, reach })
    }

    /// A setting that is a text.
    pub fn text(&self, name: &'static str) -> Result<String, ConfigError> {
        self.environment.text(name)
    }

    /// A setting that is a number of seconds.
    pub fn seconds(&self, name: &'static str) -> Result<SignedDuration, ConfigError> {
        self.environment.seconds(name)
    }

    /// A setting that is a number of seconds, or 0.
    pub fn pause(&self, name: &'static str) -> Result<SignedDuration, ConfigError> {
        self.environment.pause(name)
    }

    /// How long a customer has to pay the balance: until the reminder, and from then on. The two
    /// can't disagree with a third.
    pub fn balance_window(&self) -> Result<SignedDuration, ConfigError> {
        let until_reminder = self.seconds("REMINDER_AFTER_SECONDS")?;
        Ok(until_reminder.saturating_add(self.seconds("REMINDER_LEAD_SECONDS")?))
    }

    /// A setting that is a count.
    pub fn count(&self, name: &'static str) -> Result<u16, ConfigError> {
        self.environment.count(name)
    }

    /// How many sales may wait for their señal (`MAX_UNPAID_OF_EMPLOYEE`,
    /// `MAX_UNPAID_OF_DEALERSHIP`).
    pub fn unpaid_limits(&self) -> Result<UnpaidLimits, ConfigError> {
        let (employee, dealership) =
            (self.count("MAX_UNPAID_OF_EMPLOYEE")?, self.count("MAX_UNPAID_OF_DEALERSHIP")?);
        Ok(UnpaidLimits { employee, dealership })
    }

    /// The table (`TABLE_NAME`).
    pub fn store(&self) -> Result<DynamoSales, ConfigError> {
        Ok(DynamoSales::new(&self.aws, self.text("TABLE_NAME")?))
    }

    /// The table's plans, each kept in memory for a while (`PLANS_REMEMBERED_SECONDS`), by the
    /// client that the table has: another one would be a quarter of the start.
    pub fn remembered_plans(&self, store: &DynamoSales) -> Result<RememberedPlans, ConfigError> {
        Ok(RememberedPlans::new(
            store.clone(),
            self.seconds("PLANS_REMEMBERED_SECONDS")?,
            clock::now,
        ))
    }

    /// The payment gateway (`GATEWAY_URL`, `GATEWAY_SECRET_ARN`), from whose pages customers come
    /// back to the portal (`PORTAL_URL`), and whose accounts are in one country
    /// (`TRANSFER_COUNTRY`).
    pub fn gateway(&self) -> Result<StripeGateway, Error> {
        let settings = GatewaySettings {
            return_url: format!("{}/paid", self.text("PORTAL_URL")?),
            transfer_country: self.text("TRANSFER_COUNTRY")?,
        };
        let partner = self.partner("gateway", "GATEWAY_URL", "GATEWAY_SECRET_ARN")?;
        Ok(StripeGateway::new(partner, settings))
    }

    /// What can be debited from an account at most, in minor units (`SEPA_DEBIT_LIMIT`).
    pub fn debit_limit(&self) -> Result<u64, ConfigError> {
        self.environment.amount("SEPA_DEBIT_LIMIT")
    }

    /// Who sells in each country (`SELLERS`).
    pub fn sellers(&self) -> Result<Sellers, ConfigError> {
        self.environment.sellers("SELLERS")
    }

    /// The way to the corporate issuer, at addresses where a partner may be.
    pub fn web(&self) -> Result<Web, Error> {
        Ok(Web::new("issuer", self.function, self.reach)?)
    }

    /// The factory (`FACTORY_URL`, `FACTORY_SECRET_ARN`).
    pub fn factory(&self) -> Result<HttpFactory, Error> {
        Ok(HttpFactory::new(self.partner("factory", "FACTORY_URL", "FACTORY_SECRET_ARN")?))
    }

    /// The registries (`REGISTRY_URL`, `REGISTRY_SECRET_ARN`).
    pub fn registry(&self) -> Result<HttpRegistry, Error> {
        Ok(HttpRegistry::new(self.partner("registry", "REGISTRY_URL", "REGISTRY_SECRET_ARN")?))
    }

    /// The state machine (`STATE_MACHINE_ARN`).
    pub fn workflow(&self) -> Result<StepFunctions, ConfigError> {
        Ok(StepFunctions::new(&self.aws, self.text("STATE_MACHINE_ARN")?))
    }

    /// The queues (`NOTIFICATION_QUEUE_URL`, `CREDENTIALS_QUEUE_URL`, `REFUND_QUEUE_URL`,
    /// `BURST_SECONDS`).
    pub fn queues(&self) -> Result<SqsQueues, ConfigError> {
        let urls = QueueUrls {
            notifications: self.text("NOTIFICATION_QUEUE_URL")?,
            credentials: self.text("CREDENTIALS_QUEUE_URL")?,
            refunds: self.text("REFUND_QUEUE_URL")?,
        };
        Ok(SqsQueues::new(&self.aws, urls, self.pause("BURST_SECONDS")?))
    }

    /// The credentials queue alone (`CREDENTIALS_QUEUE_URL`), for who sends no other messages.
    pub fn credentials_queue(&self) -> Result<SqsQueues, ConfigError> {
        let urls =
            QueueUrls { credentials: self.text("CREDENTIALS_QUEUE_URL")?, ..QueueUrls::default() };
        Ok(SqsQueues::new(&self.aws, urls, SignedDuration::ZERO))
    }

    /// The event bus that the delivery subsystem listens to (`EVENT_BUS_NAME`).
    pub fn delivery(&self) -> Result<EventBridge, ConfigError> {
        Ok(EventBridge::new(&self.aws, self.text("EVENT_BUS_NAME")?))
    }

    /// The mail service (`MAIL_FROM`, `PORTAL_URL`, `MAIL_CONFIGURATION_SET`).
    pub fn mailer(&self) -> Result<SesMailer, ConfigError> {
        let (from, portal_url) = (self.text("MAIL_FROM")?, self.environment.url("PORTAL_URL")?);
        let settings = MailSettings {
            from,
            portal_url,
            configuration_set: self.text("MAIL_CONFIGURATION_SET")?,
        };
        Ok(SesMailer::new(&self.aws, settings))
    }

    /// Messages to devices and phones (`APNS_APPLICATION_ARN`, `FCM_APPLICATION_ARN`,
    /// `SMS_SENDER_ID`, `PORTAL_URL`).
    pub fn messages(&self) -> Result<SnsMessages, ConfigError> {
        let settings = MessageSettings {
            ios: self.environment.optional("APNS_APPLICATION_ARN"),
            android: self.environment.optional("FCM_APPLICATION_ARN"),
            sender_id: self.text("SMS_SENDER_ID")?,
            portal_url: self.environment.url("PORTAL_URL")?,
        };
        Ok(SnsMessages::new(&self.aws, settings))
    }

    /// The keys that a sender signs with, kept in this secret.
    pub fn webhook_keys(&self, secret_arn: &'static str) -> Result<WebhookKeys, ConfigError> {
        Ok(WebhookKeys(self.secret(secret_arn)?))
    }

    fn partner(
        &self,
        name: &'static str,
        url: &'static str,
        secret_arn: &'static str,
    ) -> Result<Partner, Error> {
        let (base_url, key) = (self.environment.url(url)?, self.secret(secret_arn)?);
        Ok(Partner::new(PartnerSettings {
            name,
            function: self.function,
            base_url,
            key,
            reach: self.reach,
        })?)
    }

    fn secret(&self, arn: &'static str) -> Result<Secrets, ConfigError> {
        Ok(Secrets::new(&self.aws, self.text(arn)?, clock::now))
    }
}

/// A webhook sender's keys.
#[derive(Debug)]
pub struct WebhookKeys(Secrets);

impl WebhookKeys {
    /// The keys that are good now.
    pub async fn get(&self) -> Result<Keys, Problem> {
        // Why is in the log, where the call was made.
        let secret = self.0.get().await.map_err(|_| ProblemType::Unavailable)?;
        Ok(Keys::new(secret.candidates()))
    }
}
