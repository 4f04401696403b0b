use super::*;
use crate::operation::Operation;
use crate::reader::Json;
use domain::account::Source;
use http::HeaderMap;
use http::header::COOKIE;
use jiff::Timestamp;
use serde_json::json;
use testkit::requests::{SALE, post_as};

fn request(event: &Value) -> Request {
    parsed(event).unwrap()
}

fn parsed(event: &Value) -> Result<Request, Problem> {
    Request::new(event::read(&event.to_string()).unwrap(), Timestamp::UNIX_EPOCH)
}

fn event(headers: &Value, body: &str) -> Value {
    let mut event = post_as("MAD-01", "[sales]", headers, &Value::Null);
    event["body"] = json!(body);
    event
}

fn text<'a>(response: &'a Response<Body>, header: &str) -> &'a str {
    response.headers()[header].to_str().unwrap()
}

fn body(response: &Response<Body>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

fn kind<T: std::fmt::Debug>(outcome: Result<T, Problem>) -> ProblemType {
    outcome.unwrap_err().kind()
}

#[test]
fn a_request_says_who_and_which_sale() {
    let request = request(&event(&json!({}), ""));
    assert_eq!(request.employee(Operation::PaySignal).unwrap().dealership.as_str(), "MAD-01");
    assert_eq!(request.sale_id().unwrap().to_string(), SALE);
}

#[test]
fn a_request_has_its_cookies_and_its_source() {
    let mut event = event(&json!({}), "");
    event["cookies"] = json!(["a=1", "b=2", "not\na cookie", "c=3"]);
    let request = request(&event);
    let cookies = request.headers().get_all(COOKIE).iter().map(|value| value.to_str().unwrap());
    let cookies: Vec<_> = cookies.flat_map(|value| value.split("; ")).collect();
    assert_eq!(cookies, ["a=1", "b=2", "c=3"]);
    assert_eq!(request.source(), &Source::of("127.0.0.1"));
}

#[test]
fn without_an_authorizer_nobody_calls() {
    let mut event = event(&json!({}), "");
    event["requestContext"]["authorizer"] = Value::Null;
    assert_eq!(kind(request(&event).employee(Operation::GetSale)), ProblemType::Unauthenticated);
}

#[test]
fn a_claim_may_be_more_than_a_text() {
    let mut event = event(&json!({}), "");
    let claims = &mut event["requestContext"]["authorizer"]["jwt"]["claims"];
    claims["roles"] = json!(["sales"]);
    claims["iat"] = json!(1_772_442_000);
    let employee = request(&event).employee(Operation::PaySignal).unwrap();
    assert_eq!(employee.roles, [crate::Role::Sales]);
}

#[test]
fn text_that_is_no_id_is_no_sale() {
    let mut event = event(&json!({}), "");
    event["pathParameters"]["sale_id"] = json!("01936D3C-7D2B-7B4C-8D8E-1F2A3B4C5D6E");
    assert!(request(&event).sale_id().is_ok(), "in capitals");
    for text in ["1", "", "../x", "01936d3c7d2b7b4c8d8e1f2a3b4c5d6e"] {
        event["pathParameters"]["sale_id"] = json!(text);
        assert_eq!(kind(request(&event).sale_id()), ProblemType::SaleNotFound, "{text}");
    }
}

#[test]
fn bodies_are_json_and_small() {
    let json_type = json!({ "content-type": "application/json; charset=utf-8" });
    assert!(request(&event(&json_type, "{}")).json().is_ok());
    assert_eq!(kind(request(&event(&json_type, "{")).json()), ProblemType::MalformedBody);
    let large = format!("\"{}\"", "x".repeat(MAX_BODY));
    assert_eq!(kind(request(&event(&json_type, &large)).json()), ProblemType::BodyTooLarge);
    for other in [
        json!({}),
        json!({ "content-type": "text/plain" }),
        json!({ "content-type": "application/json2" }),
    ] {
        assert_eq!(kind(request(&event(&other, "{}")).json()), ProblemType::ContentTypeUnsupported);
    }
}

#[test]
fn encoded_bodies_are_read_as_they_were_sent() {
    let mut event = event(&json!({ "content-type": "application/json" }), "e30=");
    event["isBase64Encoded"] = json!(true);
    assert_eq!(request(&event).body().unwrap(), b"{}");
    event["body"] = json!("not base64");
    assert_eq!(kind(parsed(&event)), ProblemType::MalformedBody);
}

#[test]
fn keys_are_visible_ascii() {
    let of = |key: &str| {
        let request = request(&event(&json!({ "idempotency-key": key }), "{}"));
        let employee = request.employee(Operation::PaySignal).unwrap();
        request.key(&employee, Operation::PaySignal, None, &Json::parse(b"{}").unwrap())
    };
    assert!(of("k-1").unwrap().is_some() && of(&"k".repeat(255)).unwrap().is_some());
    assert_ne!(of("k-1"), of("k-2"));
    for bad in ["", "a b", &"k".repeat(256)] {
        assert_eq!(kind(of(bad)), ProblemType::IdempotencyKeyInvalid, "{bad}");
    }
}

#[test]
fn the_fingerprint_is_what_is_asked_for() {
    let request = request(&event(&json!({ "idempotency-key": "k" }), "{}"));
    let employee = request.employee(Operation::PaySignal).unwrap();
    let key = |operation, body: &[u8]| {
        request.key(&employee, operation, None, &Json::parse(body).unwrap()).unwrap().unwrap()
    };
    let first = key(Operation::PaySignal, b"{\"a\":1,\"b\":2}");
    assert_eq!(first, key(Operation::PaySignal, b"{ \"b\": 2, \"a\": 1 }"));
    for other in [
        key(Operation::PaySignal, b"{\"a\":2}"),
        key(Operation::MakeFinalPayment, b"{\"a\":1,\"b\":2}"),
    ] {
        assert_eq!(other.key, first.key);
        assert_ne!(other.fingerprint, first.fingerprint);
    }
}

#[test]
fn problems_have_their_own_content_type() {
    let response = respond(Err(ProblemType::Unavailable.into()), "r-1");
    assert_eq!(
        (response.status().as_u16(), text(&response, "content-type")),
        (503, "application/problem+json")
    );
    assert_eq!(response.headers()["retry-after"], "2");
    assert!(body(&response).contains("r-1"));
    let response = respond(Reply::created("/sales/1".to_owned(), &json!({})), "r-1");
    assert_eq!((response.status().as_u16(), text(&response, "location")), (201, "/sales/1"));
}

#[test]
fn a_table_says_where_it_goes_on() {
    let table =
        |next: Option<&str>| Table { csv: "a,b\r\n".to_owned(), next: next.map(str::to_owned) };
    let response = respond(Ok(Reply::table(table(Some("after=1&status=Lapsed")))), "r-1");
    assert_eq!((response.status().as_u16(), body(&response)), (200, "a,b\r\n"));
    assert_eq!(response.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    assert_eq!(response.headers()["link"], "<?after=1&status=Lapsed>; rel=\"next\"");
    assert!(!respond(Ok(Reply::table(table(None))), "r-1").headers().contains_key("link"));
}

#[test]
fn a_version_that_is_known_is_not_sent_again() {
    let asking = |tag: &str| {
        [(http::header::IF_NONE_MATCH, tag.parse().unwrap())].into_iter().collect::<HeaderMap>()
    };
    let fresh = Reply::versioned(&json!({ "a": 1 }), &HeaderMap::new()).unwrap();
    let etag = fresh.etag.clone().unwrap();
    assert_eq!((fresh.status, fresh.value()), (200, json!({ "a": 1 })));
    for known in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".to_owned()] {
        let reply = Reply::versioned(&json!({ "a": 1 }), &asking(&known)).unwrap();
        assert_eq!((reply.status, reply.body.as_str()), (304, ""), "{known}");
        let response = respond(Ok(reply), "r-1");
        assert_eq!((text(&response, "etag"), body(&response)), (etag.as_str(), ""));
        assert_eq!(response.headers()["cache-control"], "private, no-cache");
    }
    assert_eq!(Reply::versioned(&json!({ "a": 2 }), &asking(&etag)).unwrap().status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_takes_too_long_is_answered_for() {
    let payload = event::read(&event(&json!({}), "").to_string()).unwrap();
    let mut context = lambda_runtime::Context::default();
    context.deadline = u64::try_from(clock::now().as_millisecond()).unwrap() + 2_000;
    let never = async |_| std::future::pending().await;
    let response = answer(&never, LambdaEvent { payload, context }).await;
    assert_eq!(response.status(), 503);
}

#[test]
fn a_parameter_may_be_there_once() {
    let mut event = event(&json!({}), "");
    event["rawQueryString"] = json!("limit=5&from=a+b%26&limit=6");
    let request = request(&event);
    assert!(request.knows_parameters(&["limit", "from"]).is_ok());
    assert_eq!(kind(request.knows_parameters(&["from"])), ProblemType::InvalidRequest);
    assert_eq!(kind(request.parameter("limit", str::parse::<u8>)), ProblemType::InvalidRequest);
    assert_eq!((request.query("limit"), request.query("from")), (Some("5"), Some("a b&")));
}
