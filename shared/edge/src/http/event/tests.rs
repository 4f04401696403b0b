//! Events that nobody means well with: `lambda_http` panics at some of them, and must not be asked.

use crate::operation::Operation;
use crate::{Problem, Reply, Request, http, session};
use serde_json::{Value, json};
use testkit::requests::{SALE, post_as};

/// Looks at all that a request has.
async fn handler(request: Request) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::PaySignal)?;
    let sale = request.sale_id()?;
    let _ = (request.path(), request.method(), request.source(), request.plan_code());
    let _ = (session::token(request.headers()), request.knows_parameters(&["limit"]));
    request.parameter("limit", str::parse::<u16>)?;
    let body = request.json()?;
    request.key(&employee, Operation::PaySignal, Some(sale), &body)?;
    Reply::created(format!("/sales/{sale}"), &json!({}))
}

fn good() -> Value {
    let headers = json!({
        "content-type": "application/json", "host": "api.example:443", "idempotency-key": "k-1",
        "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.7",
    });
    let mut event = post_as("MAD-01", "[sales]", &headers, &json!({}));
    event["rawPath"] = json!(format!("/prod/sales/{SALE}"));
    event["rawQueryString"] = json!("limit=5&limit%5B%5D=a+b");
    event["cookies"] = json!(["__Host-session=abc", "a=b"]);
    event["requestContext"]["stage"] = json!("prod");
    event
}

async fn invoke(event: &Value) -> Value {
    http::invoke(handler, &event.to_string()).await.unwrap()
}

/// The status of the answer to a good event that has this instead at `place`.
async fn status(place: &str, value: Value) -> u64 {
    let mut event = good();
    *event.pointer_mut(place).unwrap() = value;
    invoke(&event).await["statusCode"].as_u64().unwrap()
}

#[tokio::test]
async fn a_good_event_is_answered_as_api_gateway_takes_it() {
    let answer = invoke(&good()).await;
    assert_eq!((&answer["statusCode"], &answer["body"]), (&json!(201), &json!("{}")));
    assert_eq!(answer["headers"]["location"], format!("/sales/{SALE}"));
    assert_eq!((&answer["isBase64Encoded"], &answer["cookies"]), (&json!(false), &json!([])));
    let with_cookie = async |_| Ok(Reply::no_content().cookie(session::cookie("abc")));
    let answer = http::invoke(with_cookie, &good().to_string()).await.unwrap();
    assert_eq!((&answer["statusCode"], &answer["body"]), (&json!(204), &json!("")));
    assert_eq!(answer["cookies"], json!([session::cookie("abc")]));
}

#[tokio::test]
async fn an_address_that_can_t_be_one_is_a_problem() {
    let long = "x".repeat(70_000);
    for query in ["a=\"b\"", "a=<b>", "a=b c", "a=\u{0}", "a=\u{7f}\n", &long] {
        assert_eq!(status("/rawQueryString", json!(query)).await, 400, "{query}");
    }
    for host in ["a b", "[::1", "a:99999", "a:b", "xn--a", "1.2.3.256", "%", "a<b", &long] {
        assert_eq!(status("/headers/host", json!(host)).await, 400, "{host}");
    }
    for scheme in ["", "1x", "h t", "file", &long] {
        assert_eq!(status("/headers/x-forwarded-proto", json!(scheme)).await, 400, "{scheme}");
    }
    for path in [":99999", "[", &long] {
        assert_eq!(status("/rawPath", json!(path)).await, 400, "{path}");
    }
    let mut event = good();
    event["rawQueryString"] = json!("a=\"b\"");
    let answer = invoke(&event).await;
    assert_eq!(answer["headers"]["content-type"], "application/problem+json");
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["type"], "https://caas.example/problems/malformed-request");
    assert!(!answer.to_string().contains("\\\"b"), "{answer}");
}

