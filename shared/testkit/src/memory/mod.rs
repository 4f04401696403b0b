//! The world in memory: table, stream, queues, gateway, factory, registries, mail, behind the
//! domain's ports.
//!
//! A [`World`] is what there is; [`Ports`] is one process's connection to it. Every call goes
//! through one gate, which counts it, lets virtual time pass and injects the planned fault.

mod books;
mod contact_store;
mod correction_store;
mod customer_store;
mod delivery;
mod erasure_store;
mod factory;
mod gateway;
mod inbox;
mod messages;
mod notification_log;
mod plan_store;
mod ports;
mod queues;
mod registry;
mod sale_index;
mod sale_lists;
mod sale_store;
mod story;
mod table;
mod unpaid_reservations;
mod vehicle_store;
mod workflow;
mod world;

pub use books::{FactoryOrder, GatewayPayment, RegistryEntry};
pub(crate) use contact_store::add_device;
pub use factory::FIRST_ESTIMATE;
pub use inbox::{Mail, MailKind};
pub use ports::Ports;
pub use story::{Happening, Line, short};
pub use table::{CustomerRow, Row, VehicleRow, has};
pub use world::{State, TaskId, World};
