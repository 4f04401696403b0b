//! Functions' roles are enforced in these tests: a permission that is taken away is missed.

use crate::{Shared, World, trial};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use xtask::demo::{key, sale};
use xtask::narrator::Narrator;
use xtask::stack::{Settings, Stack};

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![trial(world, "a_missing_permission_is_missed", a_missing_permission_is_missed)]
}

/// The same template on a second stack, where `register-sale` may not check the item of a customer who bought before.
async fn a_missing_permission_is_missed(_: &World) -> Result<()> {
    let without = Some("- dynamodb:ConditionCheckItem".to_owned());
    let stack = Stack::start(&Settings { without, ..Settings::default() }, &Narrator::default()).await?;
    let (api, body) = (stack.api("MAD-01", &["sales"]).await?, sale("denied@example.com"));
    api.post("/sales", &key(), &body).await?.expect(201)?;
    let answer = api.post("/sales", &key(), &body).await?;
    ensure!(answer.status == 503, "{answer:?}");
    Ok(())
}
