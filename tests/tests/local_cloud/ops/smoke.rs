//! The smoke order of a stage that was just deployed.

use super::Caas;
use crate::World;
use crate::plans::{UNBUILDABLE, put_unbuildable};
use anyhow::{Context, Result, ensure};

pub(super) async fn a_smoke_order_ends_in_its_refund(world: &World) -> Result<()> {
    put_unbuildable(&world.somebody("HQ", &["product"]).await?.api).await?;
    let employee = world.employee().await?;
    let token = employee.api.token().context("an employee has a token")?.to_owned();
    let caas = Caas { token: Some(token), ..Caas::of(&world.stack)? };
    let smoke =
        format!("caas smoke --plan {UNBUILDABLE} --url {} --why \"…\"", world.stack.api_url);
    caas.says(&smoke, &["is registered", "its señal is paid", "the señal went back"])?;
    let other = smoke.replace(UNBUILDABLE, "NONE");
    let refused = caas.run(&other).err().context("a plan that there isn't was sold")?;
    ensure!(format!("{refused:#}").contains("/sales was answered 422"), "{refused:#}");
    Ok(())
}
