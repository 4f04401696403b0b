//! Secrets of partners: a new one beside the one before, until the partner uses it alone.

use crate::act::Act;
use crate::cloud::Cloud;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::Read;

/// Every secret, as the template names it.
pub(crate) const SECRETS: [&str; 5] = [
    "GatewaySecret",
    "GatewayWebhookSecret",
    "FactorySecret",
    "FactoryWebhookSecret",
    "RegistrySecret",
];

/// A secret's stored value.
pub(crate) async fn stored(cloud: &Cloud, name: &str) -> Result<Value> {
    let asked = cloud.secrets().get_secret_value().secret_id(cloud.resource(name)?).send().await;
    let told = asked.with_context(|| format!("{name} can't be read"))?;
    // serde_json's message would quote the secret.
    serde_json::from_str(told.secret_string().unwrap_or_default())
        .map_err(|_| anyhow::anyhow!("{name} is no JSON"))
}

/// Takes the new value from standard input, keeps the old one as `previous`; or ends that.
pub(crate) async fn rotate(cloud: &Cloud, name: &str, finish: bool, act: &Act) -> Result<()> {
    ensure!(SECRETS.contains(&name), "there is no {name}: {}", SECRETS.join(", "));
    let old = stored(cloud, name).await?;
    let deed = if finish {
        format!("forget the previous value of {name}")
    } else {
        format!("give {name} a new value, and keep the one before as previous")
    };
    if !act.begin(cloud, &deed).await? {
        return Ok(());
    }
    let next = if finish {
        finished(&old)?
    } else {
        eprintln!("the new value, then end of input:");
        let mut new = String::new();
        std::io::stdin().read_to_string(&mut new)?;
        rotated(&old, new.trim())?
    };
    let put = cloud.secrets().put_secret_value().secret_id(cloud.resource(name)?);
    put.secret_string(next.to_string()).send().await?;
    println!("functions read it within five minutes");
    Ok(())
}

fn rotated(old: &Value, new: &str) -> Result<Value> {
    ensure!(new.len() >= 8, "the new value has less than eight characters");
    let current = old.get("current").context("the secret has no current value")?;
    ensure!(current != new, "that is the value that it has");
    Ok(json!({ "current": new, "previous": current }))
}

fn finished(old: &Value) -> Result<Value> {
    let current = old.get("current").context("the secret has no current value")?;
    ensure!(old.get("previous").is_some(), "no rotation is under way");
    Ok(json!({ "current": current }))
}

/// Whether a value is still the random one that the stack was made with: nobody put the partner's
/// own in.
pub(crate) fn is_random(value: &Value) -> bool {
    let current = value.get("current").and_then(Value::as_str).unwrap_or_default();
    current.len() == 32 && current.chars().all(|c| c.is_ascii_alphanumeric())
}

/// A new secret between `infra/edge.yaml` and the functions: itself, and the digest that they know.
pub(crate) fn edge_secret() -> (String, String) {
    let secret = adapters::credentials::token();
    let digest = Sha256::digest(secret.as_bytes());
    (secret, format!("{digest:x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_keeps_the_value_before_until_it_is_finished() {
        let old = json!({ "current": "sk_old_value" });
        let during = rotated(&old, "sk_new_value").unwrap();
        assert_eq!(during, json!({ "current": "sk_new_value", "previous": "sk_old_value" }));
        let after = finished(&during).unwrap();
        assert_eq!(after, json!({ "current": "sk_new_value" }));
        assert!(finished(&after).is_err());
        assert!(rotated(&old, "sk_old_value").is_err() && rotated(&old, "").is_err());
    }

    #[test]
    fn what_the_stack_was_made_with_is_told_from_a_partner_s_own() {
        assert!(is_random(&json!({ "current": "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF" })));
        assert!(!is_random(&json!({ "current": "sk_live_51HqLyjWDarjtT1zdp7dc" })));
    }

    #[test]
    fn the_functions_know_the_edge_s_secret_by_its_digest_alone() {
        let (secret, digest) = edge_secret();
        assert!(secret.len() >= 32 && digest.len() == 64 && digest != secret);
    }
}
