//! The parsers.

use activate_account as activate;
use domain::account::{Access, MailedToken, NewPassword, Session, Source, TokenDigest};
use domain::customer::{AddressLine, PostalCode};
use domain::ids::{GatewayPaymentId, PaymentMethodToken, RefundId, RegistrationId};
use domain::money::Terms;
use domain::ports::{Message, PlanStore, Recipient, SaleStore, UnpaidLimits};
use domain::{
    AttemptId, BasePlatform, CountryCode, Currency, CustomerId, CustomerKey, DealershipId,
    EmailAddress, EmployeeId, FullName, Language, Money, OptionCode, OrderId, PhoneNumber,
    PlanCode, Plate, Reason, SaleId, Vin,
};
use edge::http::Event;
use edge::signature::Keys;
use edge::{Json, Operation, Problem, Reply, Request, UnknownFields};
use hmac::{Hmac, Mac};
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::fmt::{Display, Write};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use testkit::accounts::{Accounts, QuickHasher};
use testkit::contract::Sample;
use testkit::contract::plan_store::plan;
use testkit::faults::Plan;
use testkit::memory::{Ports, World};

/// A parser, and what it takes.
#[derive(Debug)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Good inputs.
    pub seeds: &'static [&'static str],
    /// Reads an input; what is wrong with how it did.
    pub run: fn(&[u8]) -> Result<(), String>,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target {
        name: "ids",
        seeds: &[
            SALE,
            "MAD-01",
            "e-17",
            "F-2026-000123",
            "WVWZZZE1ZMP012345",
            "1234 BBC",
            "pm_1Q0abc",
        ],
        run: ids,
    },
    Target {
        name: "customer's fields",
        seeds: &[
            "Ana García Peña",
            "ana.garcia+caas@example.com",
            "+34600111222",
            "Calle Mayor 1, 2.º B",
            "28013",
            "ES",
            "es",
        ],
        run: customer,
    },
    Target {
        name: "money",
        seeds: &["EUR 3250000 100000", "GBP 1 1", "CHF 9007199254740991 1"],
        run: money,
    },
    Target {
        name: "passwords and tokens",
        seeds: &[
            "correct horse battery",
            "0123456789abcdef0123456789abcdefAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "192.0.2.1",
            "2001:db8::1",
        ],
        run: secrets,
    },
    Target {
        name: "JSON",
        seeds: &[SALE_BODY, "{\"b\":[1,{\"d\":null,\"c\":\"\\u00e9\"}],\"a\":-1.5e3}"],
        run: reader,
    },
    Target { name: "API Gateway's event", seeds: &[EVENT], run: event },
    Target {
        name: "an address and its answer",
        seeds: &[
            "GET\nhttps\napi.example:443\n/prod/sales/1\nlimit=5&from=2026-03-02",
            "BREW\nhttp\n[2001:db8::1]\n/a b/\u{e9}\na=%22b%22&a=+",
        ],
        run: address,
    },
    Target {
        name: "headers and cookies",
        seeds: &["Bearer abc", "a=b; __Host-session=abc; c=d", "key-1"],
        run: headers,
    },
    Target { name: "a sale's body", seeds: &[SALE_BODY], run: register },
    Target { name: "a plan's body", seeds: &[PLAN_BODY], run: put_plan },
    Target {
        name: "a payment's body",
        seeds: &["{\"method\":\"card\",\"payment_method\":\"pm_1Q0abc\"}"],
        run: pay,
    },
    Target {
        name: "a cancellation's body",
        seeds: &["{\"reason\":\"changed her mind\"}"],
        run: cancel,
    },
    Target {
        name: "an extension's body",
        seeds: &["{\"pay_by\":\"2026-06-22T08:00:00Z\",\"reason\":\"the bank is slow\"}"],
        run: extend,
    },
    Target {
        name: "a prepared delivery's body",
        seeds: &[
            "{\"checks\":[\"cleaning\"],\"appointment\":{\"date\":\"2026-06-22\",\"place\":\"dealership\"}}",
        ],
        run: prepare,
    },
    Target {
        name: "preferences",
        seeds: &[
            "{\"progress\":[],\"payment\":[\"email\",\"sms\"],\"delivery\":[\"email\",\"push\"]}",
        ],
        run: preferences,
    },
    Target {
        name: "a mail's event",
        seeds: &[
            "{\"eventType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Permanent\",\"bouncedRecipients\":[{\"emailAddress\":\"ana@example.com\"}]}}",
            "{\"eventType\":\"Complaint\",\"complaint\":{\"complainedRecipients\":[{\"emailAddress\":\"ana@example.com\"}]}}",
        ],
        run: mail_event,
    },
    Target {
        name: "an activation's body",
        seeds: &[
            "{\"token\":\"0123456789abcdef0123456789abcdefAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"initial_password\":\"initial\",\"new_password\":\"correct horse battery\"}",
        ],
        run: activation,
    },
    Target {
        name: "a log-in's body",
        seeds: &["{\"username\":\"ana@example.com\",\"password\":\"correct horse battery\"}"],
        run: log_in,
    },
    Target {
        name: "a password change's body",
        seeds: &[
            "{\"current_password\":\"correct horse battery\",\"new_password\":\"another horse battery\"}",
        ],
        run: change,
    },
    Target {
        name: "a reset request's body",
        seeds: &["{\"username\":\"ana@example.com\"}"],
        run: ask_for_reset,
    },
    Target {
        name: "a reset's body",
        seeds: &[
            "{\"token\":\"0123456789abcdef0123456789abcdefAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"new_password\":\"another horse battery\"}",
        ],
        run: reset,
    },
    Target {
        name: "the factory's signature",
        seeds: &["msg_1\n1800000000\nv1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= v1a,x"],
        run: factory_signature,
    },
    Target {
        name: "the gateway's signature",
        seeds: &["t=1800000000,v1=00ff00ff,v0=6ffbb59b", "t=1800000000,v1=00,v1=01"],
        run: gateway_signature,
    },
    Target { name: "the factory's message", seeds: &[FACTORY_BODY], run: factory_message },
    Target { name: "the gateway's event", seeds: &[GATEWAY_BODY], run: gateway_event },
    Target {
        name: "a queue's message",
        seeds: &[
            "{\"message\":\"issue_credentials\",\"customer\":\"0123456789abcdef0123456789abcdef\"}",
            "{\"message\":\"refund\",\"sale\":\"01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e\"}",
        ],
        run: message,
    },
];

