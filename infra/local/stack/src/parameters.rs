//! The template's parameters on the local stack, and the keys and names that are among them.

use crate::cloud::REGION;
use crate::settings::Settings;
use tools::functions;

/// The sender of every mail.
pub(crate) const MAIL_FROM: &str = "compras@caas.example";
/// Who sells in Spain, as receipts name the company.
const SELLERS: &str = r#"{"ES":{"name":"CaaS España, S.L.","tax_id":"B12345674","address":"Calle de Alcalá 1, 28014 Madrid"}}"#;
/// Our key at the local gateway.
pub const GATEWAY_KEY: &str = "sk_test_local";
/// What the local gateway signs its webhooks with.
pub const GATEWAY_WEBHOOK_SECRET: &str = "whsec_local_gateway";
/// How many of an employee's sales may wait for their señal, on the local stack; of a dealership's
/// twice as many.
pub const MAX_UNPAID: usize = 500;
/// What the local factory takes as our key.
pub(crate) const FACTORY_KEY: &str = "factory-key-local";
/// What the local factory signs its webhooks with: 24 bytes, as Standard Webhooks has it.
pub const FACTORY_WEBHOOK_SECRET: &str = "whsec_bG9jYWwtZmFjdG9yeS1zaWduaW5nLWtleQ==";
/// What the local registries take as our key.
pub(crate) const REGISTRY_KEY: &str = "registry-key-local";

/// Apple's and Google's, by their names in SNS.
pub(crate) const PUSH_PLATFORMS: [&str; 2] = ["APNS", "GCM"];

fn push_application(platform: &str) -> String {
    format!("arn:aws:sns:{REGION}:000000000000:app/{platform}/caas")
}

/// Where the functions reach what the template names.
pub(crate) struct Urls {
    pub(crate) issuer: String,
    pub(crate) gateway: String,
    pub(crate) partners: String,
    pub(crate) portal: String,
    pub(crate) desk: String,
}

/// Each as `Name=value`.
pub(crate) fn parameters(settings: &Settings, urls: &Urls) -> Vec<String> {
    let Urls { issuer, gateway, partners, portal, desk } = urls;
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
        // As SAM reads a value that has quotes in it.
        format!("Sellers=\"{}\"", SELLERS.replace('"', "\\\"")),
        format!("DeskUrl={desk}"),
        format!("MailFrom={MAIL_FROM}"),
        "MailIdentity=caas.example".to_owned(),
        "AlarmEmail=operations@caas.example".to_owned(),
        format!("ApnsApplicationArn={}", push_application(PUSH_PLATFORMS[0])),
        format!("FcmApplicationArn={}", push_application(PUSH_PLATFORMS[1])),
        format!("SignalPaymentWindowSeconds={signal_payment_window}"),
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
        format!("RelayRetries={}", settings.relay_retries),
        format!("GatewaySecretValue={GATEWAY_KEY}"),
        format!("GatewayWebhookSecretValue={GATEWAY_WEBHOOK_SECRET}"),
        format!("FactorySecretValue={FACTORY_KEY}"),
        format!("FactoryWebhookSecretValue={FACTORY_WEBHOOK_SECRET}"),
        format!("RegistrySecretValue={REGISTRY_KEY}"),
    ]
}
