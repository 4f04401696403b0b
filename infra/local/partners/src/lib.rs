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
//! | `/issuer` | `OpenID` discovery, JWKS, a log-in page, and a token for whoever asks | none |
//! | `/mailbox` | what anybody was mailed, to be read in a browser (`--mails-url`) | none |
//! | `/_control` | behaviours, milestones, paces, the ledger | none |
//!
//! It listens on 127.0.0.1 alone, and remembers nothing once stopped; its ids differ from run to
//! run.

mod answer;
mod authorization;
mod behaviour;
mod call;
mod clock;
mod control;
mod delivery;
mod factory;
mod grant;
mod issuer;
mod keys;
mod ledger;
mod mailbox;
mod order;
mod pace;
mod partner;
mod registration;
mod registry;
mod request;
mod settings;
mod webhook;
mod world;

pub use settings::Settings;

use answer::Lost;
use anyhow::{Context, Result};
use axum::Router;
use axum::routing::get;
use call::guard;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use partner::Partner;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tower::ServiceExt;
use world::World;

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

fn routes(world: Arc<World>) -> Router {
    Router::new()
        .nest("/factory", guard(factory::routes(), Partner::Factory, &world))
        .nest("/registry", guard(registry::routes(), Partner::Registry, &world))
        .nest("/issuer", guard(issuer::routes(), Partner::Issuer, &world))
        .nest("/_control", control::routes())
        .route("/mailbox", get(mailbox::page))
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
            // Whoever asked is gone.
            let Ok(response) = answer.await.map_err(|_| Lost)?;
            if Lost::is(&response) { Err(Lost) } else { Ok(response) }
        }
    });
    // Ends with the connection; a lost answer ends it, too.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

#[cfg(test)]
mod tests;