const SALE: &str = "01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e";
const FACTORY_KEY: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const GATEWAY_KEY: &str = "whsec_gateway";
const SALE_BODY: &str = r#"{"customer":{"full_name":"Ana Example","email":"ana@example.com","phone":"+34600000000","language":"es","address":{"street":"Calle Mayor 1","postal_code":"28013","city":"Madrid","country":"ES"}},"plan":{"code":"CITY","options":["GPS"]},"vehicle_id":"WVWZZZE1ZMP012345","delivery":{"to":"dealership"}}"#;
const PLAN_BODY: &str = r#"{"base_platform":"CITY-E","tariffs":[{"country":"ES","currency":"EUR","price":3200000,"signal":100000,"options":[{"code":"GPS","price":50000}]},{"country":"PT","currency":"EUR","price":3300000,"signal":100000,"options":[]}]}"#;
const FACTORY_BODY: &str = r#"{"type":"order.status_changed","timestamp":"2026-03-02T09:00:00Z","data":{"order_id":"F-1","reference":"01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e","status":"AtDealership","vehicle_id":"WVWZZZE1ZMP012345","estimated_delivery":"2026-09-30"}}"#;
const GATEWAY_BODY: &str = r#"{"id":"evt_1","object":"event","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","object":"payment_intent","amount":100000,"amount_received":100000,"currency":"eur","status":"succeeded","metadata":{"sale_id":"01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e","attempt":"01936d3c-7d2b-7b4c-8d8e-000000000001","payment":"signal"}}}}"#;
const EVENT: &str = r#"{"version":"2.0","routeKey":"POST /sales","rawPath":"/sales/01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e","rawQueryString":"limit=5&cursor=abc","cookies":["__Host-session=abc"],"headers":{"content-type":"application/json","host":"api.example","idempotency-key":"k-1","x-forwarded-proto":"https"},"pathParameters":{"sale_id":"01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e","plan_code":"CITY"},"body":"eyJyZWFzb24iOiJ4In0=","isBase64Encoded":true,"requestContext":{"accountId":"1","apiId":"a","domainName":"d","domainPrefix":"d","requestId":"r","routeKey":"k","stage":"$default","time":"02/Mar/2026:09:00:00 +0000","timeEpoch":0,"http":{"method":"POST","path":"/sales","protocol":"HTTP/1.1","sourceIp":"2001:db8::1","userAgent":"t"},"authorizer":{"jwt":{"claims":{"sub":"e-1","dealership_id":"MAD-01","country":"ES","roles":"[sales dealership-manager product]"},"scopes":null}}}}"#;

