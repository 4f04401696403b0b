//! `cargo xtask dashboards`: the dashboards of `infra/template.yaml`, drawn widget by widget from
//! the figures of a local run, into `docs/dashboards`. So a widget that counts what nothing says is
//! seen before it is deployed.

mod definition;
mod draw;
mod figures;
mod filters;
mod observe;
mod sales;

use anyhow::{Context, Result, bail};
use figures::Figures;
use observe::Watch;
use stack::{Settings, Stack};
use std::process::ExitCode;
use tools::narrator::Narrator;
use tools::root::root;
use tools::template::Template;

#[tokio::main]
async fn main() -> ExitCode {
    match stack::until_told_to_stop(dashboards()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn dashboards() -> Result<()> {
    let narrator = Narrator::default();
    // Deadlines that pass while it is watched.
    let settings = Settings {
        signal_payment_window: 25,
        final_payment_window: 12,
        recheck: 3,
        queue_visibility: 3,
        ..Settings::default()
    };
    let stack = Stack::start(&settings, &narrator).await?;
    narrator.say("sales of a minute, some of which go wrong");
    let watch = Watch::begin(&stack);
    let sold = sales::sell(&stack, &watch).await?;
    let template = Template::read()?;
    let mut figures = watch.end().await?;
    filters::count(&stack, &template, &mut figures).await?;
    observe::workflows(&stack, &mut figures).await?;
    observe::function_errors(&stack, &mut figures).await?;
    observe::relayed(&stack, &sold, &mut figures).await?;
    write(&template, &figures, &narrator)
}

/// Writes a picture for each dashboard; fails for widgets that have nothing to show.
fn write(template: &Template, figures: &Figures, narrator: &Narrator) -> Result<()> {
    let folder = root().join("docs/dashboards");
    std::fs::create_dir_all(&folder)?;
    let mut empty = Vec::new();
    for dashboard in definition::dashboards(template)? {
        let file = folder.join(format!("{}.svg", dashboard.name));
        empty.extend(draw::draw(&dashboard, figures, &file).context("a chart can't be drawn")?);
        narrator.say(format_args!("{} is written", file.display()));
    }
    if !empty.is_empty() {
        bail!("nothing in the run has these figures: {}", empty.join("; "));
    }
    Ok(())
}
