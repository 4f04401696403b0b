//! The world in memory: every port with faults, a virtual clock, the real state machine's definition interpreted, and
//! an auditor that judges by what the partners saw.

pub mod accounts;
pub mod asl;
pub mod auditor;
pub mod faults;
pub mod memory;
pub mod rng;
pub mod simulation;
