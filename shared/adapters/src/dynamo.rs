//! The table: sales, customers, sessions, vehicles, plans, answered requests and sent
//! notifications.
//!
//! A decision is one conditional write. What a failed condition finds comes back with the failure,
//! so that no branch costs a read.

mod accounts;
mod cancellation;
mod client;
mod commit;
mod contacts;
mod correction;
mod customers;
mod desk;
mod erasure;
#[cfg(test)]
mod forms;
mod index;
mod item;
mod lists;
mod notifications;
mod plans;
mod register;
mod reservations;
mod sales;
mod schema;
mod stored;
mod stream;
mod vehicles;

pub use client::DynamoSales;
pub use plans::RememberedPlans;
pub use stream::{Image, UnreadableChange, change_from_stream};
