//! HTTP by API Gateway (HTTP API, payload 2.0): a request in, an answer or a problem out, and one line in the log.

use crate::access::{Claims, Employee, Operation};
use crate::problem::{Problem, ProblemType};
use crate::reader::{Fault, Json};
use crate::{clock, log, runtime};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::account::Source;
use domain::ids::ShortDigest;
use domain::ports::RequestKey;
use domain::{CustomerKey, PlanCode, SaleId, Vin};
use http::header::{CONTENT_TYPE, COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use lambda_runtime::LambdaEvent;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::fmt::Display;
use tracing::Instrument;

/// More than any request needs, in bytes.
pub const MAX_BODY: usize = 64 * 1024;
/// Longest `Idempotency-Key`.
const MAX_KEY: usize = 255;

/// What we read of API Gateway's event
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>). A crate for all
/// kinds of events would be a quarter of the bootstrap.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    #[serde(default, deserialize_with = "headers")]
    headers: HeaderMap,
    /// API Gateway takes them out of the headers.
    #[serde(default)]
    cookies: Vec<String>,
    #[serde(default)]
    raw_path: String,
    path_parameters: Option<HashMap<String, String>>,
    query_string_parameters: Option<HashMap<String, String>>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
    request_context: Context,
}

#[derive(Debug, Deserialize)]
struct Context {
    http: Http,
    authorizer: Option<Authorizer>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Http {
    #[serde(default)]
    method: String,
    source_ip: String,
}

#[derive(Debug, Deserialize)]
struct Authorizer {
    jwt: Option<Jwt>,
}

#[derive(Debug, Deserialize)]
struct Jwt {
    claims: Claims,
}

/// What can't be a header is left out.
fn headers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HeaderMap, D::Error> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    runtime::read_members(deserializer, |headers: &mut HeaderMap, Text(name): Text<'de>, Text(value): Text<'de>| {
        headers.extend(HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_str(&value).ok()));
    })
}

/// A request.
#[derive(Debug)]
pub struct Request {
    headers: HeaderMap,
    method: String,
    path: String,
    path_parameters: HashMap<String, String>,
    query: HashMap<String, String>,
    /// `None` where it isn't encoded as the event says.
    body: Option<Vec<u8>>,
    claims: Option<Claims>,
    source: Source,
    now: Timestamp,
}

impl Request {
    /// A request that came at `now`.
    pub fn new(event: Event, now: Timestamp) -> Self {
        let mut headers = event.headers;
        headers.extend(event.cookies.iter().filter_map(|cookie| Some((COOKIE, HeaderValue::from_str(cookie).ok()?))));
        let body = event.body.unwrap_or_default();
        let body = if event.is_base64_encoded { STANDARD.decode(body).ok() } else { Some(body.into_bytes()) };
        let Context { http, authorizer } = event.request_context;
        let claims = authorizer.and_then(|authorizer| authorizer.jwt).map(|jwt| jwt.claims);
        let path_parameters = event.path_parameters.unwrap_or_default();
        let (path, query) = (event.raw_path, event.query_string_parameters.unwrap_or_default());
        let source = Source::of(&http.source_ip);
        Self { headers, method: http.method, path, path_parameters, query, body, claims, source, now }
    }

    /// When it came.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Its headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Who calls, if that employee may.
    pub fn employee(&self, operation: Operation) -> Result<Employee, Problem> {
        let employee = Employee::from_claims(self.claims.as_ref())?;
        employee.may(operation)?;
        Ok(employee)
    }

    /// Its path as it was sent, which a stage or a domain name may begin.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A field of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A part of its path.
    pub fn path_parameter(&self, name: &str) -> Option<&str> {
        self.path_parameters.get(name).map(String::as_str)
    }

    /// Where it came from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The path's `sale_id`. Text that is no id is the id of no sale.
    pub fn sale_id(&self) -> Result<SaleId, Problem> {
        let id = self.path_parameters.get("sale_id").and_then(|text| SaleId::parse(text).ok());
        let id = id.ok_or(ProblemType::SaleNotFound)?;
        log::sale(id);
        Ok(id)
    }

