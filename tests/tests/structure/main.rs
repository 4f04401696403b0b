//! The project's walls, read from its files without building or running anything: which crate may
//! reach which, and that the functions, the template, the API's description and the state machine
//! say the same.

mod comments;
mod crates;
mod files;
mod functions;
mod modules;
mod state_machine;
mod template;
