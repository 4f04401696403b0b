//! The project's commands, and the local stack that they and the end-to-end tests run on.

pub mod api;
pub mod bench;
pub mod check;
pub mod cloud;
pub mod demo;
pub mod fuzz;
pub mod lint;
pub mod mail_preview;
pub mod narrator;
pub mod process;
pub mod root;
pub mod run;
pub mod seed_bugs;
pub mod simulate;
pub mod stack;
pub mod test;
pub mod tools;