    /// The path's `vehicle_id`. Text that is no id is the id of no vehicle.
    pub fn vehicle_id(&self) -> Result<Vin, Problem> {
        let id = self.path_parameters.get("vehicle_id").and_then(|text| Vin::parse(text).ok());
        Ok(id.ok_or(ProblemType::VehicleNotFound)?)
    }

    /// A query parameter that `parse` takes; `None` where it isn't there.
    pub fn parameter<T, E: Display>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<Option<T>, Problem> {
        let parsed = self.query.get(name).map(|text| parse(text)).transpose();
        parsed.map_err(|fault| Problem::invalid(vec![Fault::new("", format!("the parameter {name}: {fault}"))]))
    }

    /// Refuses parameters of other names: a misspelt filter would be lost unseen.
    pub fn knows_parameters(&self, names: &[&str]) -> Result<(), Problem> {
        if self.query.keys().all(|name| names.contains(&name.as_str())) {
            return Ok(());
        }
        Err(Problem::invalid(vec![Fault::new("", format!("the parameters are {}", names.join(", ")))]))
    }

    /// The path's `plan_code`.
    pub fn plan_code(&self) -> Result<PlanCode, Problem> {
        let code = self.path_parameters.get("plan_code").map(String::as_str).unwrap_or_default();
        PlanCode::parse(code).map_err(|fault| Problem::invalid(vec![Fault::new("", format!("the path's plan_code: {fault}"))]))
    }

    /// The body's bytes as they were sent, if they aren't too many.
    pub fn body(&self) -> Result<&[u8], Problem> {
        let body = self.body.as_deref().ok_or(ProblemType::MalformedBody)?;
        if body.len() > MAX_BODY {
            return Err(Problem::new(ProblemType::BodyTooLarge).detail(format!("at most {MAX_BODY} bytes")));
        }
        Ok(body)
    }

    /// The body, which has to be JSON and say so.
    pub fn json(&self) -> Result<Json, Problem> {
        let content_type = self.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err(ProblemType::ContentTypeUnsupported.into());
        }
        Json::parse(self.body()?)
    }

    /// The request's key, if it has one: whose it is, and a digest of what is asked for (`operation`, `sale`, body). The
    /// path as sent is no part of it: stages and domain names change it.
    pub fn key(
        &self,
        employee: &Employee,
        operation: Operation,
        sale: Option<SaleId>,
        body: &Json,
    ) -> Result<Option<RequestKey>, Problem> {
        self.key_of(employee.dealership.as_str(), operation, sale, body)
    }

    /// As [`Self::key`], of a customer's request. A dealership's keys are no customer's: a customer's key is 32 hex digits, and
    /// has its own word before it.
    pub fn customer_key(
        &self,
        customer: &CustomerKey,
        operation: Operation,
        sale: Option<SaleId>,
        body: &Json,
    ) -> Result<Option<RequestKey>, Problem> {
        self.key_of(&format!("customer {customer}"), operation, sale, body)
    }

    fn key_of(&self, owner: &str, operation: Operation, sale: Option<SaleId>, body: &Json) -> Result<Option<RequestKey>, Problem> {
        let Some(value) = self.headers().get("idempotency-key") else { return Ok(None) };
        let key = value.as_bytes();
        if key.is_empty() || key.len() > MAX_KEY || !key.iter().all(u8::is_ascii_graphic) {
            return Err(Problem::new(ProblemType::IdempotencyKeyInvalid).detail(format!("1 to {MAX_KEY} visible ASCII characters")));
        }
        let sale = sale.map(|sale| sale.to_string()).unwrap_or_default();
        Ok(Some(RequestKey {
            key: ShortDigest::of(&[owner.as_bytes(), key]),
            fingerprint: ShortDigest::of(&[operation.as_str().as_bytes(), sale.as_bytes(), &body.canonical()]),
        }))
    }
}

