//! The one file that makes clients: one configuration for all of AWS's, one HTTP client with known
//! roots for each partner. Nothing else in the project opens a connection or chooses a root.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_http_client::tls::{self, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::app_name::{AppName, InvalidAppName};
use aws_types::region::Region;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use url::{Host, Url};

/// Amazon Trust Services' roots, public since 2015 (<https://www.amazontrust.com/repository/>).
/// Every AWS endpoint's chain ends in one of them. Reading the machine's instead would be most of a
/// start.
const AMAZON_ROOTS: [&str; 5] = [
    include_str!("roots/amazon-root-ca-1.pem"),
    include_str!("roots/amazon-root-ca-2.pem"),
    include_str!("roots/amazon-root-ca-3.pem"),
    include_str!("roots/amazon-root-ca-4.pem"),
    include_str!("roots/starfield-services-root-g2.pem"),
];

/// Attempts a call of AWS, the first included; the SDK's own pauses and token bucket between them.
const ATTEMPTS: u32 = 3;
/// How long one attempt may take, and how long all of them: below the shortest function timeout.
const ATTEMPT: Duration = Duration::from_secs(3);
const OPERATION: Duration = Duration::from_secs(8);
const CONNECT: Duration = Duration::from_secs(1);

/// How long a connection to a partner may take.
const PARTNER_CONNECT: Duration = Duration::from_secs(2);
/// How long a partner's call may take: what its function has left must do for the commits around
/// it.
const PARTNER_CALL: Duration = Duration::from_secs(10);
/// Less than a minute, after which servers begin to close.
const PARTNER_IDLE: Duration = Duration::from_secs(50);

