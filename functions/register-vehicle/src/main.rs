//! Placeholder until the operation is wired.
fn main() {}
