//! The books as the server shares them: one change at a time, each written to the file before
//! anybody hears of it.

use crate::books::{Books, Setting};
use crate::chores;
use anyhow::{Context, Result};
use serde::Serialize;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// What the tasks share.
pub(crate) struct World {
    books: Mutex<Books>,
    file: Option<PathBuf>,
    /// The key that callers need.
    pub(crate) key: String,
    changed: watch::Sender<()>,
    /// Each webhook's tries, since the start.
    tries: Mutex<Vec<Try>>,
}

/// A try to deliver an event.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Try {
    pub(crate) event: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) url: String,
    /// `null` without an answer.
    pub(crate) http_status: Option<u16>,
}

impl World {
    /// Begins with the books of the file, if there are any.
    pub(crate) fn open(setting: Setting, key: String, file: Option<PathBuf>) -> Result<Self> {
        let text = file.as_ref().filter(|file| file.exists()).map(fs::read_to_string);
        let mut books: Books = match text {
            Some(text) => serde_json::from_str(&text?).context("the books can't be read")?,
            None => Books::default(),
        };
        books.setting = setting;
        Ok(Self {
            books: Mutex::new(books),
            file,
            key,
            changed: watch::Sender::new(()),
            tries: Mutex::default(),
        })
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the books, as they are now.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&mut Books) -> T) -> T {
        self.tick();
        look(&mut self.books())
    }

    /// Changes the books.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Books) -> T) -> T {
        let mut books = self.books();
        chores::run(&mut books);
        let answer = change(&mut books);
        chores::run(&mut books);
        self.keep(&books);
        drop(books);
        self.changed.send_replace(());
        answer
    }

    /// Does what is due by now.
    pub(crate) fn tick(&self) {
        let mut books = self.books();
        if chores::run(&mut books) {
            self.keep(&books);
            drop(books);
            self.changed.send_replace(());
        }
    }

    /// Writes the books beside the file first: whoever reads it finds all of them, old or new.
    fn keep(&self, books: &Books) {
        let Some(file) = &self.file else { return };
        let beside = file.with_extension("new");
        let write = || -> Result<()> {
            fs::write(&beside, serde_json::to_vec(books)?)?;
            Ok(fs::rename(&beside, file)?)
        };
        if let Err(error) = write() {
            eprintln!("the books can't be written: {error:#}");
        }
    }

    /// Tells of each change.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    pub(crate) fn note(&self, tried: Try) {
        self.tries.lock().unwrap_or_else(PoisonError::into_inner).push(tried);
    }

    pub(crate) fn tries(&self) -> Vec<Try> {
        self.tries.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