/// An answer that is no problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Where the created thing is.
    pub location: Option<String>,
    /// A cookie to keep, or to drop.
    pub cookie: Option<String>,
    /// The version of what was read; the client may keep it and ask whether it is still that.
    pub etag: Option<String>,
    /// JSON; empty with 204 and 304.
    pub body: String,
    /// A table in the place of the body.
    pub table: Option<Table>,
}

/// A table for a spreadsheet (RFC 4180).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its lines, the names of the columns first.
    pub csv: String,
    /// The query by which it goes on, if it does (RFC 8288, `next`).
    pub next: Option<String>,
}

impl Reply {
    fn new(status: u16, body: String) -> Self {
        Self { status, location: None, cookie: None, etag: None, body, table: None }
    }

    fn json(status: u16, body: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_string(body).map_err(|_| ProblemType::InternalError)?;
        Ok(Self::new(status, body))
    }

    /// 200.
    pub fn ok(body: &impl Serialize) -> Result<Self, Problem> {
        Self::json(200, body)
    }

    /// 200 with a table.
    pub fn table(table: Table) -> Self {
        Self { table: Some(table), ..Self::new(200, String::new()) }
    }

    /// 201.
    pub fn created(location: String, body: &impl Serialize) -> Result<Self, Problem> {
        Ok(Self { location: Some(location), ..Self::json(201, body)? })
    }

    /// 202.
    pub fn accepted(body: &impl Serialize) -> Result<Self, Problem> {
        Self::json(202, body)
    }

    /// 204.
    pub fn no_content() -> Self {
        Self::new(204, String::new())
    }

    /// 200 with the body's version, or 304 if the request names that one (RFC 9110, section 13.1.2).
    pub fn versioned(body: &impl Serialize, request: &HeaderMap) -> Result<Self, Problem> {
        let reply = Self::json(200, body)?;
        let etag = format!("\"{}\"", ShortDigest::of(&[reply.body.as_bytes()]));
        let known = request.get_all(http::header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let mut known = known.flat_map(|line| line.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
        let is_known = known.any(|tag| tag == "*" || tag == etag);
        let reply = if is_known { Self::new(304, String::new()) } else { reply };
        Ok(Self { etag: Some(etag), ..reply })
    }

    /// Its body as it reads; `Null` where there is none.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The same with a cookie.
    #[must_use]
    pub fn cookie(self, cookie: String) -> Self {
        Self { cookie: Some(cookie), ..self }
    }
}

/// An answer as API Gateway takes it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    status_code: u16,
    headers: BTreeMap<&'static str, String>,
    body: String,
    is_base64_encoded: bool,
}

impl Response {
    fn of(outcome: Result<Reply, Problem>, request_id: &str) -> Self {
        let mut headers = BTreeMap::from([("cache-control", "no-store".to_owned())]);
        let (status_code, content_type, body) = match outcome {
            Ok(reply) => {
                headers.extend(reply.location.map(|location| ("location", location)));
                headers.extend(reply.cookie.map(|cookie| ("set-cookie", cookie)));
                if let Some(etag) = reply.etag {
                    headers.extend([("etag", etag), ("cache-control", "private, no-cache".to_owned())]);
                }
                if let Some(Table { csv, next }) = reply.table {
                    headers.extend(next.map(|next| ("link", format!("<?{next}>; rel=\"next\""))));
                    headers.insert("content-type", "text/csv; charset=utf-8; header=present".to_owned());
                    return Self { status_code: reply.status, headers, body: csv, is_base64_encoded: false };
                }
                if reply.body.is_empty() {
                    return Self { status_code: reply.status, headers, body: reply.body, is_base64_encoded: false };
                }
                (reply.status, "application/json", reply.body)
            }
            Err(problem) => {
                headers.extend(problem.retry_after().map(|seconds| ("retry-after", seconds.to_string())));
                (problem.kind().status(), "application/problem+json", problem.body(request_id).to_string())
            }
        };
        headers.insert("content-type", content_type.to_owned());
        Self { status_code, headers, body, is_base64_encoded: false }
    }
}

/// A page for a browser, or what belongs to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: BTreeMap<&'static str, String>,
    /// Its text.
    pub body: String,
}

