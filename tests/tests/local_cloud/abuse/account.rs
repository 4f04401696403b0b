//! Sessions, and the ways to one.

use super::{Case, run};
use crate::World;
use crate::accounts::PASSWORD;
use anyhow::Result;
use serde_json::{Value, json};
use stack::demo::sale;

fn flipped(token: &str, at: usize) -> String {
    token
        .chars()
        .enumerate()
        .map(|(place, c)| {
            if place != at {
                c
            } else if c == 'A' {
                'B'
            } else {
                'A'
            }
        })
        .collect()
}

/// What is no session.
pub(super) async fn sessions(world: &World) -> Result<()> {
    let email = "sessions@example.com";
    world.activated(email).await?;
    let (live, ended) = (world.session(email).await?, world.session(email).await?);
    let out = world.customer(Some(&ended))?;
    out.send(reqwest::Method::DELETE, "/account/sessions/current", &[], None).await?.expect(204)?;
    let employee = world.employee().await?.api.token().unwrap_or_default().to_owned();
    let stored = super::items(world)
        .await?
        .keys()
        .find_map(|key| Some(key.strip_prefix("SESSION#")?.split(' ').next()?.to_owned()));
    let stored = stored.unwrap_or_default();
    let tokens = [
        ("a word", "x".to_owned()),
        ("zeroes", "0".repeat(43)),
        ("a session that ended", ended),
        ("an employee's token", employee),
        ("the stored digest", stored),
        ("a cut token", live.get(..42).unwrap_or_default().to_owned()),
        ("a longer token", format!("{live}A")),
        ("another first character", flipped(&live, 0)),
        ("another middle character", flipped(&live, 21)),
        ("capitals", live.to_uppercase()),
        ("small letters", live.to_lowercase()),
        ("a very long token", "A".repeat(2_000)),
        ("two tokens", format!("{live},{live}")),
    ];
    let body = json!({ "current_password": PASSWORD, "new_password": "another battery staple" });
    let mut cases = Vec::new();
    let calls = [
        ("log-out", "DELETE", "/account/sessions/current"),
        ("change-password", "POST", "/account/password"),
    ];
    for (name, method, path) in calls {
        let case = |what: String| {
            let case =
                Case::new(format!("{name} with {what}"), method, path).gets(401, "unauthenticated");
            if name == "log-out" { case } else { case.json(&body) }
        };
        for (what, token) in &tokens {
            cases.push(case(format!("{what} as a bearer")).bearer(token));
            cases.push(
                case(format!("{what} as a cookie"))
                    .header("cookie", format!("__Host-session={token}")),
            );
        }
        cases.push(case("nothing".to_owned()));
        cases.push(case("an empty cookie".to_owned()).header("cookie", "__Host-session="));
        for other in ["session", "Host-session", "__Secure-session", "__host-session"] {
            cases.push(
                case(format!("the cookie {other}")).header("cookie", format!("{other}={live}")),
            );
        }
        for scheme in ["Basic", "Token", "Session", "JWT"] {
            cases.push(
                case(format!("the scheme {scheme}"))
                    .header("authorization", format!("{scheme} {live}")),
            );
        }
        cases.push(case("the token alone".to_owned()).header("authorization", live.clone()));
        let both = case("a good cookie beside a bad bearer".to_owned()).bearer("x");
        cases.push(both.header("cookie", format!("__Host-session={live}")));
        let mut in_the_query = case("the token in the query".to_owned());
        in_the_query.path = format!("{path}?token={live}");
        cases.push(in_the_query);
    }
    run(world, "sessions", 45, cases, &[email, &live, PASSWORD]).await
}

