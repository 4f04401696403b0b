//! A deterministic run of whole lifecycles: employees, customers, the factory, the gateway, the
//! authorities and an operator act on the real use cases and the real relay, over the world in
//! memory and in virtual time. The workflow is the deployed definition, interpreted. One seed, one
//! run.

mod consumer;
mod customers;
mod employees;
mod engine;
mod events;
mod factory;
mod gateway;
mod managers;
mod money_back;
mod operator;
mod outage;
mod outages;
mod payers;
mod processes;
mod queues;
mod reconciliation;
mod record;
mod run;
mod scenario;
mod settings;
mod standstill;
mod stock;
mod stream;
mod tasks;
mod workflow;

pub use employees::register_input;
pub use outage::Outage;
pub use record::{Alarm, ClientAnswer, Run, ended};
pub use run::run;
pub use scenario::{Scenario, Script};
pub use settings::{
    BURST, EPOCH, MAX_EXTENSION, MAX_SKEW, PATIENCE, REMINDER_LEAD, TELL_BEYOND, WINDOW,
};