impl Page {
    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.insert(name, value);
        self
    }
}

/// Answers requests with pages until Lambda ends the process. What takes too long or fails is `fault`'s page.
pub async fn serve_pages(handler: impl AsyncFn(Request) -> Page, fault: impl Fn() -> Page) -> Result<(), crate::Error> {
    runtime::run(async |event| {
        in_time(&handler, event, |page: Option<Page>, _| {
            let Page { status, headers, body } = page.unwrap_or_else(&fault);
            tracing::info!(status, "answered");
            Response { status_code: status, headers, body, is_base64_encoded: false }
        })
        .await
    })
    .await
}

/// Answers requests until Lambda ends the process. A handler that takes too long is answered for: 503, try again.
pub async fn serve(handler: impl AsyncFn(Request) -> Result<Reply, Problem>) -> Result<(), crate::Error> {
    runtime::run(async |event| answer(&handler, event).await).await
}

async fn answer(
    handler: &impl AsyncFn(Request) -> Result<Reply, Problem>,
    event: LambdaEvent<Event>,
) -> Result<Response, Infallible> {
    in_time(handler, event, |outcome, request_id| {
        let outcome = outcome.unwrap_or_else(|| Err(Problem::new(ProblemType::Unavailable).detail("the request took too long")));
        note(&outcome);
        Response::of(outcome, request_id)
    })
    .await
}

/// What the handler makes of the event, or `None` if Lambda's time runs out first, as a response to the request of this id.
async fn in_time<T>(
    handler: &impl AsyncFn(Request) -> T,
    event: LambdaEvent<Event>,
    respond: impl FnOnce(Option<T>, &str) -> Response,
) -> Result<Response, Infallible> {
    let LambdaEvent { payload, context } = event;
    let now = clock::now();
    let left = clock::time_left(context.deadline, now);
    let request = Request::new(payload, now);
    async {
        // Boxed, as in `task` and `batch`: the future of a handler with all its calls is too deep to be laid out in this one.
        let outcome = tokio::time::timeout(left, Box::pin(handler(request))).await;
        Ok(respond(outcome.ok(), &context.request_id))
    }
    .instrument(log::span(&context.request_id))
    .await
}

