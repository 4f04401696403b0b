//! The pages that customers meet: Checkout, the bank's challenge, how to send a bank transfer.
//! Plain HTML and forms, without a script.

mod challenge;
mod checkout;
mod frame;
mod instructions;
mod words;

use crate::world::World;
use axum::Router;
use axum::routing::get;
use std::sync::Arc;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/c/pay/{session}", get(checkout::page).post(checkout::pay))
        .route("/challenge/{intent}/{secret}", get(challenge::page).post(challenge::answer))
        .route("/instructions/{intent}", get(instructions::page))
}
