//! The tables of the report, by their titles, and their order.

pub(super) const START: &str = "Instructions to the first `/next`";
pub(super) const SIZE: &str = "Size of the bootstrap";
pub(super) const ZIP: &str = "Size of the zip";
pub(super) const FIRST_CALL: &str = "First call over TLS";
pub(super) const WARM: &str = "Instructions an operation";
pub(super) const MEMORY: &str = "Memory at the first `/next`";
pub(super) const TIME: &str = "Time to the first `/next`";
pub(super) const AWS_CALLS: &str = "Calls of AWS an operation";
pub(super) const PARTNER_CALLS: &str = "Calls of partners an operation";
pub(super) const ROUND_TRIPS: &str = "Round trips an operation, one after the other";
pub(super) const WRITE_UNITS: &str = "Write units of DynamoDB an operation";
pub(super) const ORDER: &str = "A whole order, from its registration to the delivery";
pub(super) const LOAD: &str = "Load: one process, on a table in process (dynoxide, over HTTP)";
pub(super) const GROWTH: &str =
    "Growth: the same with more sales in the table, one operation at a time";
pub(super) const COST: &str = "A million orders, in dollars";
pub(super) const BUILDS: &str = "Builds, in a clone of its own";
pub(super) const READ_UNITS: &str = "Read units of DynamoDB an operation";

/// All of them, as the report has them.
pub(super) const GROUPS: [&str; 17] = [
    START,
    TIME,
    MEMORY,
    SIZE,
    ZIP,
    FIRST_CALL,
    WARM,
    AWS_CALLS,
    PARTNER_CALLS,
    ROUND_TRIPS,
    WRITE_UNITS,
    READ_UNITS,
    ORDER,
    COST,
    LOAD,
    GROWTH,
    BUILDS,
];
