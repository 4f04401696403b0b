//! The payment gateway of the local run: it behaves as Stripe's documentation says
//! (<https://docs.stripe.com/api>), strict about parameters, with the challenge and the hosted
//! pages, so that nothing that works here is refused there.
//!
//! ```text
//! cargo run -p gateway -- --port 8200 --books /tmp/books.json
//! curl -u sk_test_local: http://127.0.0.1:8200/v1/payment_intents
//! curl http://127.0.0.1:8200/_control          # what banks and customers can be made to do
//! curl http://127.0.0.1:8200/_control/books    # each line of the account, sums of each payment
//! ```
//!
//! | under | what |
//! | --- | --- |
//! | `/v1` | Stripe's API, by `--key` |
//! | `/c/pay`, `/challenge`, `/instructions` | the customer's pages |
//! | `/_control`, `/_config` | banks, customers, events, the clock; no key |
//!
//! It takes euros only, and listens on 127.0.0.1 alone. A time in an object is its own clock's,
//! which control calls move; a signature's is the machine's, which receivers look at.

mod api;
mod books;
mod capture;
mod cards;
mod checkout;
mod chores;
mod clock;
mod confirm;
mod control;
mod delivery;
mod disputes;
mod form;
mod iban;
mod methods;
mod objects;
mod operation;
mod pages;
mod refunds;
mod refusal;
mod server;
mod transfers;
mod world;

pub use server::{Gateway, Settings};

#[cfg(test)]
mod tests;
