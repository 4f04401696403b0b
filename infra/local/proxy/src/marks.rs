//! What a call is about: many sales run at once, and a fault is aimed at one of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Words by which calls are told apart: a customer's address, a sale's id, a payment's. Shared by
/// the proxies of one stack.
#[derive(Debug, Clone, Default)]
pub struct Marks(Arc<Mutex<HashMap<String, String>>>);

impl Marks {
    /// From now on, a call that has this word in it is about this.
    pub fn know(&self, word: &str, about: &str) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(word.to_owned(), about.to_owned());
    }

    /// What a text is about. From such a text the ids of sales and payments are learnt, too.
    pub(crate) fn about(&self, text: &str) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let about = words(text).find_map(|word| known.get(word).cloned())?;
        drop(known);
        self.learn(text, &about);
        Some(about)
    }

    /// What an answer tells of whom its call was about.
    pub(crate) fn learn(&self, text: &str, about: &str) {
        let sales = text
            .split("SALE#")
            .skip(1)
            .filter_map(|rest| words(rest).next())
            .filter(|id| id.len() == 36);
        let payments = words(text).filter(|word| word.starts_with("pi_"));
        for id in sales.chain(payments) {
            self.know(id, about);
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let part_of_a_word =
        |character: char| character.is_alphanumeric() || "@.-_+".contains(character);
    text.split(move |character| !part_of_a_word(character)).filter(|word| !word.is_empty())
}