/// Nothing in memory ever waits.
fn now_or_never<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// What is taken in is written as it came, and is taken in again.
macro_rules! read_back {
    ($text:expr; $($kind:ty),+) => {
        $(if let Ok(read) = <$kind>::parse($text) {
            same(stringify!($kind), $text, &read)?;
        })+
    };
}

fn same(kind: &str, text: &str, read: &impl Display) -> Result<(), String> {
    if read.to_string() == text { Ok(()) } else { Err(format!("a {kind} is written as {read}")) }
}

fn ids(input: &[u8]) -> Result<(), String> {
    let text = &String::from_utf8_lossy(input);
    read_back!(text; CountryCode, SaleId, CustomerId, AttemptId, DealershipId, EmployeeId, OrderId, RegistrationId, GatewayPaymentId,
        PaymentMethodToken, RefundId, Vin);
    for read in [
        Plate::parse(text).ok().map(|read| read.as_str().to_owned()),
        BasePlatform::parse(text).ok().map(|read| read.as_str().to_owned()),
        PlanCode::parse(text).ok().map(|read| read.as_str().to_owned()),
        OptionCode::parse(text).ok().map(|read| read.as_str().to_owned()),
    ] {
        read.map_or(Ok(()), |read| same("code", text, &read))?;
    }
    if let Some(key) = CustomerKey::parse(text) {
        same("CustomerKey", text, &key)?;
    }
    Ok(())
}

fn customer(input: &[u8]) -> Result<(), String> {
    let text = &String::from_utf8_lossy(input);
    let printable = |kind: &str, read: &str| {
        let clean = !read.is_empty() && !read.chars().any(char::is_control) && read.trim() == read;
        if clean {
            Ok(())
        } else {
            Err(format!("a {kind} with controls or blanks about it: {read:?}"))
        }
    };
    if let Ok(email) = EmailAddress::parse(text) {
        printable("EmailAddress", email.as_str())?;
        if !email.as_str().is_ascii() || email.as_str().matches('@').count() != 1 {
            return Err(format!("an e-mail address that is none: {}", email.as_str()));
        }
        if CustomerKey::of(&email)
            != EmailAddress::parse(&email.normalized())
                .map(|email| CustomerKey::of(&email))
                .unwrap_or(CustomerKey::of(&email))
        {
            return Err("two spellings of one address have two keys".to_owned());
        }
    }
    for (kind, read) in [
        ("FullName", FullName::parse(text).ok().map(|read| read.as_str().to_owned())),
        ("PhoneNumber", PhoneNumber::parse(text).ok().map(|read| read.as_str().to_owned())),
        ("AddressLine", AddressLine::parse(text).ok().map(|read| read.as_str().to_owned())),
        ("PostalCode", PostalCode::parse(text).ok().map(|read| read.as_str().to_owned())),
    ] {
        read.map_or(Ok(()), |read| printable(kind, &read))?;
    }
    let _ = (Language::parse(text), Reason::parse(text));
    Ok(())
}

fn money(input: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(input);
    let mut words = text.split(' ');
    let currency = words.next().and_then(Currency::from_code);
    let mut amount = || words.next()?.parse::<u64>().ok();
    let (Some(currency), Some(price), Some(signal)) = (currency, amount(), amount()) else {
        return Ok(());
    };
    let (Ok(price), Ok(signal)) = (Money::new(price, currency), Money::new(signal, currency))
    else {
        return Ok(());
    };
    let Ok(terms) = Terms::new(price, signal) else { return Ok(()) };
    let sum = terms.signal().minor().checked_add(terms.balance().minor());
    if sum == Some(terms.price().minor()) { Ok(()) } else { Err(format!("{terms:?} don't add up")) }
}

fn secrets(input: &[u8]) -> Result<(), String> {
    let text = &String::from_utf8_lossy(input);
    let _ = (NewPassword::parse(text), edge::password(text), Source::of(text));
    match MailedToken::parse(text) {
        Some(token) if token.digest != TokenDigest::of(text) => {
            Err("a token is another".to_owned())
        }
        _ => Ok(()),
    }
}

