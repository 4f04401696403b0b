//! The bootstrap of `relay-events`, which serves the records of the table's stream.

use std::process::ExitCode;
use wiring::change_from_stream;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (workflow, queues, store, delivery) =
            (wiring.workflow()?, wiring.queues()?, wiring.store()?, wiring.delivery()?);
        edge::batch::serve_stream(async |record| {
            relay_events::handle(
                &workflow,
                &queues,
                &store,
                &delivery,
                |(old, new)| change_from_stream(old, new),
                record,
            )
            .await
        })
        .await
    })
}
