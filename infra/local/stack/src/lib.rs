//! The local stack: the local cloud with our template in it, the payment gateway and the partners,
//! and proxies between them that note who calls whom. Dropped, all of it ends.

pub mod api;
pub mod check;
pub mod cloud;
mod dealership;
pub mod demo;
mod deploy;
mod gateway;
mod parameters;
mod processes;
pub mod run;
mod settings;
mod stack;
mod start;
mod waiting;

pub use deploy::STACK;
pub use parameters::{FACTORY_WEBHOOK_SECRET, GATEWAY_KEY, GATEWAY_WEBHOOK_SECRET, MAX_UNPAID};
pub use settings::Settings;
pub use stack::Stack;
pub use waiting::{StoppedError, eventually, eventually_every, until_told_to_stop};