/// Two bodies that say the same are one: the canonical form of the canonical form is itself.
fn reader(input: &[u8]) -> Result<(), String> {
    let Ok(body) = Json::parse(input) else { return Ok(()) };
    let canonical = body.canonical();
    let again = Json::parse(&canonical).map_err(|_| "the canonical form is no JSON")?;
    // A number beyond 64 bits may be read one bit off each time; no body of ours takes one.
    if serde_json::from_slice(input).is_ok_and(|value| has_a_fraction(&value)) {
        return Ok(());
    }
    let _ = body.read(UnknownFields::Refused, |object| {
        object.text("a", |text| Ok::<_, String>(text.to_owned()))
    });
    if again.canonical() == canonical {
        Ok(())
    } else {
        Err("the canonical form is not canonical".to_owned())
    }
}

fn has_a_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_a_fraction),
        Value::Object(fields) => fields.values().any(has_a_fraction),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

fn event(input: &[u8]) -> Result<(), String> {
    let Ok(event) = serde_json::from_slice::<Event>(input) else { return Ok(()) };
    let Ok(request) = Request::new(event, now()) else { return Ok(()) };
    for operation in Operation::all() {
        if let (Ok(employee), Ok(body)) = (request.employee(operation), request.json()) {
            answered(request.key(&employee, operation, request.sale_id().ok(), &body).map(drop))?;
        }
    }
    let _ = (
        request.source(),
        request.body().map(<[u8]>::len),
        edge::session::token(request.headers()),
    );
    Ok(())
}

/// A line each for method, scheme, host, path and query, of an event that is good for the rest: it
/// is answered, whatever they are.
fn address(input: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(input);
    let mut event: Value = serde_json::from_str(EVENT).map_err(|error| error.to_string())?;
    let places = [
        "/requestContext/http/method",
        "/headers/x-forwarded-proto",
        "/headers/host",
        "/rawPath",
        "/rawQueryString",
    ];
    for (place, line) in places.into_iter().zip(text.split('\n')) {
        if let Some(value) = event.pointer_mut(place) {
            *value = json!(line);
        }
    }
    let handler = async |request: Request| {
        let _ = (request.method(), request.path(), request.query("limit"));
        Reply::ok(&json!({ "sale": request.sale_id()? }))
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    // A method that is none makes no event.
    let Ok(answer) = runtime.block_on(edge::http::invoke(handler, &event.to_string())) else {
        return Ok(());
    };
    match answer.get("statusCode").and_then(Value::as_u64) {
        Some(200 | 400) => Ok(()),
        status => Err(format!("answered {status:?}")),
    }
}

fn headers(input: &[u8]) -> Result<(), String> {
    let Ok(value) = http::HeaderValue::from_bytes(input) else { return Ok(()) };
    for name in [http::header::AUTHORIZATION, http::header::COOKIE] {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.clone());
        answered(edge::session::token(&headers).map(drop))?;
    }
    Ok(())
}

/// No input is a fault of ours.
fn answered(outcome: Result<(), Problem>) -> Result<(), String> {
    match outcome {
        Err(problem) if problem.kind().status() >= 500 => {
            Err(format!("answered {}", problem.kind().slug()))
        }
        _ => Ok(()),
    }
}

/// A request with this body, as an employee who may do everything.
fn request(headers: &[(&str, String)], body: &[u8]) -> Option<Request> {
    let mut event: Value = serde_json::from_str(EVENT).ok()?;
    let fields = event.as_object_mut()?;
    fields.insert("body".to_owned(), json!(std::str::from_utf8(body).ok()?));
    fields.insert("isBase64Encoded".to_owned(), json!(false));
    let known = fields.get_mut("headers")?.as_object_mut()?;
    known.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
    let event: Event = serde_json::from_value(event).ok()?;
    Request::new(event, now()).ok()
}