fn note(outcome: &Result<Reply, Problem>) {
    match outcome {
        Ok(reply) => tracing::info!(status = reply.status, "answered"),
        Err(problem) if problem.kind().status() == 500 => tracing::error!(status = 500, problem = problem.kind().slug(), "failed"),
        Err(problem) if problem.kind().status() == 503 => {
            tracing::warn!(status = 503, problem = problem.kind().slug(), "unavailable");
        }
        Err(problem) => {
            // How many faults, not where: names of unknown fields are the client's own text.
            let (status, kind, faults) = (problem.kind().status(), problem.kind().slug(), problem.errors().len());
            tracing::info!(status, problem = kind, faults, "refused");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use testkit::requests::{SALE, post_as};

    fn request(event: &Value) -> Request {
        Request::new(Event::deserialize(event).unwrap(), Timestamp::UNIX_EPOCH)
    }

    fn event(headers: &Value, body: &str) -> Value {
        let mut event = post_as("MAD-01", "[sales]", headers, &Value::Null);
        event["body"] = json!(body);
        event
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
        let mut event = event(&json!({ "cookie": "a=1" }), "");
        event["cookies"] = json!(["b=2", "c=3"]);
        let request = request(&event);
        let cookies: Vec<_> = request.headers().get_all(COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
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
    fn text_that_is_no_id_is_no_sale() {
        let mut event = event(&json!({}), "");
        for text in ["1", "", "../x", "01936D3C-7D2B-7B4C-8D8E-1F2A3B4C5D6E"] {
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
        for other in [json!({}), json!({ "content-type": "text/plain" }), json!({ "content-type": "application/json2" })] {
            assert_eq!(kind(request(&event(&other, "{}")).json()), ProblemType::ContentTypeUnsupported);
        }
    }

    #[test]
    fn encoded_bodies_are_read_as_they_were_sent() {
        let mut event = event(&json!({ "content-type": "application/json" }), "e30=");
        event["isBase64Encoded"] = json!(true);
        assert_eq!(request(&event).body().unwrap(), b"{}");
        event["body"] = json!("not base64");
        assert_eq!(kind(request(&event).body()), ProblemType::MalformedBody);
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
        let key = |operation, body: &[u8]| request.key(&employee, operation, None, &Json::parse(body).unwrap()).unwrap().unwrap();
        let first = key(Operation::PaySignal, b"{\"a\":1,\"b\":2}");
        assert_eq!(first, key(Operation::PaySignal, b"{ \"b\": 2, \"a\": 1 }"));
        for other in [key(Operation::PaySignal, b"{\"a\":2}"), key(Operation::MakeFinalPayment, b"{\"a\":1,\"b\":2}")] {
            assert_eq!(other.key, first.key);
            assert_ne!(other.fingerprint, first.fingerprint);
        }
    }

    #[test]
    fn problems_have_their_own_content_type() {
        let response = Response::of(Err(ProblemType::Unavailable.into()), "r-1");
        assert_eq!((response.status_code, response.headers["content-type"].as_str()), (503, "application/problem+json"));
        assert_eq!(response.headers["retry-after"], "2");
        assert!(response.body.contains("r-1"));
        let response = Response::of(Reply::created("/sales/1".to_owned(), &json!({})), "r-1");
        assert_eq!((response.status_code, response.headers["location"].as_str()), (201, "/sales/1"));
    }

    #[test]
    fn a_table_says_where_it_goes_on() {
        let table = |next: Option<&str>| Table { csv: "a,b\r\n".to_owned(), next: next.map(str::to_owned) };
        let response = Response::of(Ok(Reply::table(table(Some("after=1&status=Lapsed")))), "r-1");
        assert_eq!((response.status_code, response.body.as_str()), (200, "a,b\r\n"));
        assert_eq!(response.headers["content-type"], "text/csv; charset=utf-8; header=present");
        assert_eq!(response.headers["link"], "<?after=1&status=Lapsed>; rel=\"next\"");
        assert!(!Response::of(Ok(Reply::table(table(None))), "r-1").headers.contains_key("link"));
    }

    #[test]
    fn a_version_that_is_known_is_not_sent_again() {
        let asking = |tag: &str| [(http::header::IF_NONE_MATCH, tag.parse().unwrap())].into_iter().collect::<HeaderMap>();
        let fresh = Reply::versioned(&json!({ "a": 1 }), &HeaderMap::new()).unwrap();
        let etag = fresh.etag.clone().unwrap();
        assert_eq!((fresh.status, fresh.value()), (200, json!({ "a": 1 })));
        for known in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".to_owned()] {
            let reply = Reply::versioned(&json!({ "a": 1 }), &asking(&known)).unwrap();
            assert_eq!((reply.status, reply.body.as_str()), (304, ""), "{known}");
            let response = Response::of(Ok(reply), "r-1");
            assert_eq!((response.headers["etag"].as_str(), response.body.as_str()), (etag.as_str(), ""));
            assert_eq!(response.headers["cache-control"], "private, no-cache");
        }
        assert_eq!(Reply::versioned(&json!({ "a": 2 }), &asking(&etag)).unwrap().status, 200);
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_that_takes_too_long_is_answered_for() {
        let payload = Event::deserialize(event(&json!({}), "")).unwrap();
        let mut context = lambda_runtime::Context::default();
        context.deadline = u64::try_from(clock::now().as_millisecond()).unwrap() + 2_000;
        let never = async |_| std::future::pending().await;
        let response = answer(&never, LambdaEvent { payload, context }).await.unwrap();
        assert_eq!(response.status_code, 503);
    }
}