/// What Lambda's environment says, read by the wiring. There is no chain of other places to look
/// in.
#[derive(Clone)]
pub struct AwsSettings {
    /// The function's name, which is in every call's User-Agent as `app/<function>`.
    pub function: String,
    /// From `AWS_REGION`: the region of every service that is called.
    pub region: String,
    /// From `AWS_ACCESS_KEY_ID`: the role's own, valid as long as the process lives.
    pub access_key_id: String,
    /// From `AWS_SECRET_ACCESS_KEY`: what calls are signed with.
    pub secret_access_key: String,
    /// From `AWS_SESSION_TOKEN`: a role's credentials always have one.
    pub session_token: Option<String>,
    /// `AWS_ENDPOINT_URL`, for anything but AWS itself.
    pub endpoint_url: Option<String>,
    /// What `AWS_CA_BUNDLE` names, in PEM: the roots instead of Amazon's, behind a proxy that opens
    /// TLS.
    pub ca_bundle: Option<String>,
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

/// The settings make no clients: a start that fails, for people to mend.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// It can't stand in a User-Agent.
    #[error("the function's name can't be an application's name")]
    FunctionName(#[from] InvalidAppName),
    /// Services are told apart by their hosts, so that a path would be lost.
    #[error("the endpoint must be http://host:port or https://host:port")]
    Endpoint,
    /// The bundle is not PEM, or one of its certificates isn't one.
    #[error("AWS_CA_BUNDLE is no PEM file of certificates")]
    Bundle(#[from] pem::Error),
    /// Unknown to rustls.
    #[error("the TLS settings can't be used")]
    Tls(#[from] rustls::Error),
    /// Where a partner is: not on the public internet, or not over TLS.
    #[error("the URL of {0} must be https://host[:port][/path], of a public host")]
    PartnerUrl(&'static str),
    /// As reqwest says.
    #[error("the HTTP client can't be made")]
    Http(#[from] reqwest::Error),
}

/// What every client of AWS in a process shares: credentials, deadlines, retries, connections. Make
/// one a process.
#[derive(Debug, Clone)]
pub struct Aws(Arc<SdkConfig>);

/// A client that is made when it is first needed: each further one costs a start half a million
/// instructions.
pub(crate) type Lazy<C> = Arc<LazyLock<C, Box<dyn FnOnce() -> C + Send>>>;

impl Aws {
    /// Joins the settings. Opens no connection.
    pub fn new(settings: AwsSettings) -> Result<Self, ClientError> {
        let AwsSettings {
            function, region, access_key_id, secret_access_key, session_token, ..
        } = settings;
        let credentials =
            Credentials::new(access_key_id, secret_access_key, session_token, None, "Environment");
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(OPERATION)
            .build();
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
            .tls_context(trusting(settings.ca_bundle)?)
            .build_https();
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .app_name(AppName::new(function)?)
            .region(Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .timeout_config(timeouts)
            .sleep_impl(TokioSleep::new())
            .time_source(SystemTimeSource::new())
            // No answer here is a stream; the attempt's deadline covers what it would.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .http_client(http);
        if let Some(url) = settings.endpoint_url {
            config = config.endpoint_url(endpoint(&url)?);
        }
        Ok(Self(Arc::new(config.build())))
    }

    /// What a client is made of: also one of a service that only people's commands call.
    pub fn config(&self) -> &SdkConfig {
        &self.0
    }

    /// A client that is made at its first call.
    pub(crate) fn lazy<C: 'static>(&self, make: fn(&SdkConfig) -> C) -> Lazy<C> {
        let config = Arc::clone(&self.0);
        Arc::new(LazyLock::new(Box::new(move || make(&config))))
    }
}

fn endpoint(url: &str) -> Result<&str, ClientError> {
    let parsed = Url::parse(url).ok().filter(|parsed| matches!(parsed.scheme(), "http" | "https"));
    let is_host = parsed.is_some_and(|parsed| parsed.path() == "/" && parsed.query().is_none());
    is_host.then_some(url).ok_or(ClientError::Endpoint)
}

fn trusting(bundle: Option<String>) -> Result<TlsContext, ClientError> {
    let roots = match bundle {
        None => {
            AMAZON_ROOTS.into_iter().fold(TrustStore::empty(), TrustStore::with_pem_certificate)
        }
        Some(bundle) => {
            // The connector would end the process over what is no certificate.
            let mut store = RootCertStore::empty();
            for root in CertificateDer::pem_slice_iter(bundle.as_bytes()) {
                store.add(root?)?;
            }
            TrustStore::empty().with_pem_certificate(bundle)
        }
    };
    // INVARIANT: a builder's context has nothing that could be refused.
    Ok(TlsContext::builder().with_trust_store(roots).build().unwrap_or_default())
}

/// Where a partner may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// On the public internet: over TLS, at no private address.
    Public,
    /// Anywhere, without TLS too: a stand-in on this machine.
    Anywhere,
}

/// A partner's address, without a slash at its end, if it may be there. A host that is an address
/// is judged here, however it is written (`2130706433`, `0x7f.1`): no resolver is asked about it.
pub(crate) fn partner_url(
    name: &'static str,
    url: &str,
    reach: Reach,
) -> Result<String, ClientError> {
    let parsed = Url::parse(url).ok().filter(|parsed| parsed.query().is_none());
    match parsed.filter(|parsed| may_be_called(parsed, reach)) {
        Some(parsed) => Ok(parsed.as_str().trim_end_matches('/').to_owned()),
        None => Err(ClientError::PartnerUrl(name)),
    }
}

/// Whether this address may be called at all, as [`partner_url`] has it.
pub(crate) fn partner_place(url: &str, reach: Reach) -> bool {
    Url::parse(url).is_ok_and(|url| may_be_called(&url, reach))
}

fn may_be_called(parsed: &Url, reach: Reach) -> bool {
    let is_public = match parsed.host() {
        Some(Host::Domain(_)) => true,
        Some(Host::Ipv4(address)) => is_public(address.into()),
        Some(Host::Ipv6(address)) => is_public(address.into()),
        None => false,
    };
    let may_be = match reach {
        Reach::Public => parsed.scheme() == "https" && is_public,
        Reach::Anywhere => matches!(parsed.scheme(), "http" | "https"),
    };
    may_be && parsed.username().is_empty() && parsed.password().is_none()
}

/// A client for one partner: the web's roots, deadlines, no redirects, no proxy, one try a call -
/// whoever calls owns the retry, under the same key.
pub(crate) fn https(function: &str, reach: Reach) -> Result<reqwest::Client, ClientError> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let tls = tls
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(format!("app/{function}"))
        .connect_timeout(PARTNER_CONNECT)
        .timeout(PARTNER_CALL)
        .pool_idle_timeout(PARTNER_IDLE)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy();
    let client = match reach {
        Reach::Public => client.https_only(true).dns_resolver(PublicOnly),
        Reach::Anywhere => client,
    };
    Ok(client.build()?)
}

/// The name leads to a private address, where no partner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not at a public address")]
pub(crate) struct NotPublic;

/// Finds public addresses only. What is checked is what is connected to: nothing is resolved again.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.iter().all(|address| is_public(address.ip())) {
                Ok(Box::new(found.into_iter()) as Addrs)
            } else {
                Err(NotPublic.into())
            }
        })
    }
}

/// Whether an address belongs to the public internet (IANA's special-purpose address registries):
/// not to the machine, the network around it, or its metadata service.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let reserved = a == 0
                || a >= 240
                || (a, b, c) == (192, 0, 0)
                || (a == 198 && (18..20).contains(&b));
            let near = v4.is_private() || v4.is_loopback() || v4.is_link_local();
            !(near || shared || reserved || v4.is_multicast() || v4.is_documentation())
        }
        IpAddr::V6(v6) => match v6.segments() {
            // NAT64: an IPv4 address in an IPv6 network.
            [0x64, 0xff9b, 0, 0, 0, 0, ..] => {
                let [.., a, b, c, d] = v6.octets();
                is_public(Ipv4Addr::new(a, b, c, d).into())
            }
            [0x2001, 0..0x200 | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..0x1000, ..] => false,
            [first, ..] => first & 0xe000 == 0x2000,
        },
    }
}

#[cfg(test)]
mod tests;
