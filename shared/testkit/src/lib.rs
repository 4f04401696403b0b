//! The world in memory: every port with faults, a virtual clock, the real state machine's
//! definition interpreted, and an auditor that judges by what the partners saw; and the contracts
//! that these ports and the real ones share.

pub mod accounts;
pub mod asl;
pub mod auditor;
pub mod campaign;
pub mod contract;
pub mod exhaustive;
pub mod faults;
pub mod hunt;
pub mod lifecycle;
pub mod memory;
pub mod requests;
pub mod rng;
pub mod runbook;
pub mod shrink;
pub mod simulation;
pub mod story;