/// Hands a body to a handler, whose store knows one sale and one plan.
fn handled(
    input: &[u8],
    handler: impl AsyncFnOnce(&Ports<'_>, Request) -> Result<Reply, Problem>,
) -> Result<(), String> {
    let Some(request) = request(&[], input) else { return Ok(()) };
    let world = World::new(1, now(), Plan::Calm, false);
    let ports = Ports::new(&world, "fuzz");
    let outcome = now_or_never(async {
        let sample = Sample::new().map_err(|_| edge::ProblemType::InternalError)?;
        ports.register(sample.registration()).await?;
        ports
            .put_plan(&plan("CITY", 3_200_000).map_err(|_| edge::ProblemType::InternalError)?)
            .await?;
        handler(&ports, request).await
    });
    answered(outcome.ok_or("a handler waits")?.map(drop))
}

/// The same, for accounts: one customer with an active account.
fn accounted(
    input: &[u8],
    handler: impl AsyncFnOnce(&Accounts, &QuickHasher, Request) -> Result<Reply, Problem>,
) -> Result<(), String> {
    let Some(request) = request(&[], input) else { return Ok(()) };
    let (Ok(email), Ok(full_name), Ok(id)) = (
        EmailAddress::parse("ana@example.com"),
        FullName::parse("Ana Example"),
        CustomerId::parse(SALE),
    ) else {
        return Err("the customer can't be made".to_owned());
    };
    let access = Access::Active {
        password_hash: QuickHasher::hash_of("correct horse battery"),
        generation: 1,
        reset: None,
    };
    let store = Accounts::default().with(
        id,
        Recipient { full_name, email, language: Language::Es },
        access,
    );
    let outcome = now_or_never(handler(&store, &QuickHasher::default(), request));
    answered(outcome.ok_or("a handler waits")?.map(drop))
}

fn register(input: &[u8]) -> Result<(), String> {
    handled(input, async |store, request| {
        let (Ok(sale), Ok(customer)) = (SaleId::parse(SALE), CustomerId::parse(SALE)) else {
            return Err(edge::ProblemType::InternalError.into());
        };
        let fresh = register_sale::Fresh { sale, customer };
        let limits = UnpaidLimits { employee: 25, dealership: 100 };
        let (signal, balance) = (SignedDuration::from_hours(168), SignedDuration::from_hours(336));
        let bounds = register_sale::Bounds { signal, balance, limits };
        register_sale::handle(store, store, bounds, fresh, request).await
    })
}

fn put_plan(input: &[u8]) -> Result<(), String> {
    handled(input, async |store, request| ::put_plan::handle(store, request).await)
}

fn pay(input: &[u8]) -> Result<(), String> {
    handled(input, async |ports, request| {
        let Ok(attempt) = AttemptId::parse(SALE) else {
            return Err(edge::ProblemType::InternalError.into());
        };
        pay_signal::handle(ports, ports, attempt, request).await
    })
}

fn cancel(input: &[u8]) -> Result<(), String> {
    handled(input, async |store, request| cancel_sale::handle(store, request).await)
}

fn extend(input: &[u8]) -> Result<(), String> {
    handled(input, async |store, request| {
        extend_deadline::handle(store, SignedDuration::from_hours(720), request).await
    })
}

fn prepare(input: &[u8]) -> Result<(), String> {
    handled(input, async |store, request| prepare_delivery::handle(store, request).await)
}

fn preferences(input: &[u8]) -> Result<(), String> {
    accounted(input, async |store, _, request| {
        domain::account::AccountStore::put_session(store, &session()?).await?;
        put_preferences::handle(store, request).await
    })
}

/// What SES tells, of whomever.
fn mail_event(input: &[u8]) -> Result<(), String> {
    let Ok(event) = serde_json::from_slice(input) else { return Ok(()) };
    let world = World::new(1, now(), Plan::Calm, false);
    let ports = Ports::new(&world, "fuzz");
    let taken =
        now_or_never(receive_mail_event::handle(&ports, event, now())).ok_or("a handler waits")?;
    taken.map(drop).map_err(|_| "an event comes again for ever".to_owned())
}

fn activation(input: &[u8]) -> Result<(), String> {
    accounted(input, async |store, hasher, request| activate::handle(store, hasher, request).await)
}

fn log_in(input: &[u8]) -> Result<(), String> {
    accounted(input, async |store, hasher, request| {
        ::log_in::handle(store, hasher, "abc".to_owned(), request).await
    })
}

/// Ana's.
fn session() -> Result<Session, Problem> {
    let email =
        EmailAddress::parse("ana@example.com").map_err(|_| edge::ProblemType::InternalError)?;
    let (token, customer) = (TokenDigest::of("abc"), CustomerKey::of(&email));
    Ok(Session { token, customer, generation: 1, began_at: now(), used_at: now() })
}

fn change(input: &[u8]) -> Result<(), String> {
    accounted(input, async |store, hasher, request| {
        domain::account::AccountStore::put_session(store, &session()?).await?;
        change_password::handle(store, hasher, request).await
    })
}

fn ask_for_reset(input: &[u8]) -> Result<(), String> {
    handled(input, async |queues, request| request_password_reset::handle(queues, request).await)
}

fn reset(input: &[u8]) -> Result<(), String> {
    accounted(input, async |store, hasher, request| {
        reset_password::handle(store, hasher, request).await
    })
}

/// Three lines: id, time, signatures. Nobody but the factory can make them.
fn factory_signature(input: &[u8]) -> Result<(), String> {
    let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    let mut headers = HeaderMap::new();
    for (name, line) in names.into_iter().zip(input.split(|byte| *byte == b'\n')) {
        headers.extend(
            http::HeaderValue::from_bytes(line)
                .ok()
                .map(|value| (http::HeaderName::from_static(name), value)),
        );
    }
    let verdict = edge::signature::standard_webhooks(
        &Keys::new([FACTORY_KEY]),
        &headers,
        FACTORY_BODY.as_bytes(),
    );
    if verdict.is_err() { Ok(()) } else { Err("a signature that nobody made".to_owned()) }
}

fn gateway_signature(input: &[u8]) -> Result<(), String> {
    let Ok(value) = http::HeaderValue::from_bytes(input) else { return Ok(()) };
    let mut headers = HeaderMap::new();
    headers.insert("stripe-signature", value);
    let verdict = edge::signature::stripe(
        &Keys::new([GATEWAY_KEY]),
        &headers,
        GATEWAY_BODY.as_bytes(),
        now(),
    );
    if verdict.is_err() { Ok(()) } else { Err("a signature that nobody made".to_owned()) }
}

/// As a factory would send it that has gone mad: well signed.
fn factory_message(input: &[u8]) -> Result<(), String> {
    handled(input, async |store, request| {
        let Ok(body) = request.body().map(<[u8]>::to_vec) else { return Ok(Reply::no_content()) };
        let at = edge::clock::now().as_second();
        let signature = standardwebhooks::Webhook::new(FACTORY_KEY)
            .and_then(|webhook| webhook.sign("msg_1", at, &body));
        let Ok(signature) = signature else { return Err(edge::ProblemType::InternalError.into()) };
        let headers = [
            ("webhook-id", "msg_1".to_owned()),
            ("webhook-timestamp", at.to_string()),
            ("webhook-signature", signature),
        ];
        let Some(request) = self::request(&headers, &body) else { return Ok(Reply::no_content()) };
        receive_factory_update::handle(
            store,
            &Keys::new([FACTORY_KEY]),
            SignedDuration::from_hours(336),
            request,
        )
        .await
    })
}

fn gateway_event(input: &[u8]) -> Result<(), String> {
    handled(input, async |store, request| {
        let Ok(body) = request.body().map(<[u8]>::to_vec) else { return Ok(Reply::no_content()) };
        let Ok(mut mac) = Hmac::<sha2::Sha256>::new_from_slice(GATEWAY_KEY.as_bytes()) else {
            return Err(edge::ProblemType::InternalError.into());
        };
        mac.update(b"1800000000.");
        mac.update(&body);
        let mut header = "t=1800000000,v1=".to_owned();
        for byte in mac.finalize().into_bytes() {
            let _ = write!(header, "{byte:02x}");
        }
        let Some(request) = self::request(&[("stripe-signature", header)], &body) else {
            return Ok(Reply::no_content());
        };
        receive_payment_update::handle(store, store, &Keys::new([GATEWAY_KEY]), request).await
    })
}

/// What is read is written the same.
fn message(input: &[u8]) -> Result<(), String> {
    let Ok(message) = serde_json::from_slice::<Message>(input) else { return Ok(()) };
    let again = serde_json::to_string(&message)
        .ok()
        .and_then(|text| serde_json::from_str::<Message>(&text).ok());
    if again.as_ref() == Some(&message) {
        Ok(())
    } else {
        Err(format!("{message:?} is read back as {again:?}"))
    }
}