#[tokio::test]
async fn what_is_merely_odd_is_answered_as_ever() {
    for (place, value) in [
        ("/rawQueryString", json!("limit=5&&=&%&%ff&{|}^`'[]#x")),
        ("/rawQueryString", Value::Null),
        ("/headers/host", json!("user:pass@EXAMPLE.com:1")),
        ("/headers/host", json!("\u{e9}.example")),
        ("/headers/host", json!("")),
        ("/headers/host", json!("\\")),
        ("/headers/x-forwarded-proto", json!("data")),
        ("/headers/x-forwarded-proto", json!("\u{e9}")),
        ("/rawPath", json!("/a b/\u{e9}?x=\"y\"#<z>\\^|`{}%")),
        ("/rawPath", json!("//")),
        ("/rawPath", json!("")),
        ("/requestContext/stage", json!("a?b#\"c d\"")),
        ("/requestContext/http/method", json!("BREW")),
        ("/requestContext/http/method", json!("")),
        ("/requestContext/domainName", json!("a b")),
        ("/cookies", json!(["a=\n", "\u{0}"])),
        ("/cookies", Value::Null),
        ("/headers/x-forwarded-for", json!("not\na header")),
        ("/headers/x-forwarded-for", json!(5)),
    ] {
        assert_eq!(status(place, value.clone()).await, 201, "{place} {value}");
    }
    let mut event = good();
    event["headers"]["not a name"] = json!("x");
    assert_eq!(invoke(&event).await["statusCode"], 201);
}

#[tokio::test]
async fn a_body_that_isn_t_encoded_as_told_is_a_problem() {
    for (body, told, expected) in
        [("e30=", true, 201), ("{}", true, 400), ("e30", true, 400), ("{}", false, 201)]
    {
        let mut event = good();
        (event["body"], event["isBase64Encoded"]) = (json!(body), json!(told));
        assert_eq!(invoke(&event).await["statusCode"], expected, "{body}");
    }
}

#[tokio::test]
async fn an_event_that_can_t_be_read_is_an_error_that_is_not_its_text() {
    let no_method = json!({ "requestContext": { "http": { "method": "G T" } } });
    for event in ["", "{", "{}", "[]", "null", "{\"headers\":{\"a b\":1}}", &no_method.to_string()]
    {
        assert!(http::invoke(handler, event).await.is_err(), "{event}");
    }
}

/// Numbers that look random and are the same in each run (PCG).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

const ODD: [&str; 24] = [
    "",
    "\"",
    "<",
    " ",
    "%",
    "%zz",
    "#",
    "?",
    "/",
    "\\",
    ":",
    ":99999",
    "@",
    "[",
    "]",
    "\u{0}",
    "\n",
    "\u{7f}",
    "\u{e9}",
    "\u{202e}",
    "\u{1f600}",
    "=",
    "&",
    "xn--",
];

fn texts<'a>(value: &'a mut Value, found: &mut Vec<&'a mut String>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter_mut().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values_mut().for_each(|field| texts(field, found)),
        _ => {}
    }
}

/// One to three of the event's texts get something odd put in, or are cut.
fn spoil(event: &mut Value, numbers: &mut Numbers) {
    for _ in 0..=numbers.below(3) {
        let mut found = Vec::new();
        texts(event, &mut found);
        let which = numbers.below(found.len());
        let text = &mut *found[which];
        let mut characters: Vec<char> = text.chars().collect();
        let place = numbers.below(characters.len() + 1);
        match numbers.below(4) {
            0 => characters.truncate(place),
            1 => characters.drain(..place).for_each(drop),
            _ => {
                let odd = ODD[numbers.below(ODD.len())].chars();
                characters.splice(place..place, odd).for_each(drop);
            }
        }
        *text = characters.into_iter().collect();
    }
}

#[tokio::test]
async fn no_event_ends_the_process() {
    let (mut numbers, mut answered) = (Numbers(7), [0; 6]);
    for round in 0..6_000 {
        let mut event = good();
        spoil(&mut event, &mut numbers);
        event["isBase64Encoded"] = json!(numbers.below(4) == 0);
        let mut text = event.to_string();
        if round % 4 == 0 {
            let place =
                (0..=numbers.below(text.len())).rev().find(|place| text.is_char_boundary(*place));
            text.insert_str(place.unwrap(), ODD[numbers.below(ODD.len())]);
        }
        let status = match http::invoke(handler, &text).await {
            Ok(answer) => answer["statusCode"].as_u64().unwrap(),
            Err(_) => 0,
        };
        answered[usize::try_from(status / 100).unwrap()] += 1;
    }
    let [unreadable, _, done, _, refused, failed] = answered;
    assert_eq!(failed, 0, "{answered:?}");
    assert!(done > 500 && refused > 500 && unreadable < 2_000, "{answered:?}");
}
