//! The partners' adapters against the local ones: factory and registries, and the gateway, which is
//! strict about what it is sent.

use ::gateway::{Gateway, Settings as GatewayBehaviour};
use adapters::{
    Aws, AwsSettings, GatewaySettings, HttpFactory, HttpRegistry, Partner, PartnerSettings, Reach,
    Secrets, StripeGateway,
};
use axum::routing::post;
use axum::{Json, Router};
use domain::EmailAddress;
use domain::customer::{FullName, Iban, Language};
use domain::ports::{BankAccounts, Recipient};
use jiff::Timestamp;
use partners::{Partners, Settings};
use serde_json::json;
use std::error::Error;
use testkit::contract::Outcome;
use testkit::contract::gateway::Till;
use tokio::net::TcpListener;

/// Serves until the test's runtime ends; answers where.
async fn serve(routes: Router) -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(url)
}

/// A partner at this address whose key is `key`, by way of a Secrets Manager that knows only this
/// one.
async fn partner(
    name: &'static str,
    base_url: String,
    key: &'static str,
) -> Result<Partner, Box<dyn Error>> {
    let secret =
        json!({ "ARN": name, "Name": name, "SecretString": json!({ "current": key }).to_string() });
    let endpoint_url =
        serve(Router::new().route("/", post(async move || Json(secret.clone())))).await?;
    let settings = AwsSettings {
        function: "contract".to_owned(),
        region: "eu-west-1".to_owned(),
        access_key_id: "test".to_owned(),
        secret_access_key: "test".to_owned(),
        session_token: None,
        endpoint_url: Some(endpoint_url),
        ca_bundle: None,
    };
    let key = Secrets::new(&Aws::new(settings)?, name.to_owned(), || Timestamp::UNIX_EPOCH);
    Ok(Partner::new(PartnerSettings {
        name,
        function: "contract",
        base_url,
        key,
        reach: Reach::Anywhere,
    })?)
}

async fn local_partners() -> Result<Partners, Box<dyn Error>> {
    let settings = Settings {
        port: 0,
        webhook_url: None,
        factory_key: "factory-key".to_owned(),
        registry_key: "registry-key".to_owned(),
        factory_webhook_secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".to_owned(),
        pace_ms: None,
        mails_url: None,
    };
    Ok(Partners::start(settings).await?)
}

macro_rules! at_the_partners {
    ($suite:ident: $($check:ident),+) => {
        mod $suite {
            $(
                #[tokio::test]
                async fn $check() -> super::Outcome {
                    let partners = super::local_partners().await?;
                    testkit::contract::$suite::$check(&super::$suite(&partners).await?).await
                }
            )+
        }
    };
}

async fn factory(partners: &Partners) -> Result<HttpFactory, Box<dyn Error>> {
    Ok(HttpFactory::new(
        partner("factory", format!("{}/factory", partners.url()), "factory-key").await?,
    ))
}

async fn registry(partners: &Partners) -> Result<HttpRegistry, Box<dyn Error>> {
    Ok(HttpRegistry::new(
        partner("registry", format!("{}/registry", partners.url()), "registry-key").await?,
    ))
}

testkit::factory!(at_the_partners);
testkit::registry!(at_the_partners);

#[tokio::test]
async fn what_is_pending_is_registered_in_the_end() -> Outcome {
    let partners = local_partners().await?;
    let registry = registry(&partners).await?;
    let keep_busy = async |sale: domain::SaleId| {
        let busy = json!({ "partner": "registry", "behaviour": "pending", "times": 2, "reference": sale.to_string() });
        let asked = reqwest::Client::builder().no_proxy().build().unwrap();
        let asked = asked
            .post(format!("{}/_control/behaviours", partners.url()))
            .json(&busy)
            .send()
            .await
            .unwrap();
        assert!(asked.status().is_success());
    };
    testkit::contract::registry::what_is_pending_is_registered_in_the_end(&registry, keep_busy)
        .await
}

/// The local gateway, whose bank takes its time until it is told to settle.
async fn local_gateway() -> Result<Gateway, Box<dyn Error>> {
    let behaviour = GatewayBehaviour {
        port: 0,
        key: "sk_test_local".to_owned(),
        books: None,
        debit_seconds: 0.0,
        api_version: "2026-08-26.dahlia".to_owned(),
    };
    Ok(Gateway::start(behaviour).await?)
}

async fn till(url: &str) -> Result<Till<StripeGateway>, Box<dyn Error>> {
    let settings = GatewaySettings {
        return_url: "https://portal.example/paid".to_owned(),
        transfer_country: "ES".to_owned(),
    };
    let partner = partner("gateway", url.to_owned(), "sk_test_local").await?;
    let gateway = StripeGateway::new(partner, settings);
    let token = domain::ids::PaymentMethodToken::parse;
    let owner = Recipient {
        full_name: FullName::parse("Ana García Pérez")?,
        email: EmailAddress::parse("ana@example.com")?,
        language: Language::Es,
        zone: domain::ZoneName::utc(),
    };
    let slow = gateway.bank_account(&Iban::parse("ES9121000418450200051332")?, &owner).await?;
    Ok(Till {
        good: token("pm_card_visa")?,
        bad: token("pm_card_visa_chargeDeclinedInsufficientFunds")?,
        asked: token("pm_card_authenticationRequired")?,
        slow: slow.ok_or("the account is not taken")?,
        gateway,
    })
}

macro_rules! at_the_local_gateway {
    ($suite:ident: $($check:ident),+) => {
        mod $suite {
            $(
                #[tokio::test]
                async fn $check() -> super::Outcome {
                    let gateway = super::local_gateway().await?;
                    testkit::contract::$suite::$check(&super::till(gateway.url()).await?).await
                }
            )+
        }
    };
}

testkit::gateway!(at_the_local_gateway);
