//! What the partners share: their books, behaviours and keys.

use crate::behaviour::Behaviour;
use crate::grant::Grant;
use crate::keys::Issuer;
use crate::ledger::Ledger;
use crate::pace::Pace;
use crate::settings::Settings;
use crate::webhook::Postman;
use anyhow::Result;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// What the partners share.
pub(crate) struct World {
    pub(crate) url: String,
    pub(crate) mails_url: Option<String>,
    pub(crate) factory_key: String,
    pub(crate) registry_key: String,
    ledger: Mutex<Ledger>,
    /// In the order in which they were asked for.
    behaviours: Mutex<Vec<Behaviour>>,
    /// By the codes that the issuer gave out, until each is used.
    grants: Mutex<HashMap<String, Grant>>,
    pub(crate) pace: watch::Sender<Pace>,
    pub(crate) postman: Postman,
    pub(crate) issuer: Issuer,
    /// The next number to give out.
    serial: AtomicU64,
}

impl World {
    pub(crate) fn new(url: String, settings: Settings) -> Result<Self> {
        let Settings {
            port: _,
            webhook_url,
            factory_key,
            registry_key,
            factory_webhook_secret,
            pace_ms,
            mails_url,
        } = settings;
        Ok(Self {
            issuer: Issuer::new(&url),
            url,
            mails_url,
            factory_key,
            registry_key,
            ledger: Mutex::default(),
            behaviours: Mutex::default(),
            grants: Mutex::default(),
            pace: watch::Sender::new(Pace::new(pace_ms)),
            postman: Postman::new(webhook_url, &factory_webhook_secret)?,
            serial: AtomicU64::new(getrandom::u64()? % 9_000_000_000 + 1_000_000_000),
        })
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn behaviours(&self) -> MutexGuard<'_, Vec<Behaviour>> {
        self.behaviours.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn grants(&self) -> MutexGuard<'_, HashMap<String, Grant>> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next number: ten digits, from a start that is drawn anew for each run.
    pub(crate) fn serial(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }
}
