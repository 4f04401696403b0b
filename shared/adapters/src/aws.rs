//! The one way to an AWS client: credentials that Lambda puts into the environment, the few roots that AWS signs with,
//! ring, deadlines and bounded retries. No provider chain, no native roots: both cost more start-up time than the rest
//! of a function together.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::app_name::AppName;
use aws_types::region::Region;
use std::fmt;
use std::time::Duration;

/// Amazon Trust Services' roots, public since 2015 (<https://www.amazontrust.com/repository/>). Every AWS endpoint's
/// chain ends in one of them.
const ROOTS: [&str; 5] = [
    include_str!("roots/amazon-root-ca-1.pem"),
    include_str!("roots/amazon-root-ca-2.pem"),
    include_str!("roots/amazon-root-ca-3.pem"),
    include_str!("roots/amazon-root-ca-4.pem"),
    include_str!("roots/starfield-services-root-g2.pem"),
];

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(1);
/// How long one try may take.
const ATTEMPT: Duration = Duration::from_secs(3);
/// How long a call may take with all its tries: below the shortest function timeout.
const OPERATION: Duration = Duration::from_secs(8);
/// Tries a call.
const ATTEMPTS: u32 = 3;

/// What Lambda's environment says, read by the wiring.
#[derive(Clone)]
pub struct AwsSettings {
    /// The function's name, which is in every call's User-Agent as `app/<function>`.
    pub function: String,
    /// `AWS_REGION`.
    pub region: String,
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: String,
    /// `AWS_SESSION_TOKEN`.
    pub session_token: Option<String>,
    /// `AWS_ENDPOINT_URL`, for anything but AWS itself.
    pub endpoint_url: Option<String>,
}

impl fmt::Debug for AwsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsSettings")
            .field("function", &self.function)
            .field("region", &self.region)
            .field("endpoint_url", &self.endpoint_url)
            .finish_non_exhaustive()
    }
}

/// Why there are no clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AwsFault {
    /// The function's name can't stand in a User-Agent.
    #[error("the function's name must be made of letters, digits and hyphens")]
    FunctionName,
    /// The pinned roots can't be used.
    #[error("the TLS settings can't be used")]
    Tls,
}

/// What every client of a process shares: connections, credentials, deadlines. Make one a process.
#[derive(Debug, Clone)]
pub struct Aws(SdkConfig);

impl Aws {
    /// Joins the settings. Opens no connection.
    pub fn new(settings: AwsSettings) -> Result<Self, AwsFault> {
        let AwsSettings { function, region, access_key_id, secret_access_key, session_token, endpoint_url } = settings;
        let app = AppName::new(function).map_err(|_| AwsFault::FunctionName)?;
        let trust = ROOTS.iter().fold(TrustStore::empty(), |store, pem| store.with_pem_certificate(*pem));
        let tls = TlsContext::builder().with_trust_store(trust).build().map_err(|_| AwsFault::Tls)?;
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(tls).build_https();
        let credentials = Credentials::new(access_key_id, secret_access_key, session_token, None, "environment");
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .read_timeout(ATTEMPT)
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(OPERATION)
            .build();
        let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS).with_max_backoff(Duration::from_secs(1));
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .app_name(app)
            .region(Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http)
            .sleep_impl(TokioSleep::new())
            .timeout_config(timeouts)
            .retry_config(retries)
            // Answers are small and each try has its deadline: nothing to protect from a slow stream.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        config.set_endpoint_url(endpoint_url);
        Ok(Self(config.build()))
    }

    pub(crate) fn config(&self) -> &SdkConfig {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pinned_roots_are_certificates() {
        for pem in ROOTS {
            assert_eq!(pem.matches("-----BEGIN CERTIFICATE-----").count(), 1);
            assert!(pem.trim_end().ends_with("-----END CERTIFICATE-----"));
        }
    }

    #[test]
    fn settings_hide_their_secrets() {
        let settings = AwsSettings {
            function: "get-sale".to_owned(),
            region: "eu-west-1".to_owned(),
            access_key_id: "key-id".to_owned(),
            secret_access_key: "hidden".to_owned(),
            session_token: Some("hidden".to_owned()),
            endpoint_url: None,
        };
        let text = format!("{settings:?} {:?}", Aws::new(settings.clone()).unwrap());
        assert!(!text.contains("hidden"), "{text}");
    }
}
