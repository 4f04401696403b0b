//! The gateway's behaviour, a file a subject: calls as a client makes them, without the network,
//! and over HTTP where that matters.

mod cards;
mod checkout;
mod debits;
mod desk;
mod disputes;
mod forms;
mod http;
mod idempotency;
mod lists;
mod refunds;
mod transfers;
