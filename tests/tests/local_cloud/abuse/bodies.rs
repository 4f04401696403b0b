//! Bodies: fields that are not the caller's to set, values that are no values, texts that want to
//! be code.

use super::{Case, employee_calls, run};
use crate::World;
use anyhow::Result;
use serde_json::{Value, json};
use stack::demo::sale;

async fn manager(world: &World) -> Result<String> {
    Ok(world
        .somebody("MAD-01", &["sales", "dealership-manager"])
        .await?
        .api
        .token()
        .unwrap_or_default()
        .to_owned())
}

/// The body with one field set.
fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
    if let Some(Value::Object(fields)) = body.pointer_mut(parent) {
        fields.insert(name.to_owned(), value);
    }
    body
}

/// The account's operations, with bodies that could be taken.
fn account_calls() -> [(&'static str, &'static str, &'static str, Value); 4] {
    let new = "correct horse battery";
    let token = format!("{}{}", "0".repeat(32), "A".repeat(43));
    [
        (
            "activate-account",
            "POST",
            "/account/activation",
            json!({ "token": token, "initial_password": "x", "new_password": new }),
        ),
        (
            "log-in",
            "POST",
            "/account/sessions",
            json!({ "username": "nobody@example.com", "password": new }),
        ),
        (
            "request-password-reset",
            "POST",
            "/account/password-reset",
            json!({ "username": "nobody@example.com" }),
        ),
        (
            "reset-password",
            "PUT",
            "/account/password-reset",
            json!({ "token": token, "new_password": new }),
        ),
    ]
}

pub(super) async fn mass_assignment(world: &World) -> Result<()> {
    let id = world.registered(&sale("mass@example.com")).await?;
    let token = manager(world).await?;
    let mut cases = Vec::new();
    let extra = [
        (
            "register-sale",
            &[
                "/sale_id",
                "/status",
                "/version",
                "/dealership_id",
                "/registered_by",
                "/registered_at",
                "/customer/id",
                "/customer/customer_id",
                "/customer/password_hash",
                "/customer/credentials_state",
                "/customer/roles",
                "/customer/address/verified",
                "/plan/price",
                "/plan/base_platform",
                "/plan/vehicle_id",
                "/payment",
                "/price",
                "/signal",
                "/terms",
                "/delivery/dealership_id",
                "/delivery/cost",
                "/__proto__",
                "/constructor",
            ][..],
        ),
        (
            "pay-signal",
            &[
                "/amount",
                "/currency",
                "/status",
                "/outcome",
                "/attempt_id",
                "/sale_id",
                "/idempotency_key",
            ],
        ),
        (
            "make-final-payment",
            &["/amount", "/currency", "/status", "/pay_by", "/kind", "/captured"],
        ),
        ("cancel-sale", &["/status", "/refund", "/by", "/dealership_id"]),
        ("close-case", &["/status", "/by", "/closed_at", "/sale_id"]),
        ("extend-deadline", &["/max_extension", "/by", "/status", "/sale_id"]),
    ];
    for call in employee_calls(world)? {
        let Some(body) = &call.body else { continue };
        for pointer in extra
            .iter()
            .filter(|(name, _)| *name == call.name())
            .flat_map(|(_, pointers)| *pointers)
        {
            let case =
                Case::new(format!("{} with {pointer}", call.name()), call.method, call.path(&id));
            cases.push(
                case.bearer(&token)
                    .key()
                    .json(&with(body, pointer, json!("x")))
                    .gets(422, "invalid-request"),
            );
        }
    }
    for (name, method, path, body) in account_calls() {
        for field in ["customer", "generation", "expires_at", "role"] {
            let case = Case::new(format!("{name} with /{field}"), method, path);
            cases.push(
                case.json(&with(&body, &format!("/{field}"), json!("x")))
                    .gets(422, "invalid-request"),
            );
        }
    }
    run(world, "mass assignment", 40, cases, &["mass@example.com"]).await
}

pub(super) async fn malformed(world: &World) -> Result<()> {
    let id = world.registered(&sale("malformed@example.com")).await?;
    let token = manager(world).await?;
    let mut cases = Vec::new();
    let good = sale("fields@example.com");
    let texts = [
        "/customer/full_name",
        "/customer/email",
        "/customer/phone",
        "/customer/language",
        "/customer/address/street",
        "/customer/address/postal_code",
        "/customer/address/city",
        "/customer/address/country",
        "/plan/code",
        "/delivery/to",
    ];
    let no_text = [
        ("null", Value::Null),
        ("a number", json!(1)),
        ("true", json!(true)),
        ("a list", json!(["x"])),
        ("an object", json!({})),
        ("an empty text", json!("")),
        ("300 characters", json!("x".repeat(300))),
        ("a line break", json!("a\nb")),
    ];
    let objects = ["/customer", "/customer/address", "/plan", "/delivery"];
    let no_object = [
        ("null", Value::Null),
        ("a text", json!("x")),
        ("a list", json!([])),
        ("a number", json!(7)),
    ];
    let no_options = [
        ("a text", json!("GPS")),
        ("a number in it", json!([1])),
        ("the same twice", json!(["GPS", "GPS"])),
        ("lower case", json!(["gps"])),
        ("too many", json!((0..100).map(|n| format!("O{n}")).collect::<Vec<_>>())),
        ("null in it", json!([null])),
    ];
    let mut fields: Vec<(&str, &str, Value)> = Vec::new();
    for pointer in texts {
        fields.extend(no_text.iter().map(|(what, value)| (pointer, *what, value.clone())));
    }
    for pointer in objects {
        fields.extend(no_object.iter().map(|(what, value)| (pointer, *what, value.clone())));
    }
    fields.extend(no_options.iter().map(|(what, value)| ("/plan/options", *what, value.clone())));
    for (pointer, what, value) in fields {
        let case = Case::new(format!("register-sale with {what} at {pointer}"), "POST", "/sales")
            .bearer(&token);
        cases.push(case.json(&with(&good, pointer, value)).gets(422, "invalid-request"));
    }
    let mut endpoints: Vec<(&str, &str, String, bool)> = employee_calls(world)?
        .into_iter()
        .filter(|call| call.body.is_some())
        .map(|call| (call.name(), call.method, call.path(&id), true))
        .collect();
    endpoints.extend(
        account_calls().map(|(name, method, path, _)| (name, method, path.to_owned(), false)),
    );
    for (name, method, path, employee) in &endpoints {
        let case = |what: &str| {
            let case = Case::new(format!("{name} with {what}"), method, path.clone());
            if *employee { case.bearer(&token).key() } else { case }
        };
        for (what, body) in [
            ("no body", ""),
            ("half an object", "{\"a\":"),
            ("words", "hello"),
            ("two values", "{} {}"),
            ("a trailing comma", "{\"a\":1,}"),
            ("a comment", "{/**/}"),
            ("single quotes", "{'a':1}"),
            ("not a number", "{\"a\":NaN}"),
        ] {
            cases.push(case(what).text("application/json", body).gets(400, "malformed-body"));
        }
        cases.push(
            case("very deep lists")
                .text("application/json", "[".repeat(5_000))
                .gets(400, "malformed-body"),
        );
        for (what, body) in
            [("null", "null"), ("a list", "[]"), ("a text", "\"x\""), ("an empty object", "{}")]
        {
            cases.push(case(what).text("application/json", body).gets(422, "invalid-request"));
        }
        for kind in [
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ] {
            cases.push(
                case(&format!("the type {kind}"))
                    .text(kind, "{}")
                    .gets(415, "content-type-unsupported"),
            );
        }
        cases.push(
            case("more than 64 KiB")
                .text("application/json", format!("\"{}\"", "x".repeat(65_535)))
                .gets(413, "body-too-large"),
        );
    }
    run(world, "malformed input", 110, cases, &["malformed@example.com"]).await
}

pub(super) async fn injection(world: &World) -> Result<()> {
    let token = manager(world).await?;
    let mut cases = Vec::new();
    for (what, text) in [
        ("SQL", "x' OR '1'='1"),
        ("an expression of DynamoDB's", "attribute_exists(PK)"),
        ("a header", "a@example.com\r\nBcc: b@example.com"),
        ("a template", "{{7*7}}"),
        ("a lookup", "${jndi:ldap://example.com/a}"),
        ("markup", "<script>alert(1)</script>"),
        ("a path", "../../etc/passwd"),
        ("a command", "$(id)"),
    ] {
        for pointer in ["/customer/email", "/plan/code"] {
            let case = Case::new(format!("{what} at {pointer}"), "POST", "/sales").bearer(&token);
            cases.push(
                case.json(&with(&sale("x@example.com"), pointer, json!(text)))
                    .gets(422, "invalid-request"),
            );
        }
        let case = Case::new(format!("{what} as a user name"), "POST", "/account/sessions");
        cases.push(
            case.json(&json!({ "username": text, "password": "correct horse battery" }))
                .gets(401, "credentials-refused"),
        );
        let case = Case::new(format!("{what} as a token"), "PUT", "/account/password-reset");
        cases.push(
            case.json(&json!({ "token": text, "new_password": "correct horse battery" }))
                .gets(401, "credentials-refused"),
        );
    }
    run(world, "injection", 15, cases, &["alert(1)", "etc/passwd"]).await
}