/// Guesses, wrong halves, weak passwords.
pub(super) async fn log_in_and_activation(world: &World) -> Result<()> {
    let (invited, active, other) =
        ("invited@example.com", "active@example.com", "other@example.com");
    world.registered(&sale(invited)).await?;
    world.registered(&sale(other)).await?;
    let (mailed, others) =
        (world.credentials(invited, 0).await?, world.credentials(other, 0).await?);
    let used = world.activated(active).await?;
    let mut cases = Vec::new();
    // Few guesses each: from the sixth on, an account's next attempt has to wait.
    let guesses: [(&str, &str, &str); 17] = [
        ("nobody and any password", "nobody-1@example.com", PASSWORD),
        ("nobody and the word password", "nobody-1@example.com", "password"),
        ("an invited customer and the initial password", invited, &mailed.initial_password),
        ("an invited customer and the link's token", invited, &mailed.token),
        ("an invited customer and a guess", invited, PASSWORD),
        ("an active customer and the initial password", active, &used.initial_password),
        ("an active customer and other capitals", active, "Correct Horse Battery"),
        ("an active customer and a blank more", active, "correct horse battery "),
        ("an active customer and a part", active, "correct horse"),
        ("no address", "nobody", PASSWORD),
        ("an empty user name", "", PASSWORD),
        ("two addresses", "active@example.com,other@example.com", PASSWORD),
        ("a display name", "Ana <active@example.com>", PASSWORD),
        ("a star", "*@example.com", PASSWORD),
        ("an address beyond ASCII", "áctive@example.com", PASSWORD),
        ("a plus address", "active+x@example.com", PASSWORD),
        ("another domain", "active@example.org", PASSWORD),
    ];
    for (what, username, password) in guesses {
        let case = Case::new(format!("log-in with {what}"), "POST", "/account/sessions");
        cases.push(
            case.json(&json!({ "username": username, "password": password }))
                .gets(401, "credentials-refused"),
        );
    }
    for (what, password) in [
        ("no password", Value::Null),
        ("an empty password", json!("")),
        ("a number", json!(1)),
        ("a list", json!([PASSWORD])),
        ("129 characters", json!("x".repeat(129))),
        ("an object", json!({ "$ne": "" })),
    ] {
        let case =
            Case::new(format!("log-in with {what} for a password"), "POST", "/account/sessions");
        cases.push(
            case.json(&json!({ "username": active, "password": password }))
                .gets(422, "invalid-request"),
        );
    }
    for (what, username) in [
        ("null", Value::Null),
        ("a list", json!([active])),
        ("an object", json!({ "$gt": "" })),
        ("true", json!(true)),
    ] {
        let case =
            Case::new(format!("log-in with {what} for a user name"), "POST", "/account/sessions");
        cases.push(
            case.json(&json!({ "username": username, "password": PASSWORD }))
                .gets(422, "invalid-request"),
        );
    }
    let end = mailed.token.len() - 1;
    let pairs: [(&str, String, &str); 14] = [
        ("a guessed password", mailed.token.clone(), PASSWORD),
        ("another's password", mailed.token.clone(), &others.initial_password),
        ("another's link", others.token.clone(), &mailed.initial_password),
        (
            "another's key in the link",
            format!(
                "{}{}",
                others.token.get(..32).unwrap_or_default(),
                mailed.token.get(32..).unwrap_or_default()
            ),
            &mailed.initial_password,
        ),
        ("an empty link", String::new(), &mailed.initial_password),
        (
            "a cut link",
            mailed.token.get(..end).unwrap_or_default().to_owned(),
            &mailed.initial_password,
        ),
        ("a longer link", format!("{}A", mailed.token), &mailed.initial_password),
        ("another key", flipped(&mailed.token, 0), &mailed.initial_password),
        ("another secret", flipped(&mailed.token, 40), &mailed.initial_password),
        ("capitals", mailed.token.to_uppercase(), &mailed.initial_password),
        (
            "the whole link",
            format!("{}/portal/activate#{}", world.stack.api_url, mailed.token),
            &mailed.initial_password,
        ),
        ("the pair used before", used.token.clone(), &used.initial_password),
        ("a used link and the new password", used.token.clone(), PASSWORD),
        ("the password twice", mailed.initial_password.clone(), &mailed.initial_password),
    ];
    for (what, token, initial) in &pairs {
        let case =
            Case::new(format!("activate-account with {what}"), "POST", "/account/activation");
        let body = json!({ "token": token, "initial_password": initial, "new_password": PASSWORD });
        cases.push(case.json(&body).gets(401, "credentials-refused"));
        let case = Case::new(
            format!("reset-password with the token of {what}"),
            "PUT",
            "/account/password-reset",
        );
        let body = json!({ "token": token, "new_password": format!("{PASSWORD} {}", cases.len()) });
        cases.push(case.json(&body).gets(401, "credentials-refused"));
    }
    let weak = [
        "short",
        "eleven char",
        "aaaaaaaaaaaa",
        "123456789012",
        "abcdefghijklm",
        "1qaz2wsx3edc",
        "Password2026!",
        "qwertyqwerty",
        "my name is García",
        "I am invited too",
        &mailed.initial_password,
    ];
    for weak in weak {
        let case = Case::new(
            format!("activate-account with the new password {weak}"),
            "POST",
            "/account/activation",
        );
        let body = json!({ "token": mailed.token, "initial_password": mailed.initial_password, "new_password": weak });
        cases.push(case.json(&body).gets(422, "invalid-request"));
    }
    run(
        world,
        "log-in and activation",
        60,
        cases,
        &[&mailed.initial_password, &mailed.token, &used.token, "Ana García"],
    )
    .await
}
