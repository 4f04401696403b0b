//! One sale's story, for whoever is asked about it: what happened when, and no person in it.

use crate::cloud::Cloud;
use anyhow::{Context, Result, bail};
use domain::ports::SaleStore;
use domain::{Sale, SaleId};
use serde_json::{Value, json};

/// Prints the sale's story as JSON.
pub(crate) async fn story(cloud: &Cloud, sale: SaleId) -> Result<()> {
    let found = cloud.store()?.sale(sale).await.context("the sale can't be read")?;
    let Some(sale) = found else { bail!("there is no sale {sale}") };
    println!("{:#}", told(&sale));
    Ok(())
}

/// What may be told: moments, kinds and amounts. Neither buyer nor employee, no reason that a
/// person wrote, no token, account or plate.
fn told(sale: &Sale) -> Value {
    let facts = sale.facts.iter().map(|fact| json!({ "at": fact.1.to_string(), "what": fact.0 }));
    let ledger = sale.ledger.iter().map(|line| {
        json!({ "at": line.2.to_string(), "movement": line.0.as_str(), "part": format!("{:?}", line.1) })
    });
    let cases = sale.cases.iter().map(|case| {
        json!({ "kind": case.kind.as_str(), "opened": case.opened_at.to_string(), "open": case.closed_at.is_none() })
    });
    let attempts = sale.all_attempts().map(|(kind, attempt)| {
        json!({
            "of": kind.as_str(),
            "started": attempt.started_at.to_string(),
            "method": attempt.means.method().as_str(),
            "open": attempt.state.is_open(),
        })
    });
    json!({
        "sale": sale.id,
        "version": sale.version,
        "country": sale.country,
        "status": sale.status().as_str(),
        "facts": facts.collect::<Vec<_>>(),
        "payments": attempts.collect::<Vec<_>>(),
        "ledger": ledger.collect::<Vec<_>>(),
        "cases": cases.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::contract::Sample;

    #[test]
    fn a_story_names_no_person() {
        let Sample { sale, .. } = Sample::new().unwrap();
        let story = told(&sale).to_string();
        assert!(
            story.contains("SaleRegistered") && story.contains(&sale.id.to_string()),
            "{story}"
        );
        for person in [sale.customer.to_string(), sale.registered_by.to_string()] {
            assert!(!story.contains(&person), "{story}");
        }
    }
}
