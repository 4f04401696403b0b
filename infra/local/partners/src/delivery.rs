//! How the factory's webhooks are delivered: an order's go out in order, each until it is taken.

use crate::clock::now;
use crate::webhook::Try;
use crate::world::World;
use std::iter;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;

/// How often a webhook is tried before it is given up.
const TRIES: usize = 12;
/// After the first try that fails; each further pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Tries the webhook at this place in the ledger once, and notes it. Answers the receiver's status.
pub(crate) async fn try_webhook(world: &World, place: usize) -> Option<u16> {
    let webhook = world.ledger().webhooks.get(place).cloned()?;
    let url = world.postman.url().await?;
    let at = now();
    let http_status = world.postman.send(url, &webhook, at).await;
    if let Some(webhook) = world.ledger().webhooks.get_mut(place) {
        webhook.tries.push(Try { at, http_status });
    }
    http_status
}

/// Delivers one order's webhooks: the next goes out once the one before is taken, or given up.
pub(crate) async fn deliver_in_order(world: Arc<World>, mut due: UnboundedReceiver<usize>) {
    while let Some(place) = due.recv().await {
        let pauses =
            iter::successors(Some(FIRST_PAUSE), |pause| Some((*pause * 2).min(LONGEST_PAUSE)));
        for pause in pauses.take(TRIES) {
            if matches!(try_webhook(&world, place).await, Some(200..300)) {
                break;
            }
            tokio::time::sleep(pause).await;
        }
    }
}
