//! Lambda and HTTP glue: what comes in is parsed into the domain's types, what goes out is an
//! answer that says nothing unsafe. No rule of the business lives here, and no client of a service.

pub mod access;
pub mod batch;
pub mod clock;
pub mod contact;
mod cookie;
pub mod customer;
pub mod document;
pub mod env;
mod fault;
pub mod http;
pub mod log;
pub mod operation;
pub mod payment;
pub mod problem;
pub mod reader;
pub mod representation;
mod runtime;
pub mod schedule;
pub mod session;
pub mod signature;
pub mod task;

pub use access::{ClaimNames, Employee};
pub use cookie::Cookie;
pub use fault::Fault;
pub use http::{Reply, Request, Table};
pub use operation::{Callers, Operation, Role};
pub use problem::{Problem, ProblemType};
pub use reader::{Json, Object, UnknownFields};
pub use session::password;

/// Why the runtime stopped.
pub type Error = lambda_runtime::Error;
