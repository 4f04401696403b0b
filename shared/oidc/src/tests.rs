//! The log-in against the local issuer, which checks the challenge and signs as issuers do.

use super::*;
use adapters::Reach;
use jiff::Timestamp;
use openidconnect::url::Url;
use partners::{Partners, Settings};
use std::collections::BTreeMap;

const DESK: &str = "https://desk.test/desk";

async fn issuer() -> (Partners, Oidc) {
    let settings = Settings {
        port: 0,
        webhook_url: None,
        factory_key: "f".to_owned(),
        registry_key: "r".to_owned(),
        factory_webhook_secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".to_owned(),
        pace_ms: None,
        mails_url: None,
    };
    let partners = Partners::start(settings).await.unwrap();
    let oidc = oidc(&partners, "caas-desk", Reach::Anywhere);
    (partners, oidc)
}

fn oidc(partners: &Partners, client_id: &str, reach: Reach) -> Oidc {
    let web = Web::new("issuer", "desk", reach).unwrap();
    Oidc::new(web, format!("{}/issuer", partners.url()), client_id.to_owned(), DESK).unwrap()
}

/// Logs somebody in at the issuer's page: the log-in, and the answer's code.
async fn log_in(oidc: &Oidc) -> (LogInUnderWay, String) {
    let Begun { url, state, nonce, verifier } = oidc.begin().await.unwrap();
    let mut page = Url::parse(&url).unwrap();
    let mut form: BTreeMap<String, String> = page.query_pairs().into_owned().collect();
    assert_eq!(form["code_challenge_method"], "S256");
    assert_eq!(form["redirect_uri"], format!("{DESK}/answer"));
    assert!(!url.contains(&verifier), "what proves that the code is ours is in the address");
    for (name, text) in [
        ("sub", "auth0|17"),
        ("roles", "sales auditor"),
        ("dealership_id", "MAD-01"),
        ("country", "ES"),
    ] {
        form.insert(name.to_owned(), text.to_owned());
    }
    page.set_query(None);
    let browser = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let answer = browser.build().unwrap().post(page).form(&form).send().await.unwrap();
    let to = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    let answer: BTreeMap<String, String> = to.query_pairs().into_owned().collect();
    assert_eq!(answer["state"], state);
    let token = domain::account::TokenDigest::of("t");
    let log_in = LogInUnderWay { token, state, nonce, verifier, expires_at: Timestamp::MAX };
    (log_in, answer["code"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_employee_is_who_the_issuer_says() {
    let (partners, oidc) = issuer().await;
    let (under_way, code) = log_in(&oidc).await;
    let admitted = oidc.admit(&under_way, &code).await.unwrap();
    assert_eq!(admitted.claims["sub"], "auth0|17");
    assert_eq!(admitted.claims["roles"], "[\"sales\",\"auditor\"]");
    let end = admitted.log_out_url.unwrap();
    assert!(end.starts_with(&format!("{}/issuer/end-session?id_token_hint=ey", partners.url())));
    assert!(end.contains("post_logout_redirect_uri=https%3A%2F%2Fdesk.test%2Fdesk%2Fgoodbye"));
    // A code counts once.
    assert_eq!(oidc.admit(&under_way, &code).await.err(), Some(IssuerError::Refused));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_doesn_t_fit_the_log_in_is_refused() {
    let (partners, oidc) = issuer().await;
    let (under_way, code) = log_in(&oidc).await;
    let verifier = LogInUnderWay { verifier: "x".repeat(43), ..under_way };
    assert_eq!(oidc.admit(&verifier, &code).await.err(), Some(IssuerError::Refused));
    let (under_way, code) = log_in(&oidc).await;
    let nonce = LogInUnderWay { nonce: "another".to_owned(), ..under_way };
    assert_eq!(oidc.admit(&nonce, &code).await.err(), Some(IssuerError::Refused));
    let (under_way, code) = log_in(&oidc).await;
    let other = self::oidc(&partners, "another-client", Reach::Anywhere);
    assert_eq!(other.admit(&under_way, &code).await.err(), Some(IssuerError::Refused));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_issuer_is_called_over_tls_and_at_a_public_address_alone() {
    let (partners, _) = issuer().await;
    let oidc = oidc(&partners, "caas-desk", Reach::Public);
    let unavailable = Some(IssuerError::Unavailable(PartnerError));
    assert_eq!(oidc.begin().await.err(), unavailable);
}
