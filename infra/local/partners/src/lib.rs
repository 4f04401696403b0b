//! The partners of the local run: one small server that stands in for the factory, the countries'
//! registries and the corporate token issuer. People drive it by curl; tests take its ledger for
//! the truth about what the partners saw and did.
//!
//! ```text
//! cargo run -p partners -- --port 8100 --factory-key f --registry-key r --factory-webhook-secret whsec_c2VjcmV0
//! curl http://127.0.0.1:8100/_control            # what can be asked of it, with an example each
//! curl http://127.0.0.1:8100/_control/ledger     # orders, registrations, webhooks with their tries, calls
//! ```
//!
//! | under | who | key |
//! | --- | --- | --- |
//! | `/factory` | the Order API; it tells an order's milestones by signed webhooks | `--factory-key` |
//! | `/registry` | the registrations, a path a country | `--registry-key` |
//! | `/issuer` | `OpenID` discovery, JWKS, and a token for whoever asks | none |
//! | `/_control` | behaviours, milestones, paces, the ledger | none |
//!
//! It listens on 127.0.0.1 alone, and remembers nothing once stopped; its ids differ from run to
//! run.

mod behaviour;
mod call;
mod control;
mod factory;
mod issuer;
mod ledger;
mod registry;
mod webhooks;

use anyhow::{Context, Result};
use axum::Router;
use behaviour::Behaviour;
use call::{Lost, Partner, guard};
use factory::Pace;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use issuer::Issuer;
use ledger::Ledger;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::ServiceExt;
use webhooks::Postman;

/// How the partners are set up. The keys can come from the environment, where no list of processes
/// shows them.
#[derive(Clone, clap::Parser)]
#[command(
    about = "Stands in for the factory, the registries and the token issuer in the local run"
)]
pub struct Settings {
    /// Where to listen on 127.0.0.1; 0 takes a free port.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Where the factory's webhooks go; until it is known, here or by control, they wait.
    #[arg(long)]
    pub webhook_url: Option<String>,
    /// The bearer token that the factory takes.
    #[arg(long, env = "PARTNERS_FACTORY_KEY", hide_env_values = true)]
    pub factory_key: String,
    /// The bearer token that the registries take.
    #[arg(long, env = "PARTNERS_REGISTRY_KEY", hide_env_values = true)]
    pub registry_key: String,
    /// What the factory signs its webhooks with: `whsec_` and base64, or any text.
    #[arg(long, env = "PARTNERS_FACTORY_WEBHOOK_SECRET", hide_env_values = true)]
    pub factory_webhook_secret: String,
    /// Each order advances by itself one milestone every so many milliseconds; 0 or absent, only on
    /// command.
    #[arg(long)]
    pub pace_ms: Option<u64>,
}

/// The running server; dropped, it stops.
#[derive(Debug)]
pub struct Partners {
    url: String,
    listening: JoinHandle<()>,
}

impl Partners {
    /// Listens. Fails when the port is taken.
    pub async fn start(settings: Settings) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", settings.port))
            .await
            .context("the port can't be listened on")?;
        let url = format!("http://{}", listener.local_addr()?);
        let routes = routes(Arc::new(World::new(url.clone(), settings)?));
        Ok(Self { url, listening: tokio::spawn(listen(listener, routes)) })
    }

    /// Its base URL, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Partners {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// What the partners share.
struct World {
    url: String,
    factory_key: String,
    registry_key: String,
    ledger: Mutex<Ledger>,
    /// In the order in which they were asked for.
    behaviours: Mutex<Vec<Behaviour>>,
    pace: watch::Sender<Pace>,
    postman: Postman,
    issuer: Issuer,
    /// The next number to give out.
    serial: AtomicU64,
}

impl World {
    fn new(url: String, settings: Settings) -> Result<Self> {
        let Settings {
            port: _,
            webhook_url,
            factory_key,
            registry_key,
            factory_webhook_secret,
            pace_ms,
        } = settings;
        Ok(Self {
            issuer: Issuer::new(&url),
            url,
            factory_key,
            registry_key,
            ledger: Mutex::default(),
            behaviours: Mutex::default(),
            pace: watch::Sender::new(Pace::new(pace_ms)),
            postman: Postman::new(webhook_url, &factory_webhook_secret)?,
            serial: AtomicU64::new(getrandom::u64()? % 9_000_000_000 + 1_000_000_000),
        })
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn behaviours(&self) -> MutexGuard<'_, Vec<Behaviour>> {
        self.behaviours.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next number: ten digits, from a start that is drawn anew for each run.
    fn serial(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }
}

fn routes(world: Arc<World>) -> Router {
    Router::new()
        .nest("/factory", guard(factory::routes(), Partner::Factory, &world))
        .nest("/registry", guard(registry::routes(), Partner::Registry, &world))
        .nest("/issuer", guard(issuer::routes(), Partner::Issuer, &world))
        .nest("/_control", control::routes())
        .with_state(world)
}

async fn listen(listener: TcpListener, routes: Router) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        tokio::spawn(serve(stream, routes.clone()));
    }
}

async fn serve(stream: TcpStream, routes: Router) {
    let service = service_fn(|request| {
        // A task of its own: a partner acts to the end, even when the caller hangs up.
        let answer = tokio::spawn(routes.clone().oneshot(request));
        async {
            let Ok(response) = answer.await.map_err(|_| Lost)?;
            if Lost::is(&response) { Err(Lost) } else { Ok(response) }
        }
    });
    // Ends with the connection; a lost answer ends it, too.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

#[cfg(test)]
mod tests;
