//! A request as the operations read it.

use super::event::{self, Event};
use super::viewer;
use crate::access::{Claims, Employee};
use crate::fault::Fault;
use crate::log;
use crate::operation::Operation;
use crate::problem::{Problem, ProblemType};
use crate::reader::Json;
use domain::account::Source;
use domain::ids::ShortDigest;
use domain::ports::RequestKey;
use domain::{CustomerKey, PlanCode, SaleId, Vin};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use lambda_http::{Body, RequestExt};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt::Display;

/// More than any request needs, in bytes.
pub const MAX_BODY: usize = 64 * 1024;
/// The longest `Idempotency-Key` that is taken, in characters.
const MAX_KEY: usize = 255;

/// A request of `lambda_http`, with when and from where it came.
#[derive(Debug)]
pub struct Request {
    inner: lambda_http::Request,
    source: Source,
    address: String,
    now: Timestamp,
    /// Who calls by a page of ours, whose session was checked; no authorizer saw the request.
    employee: Option<Employee>,
}

impl Request {
    /// A request that came at `now`. There is none where the event's address can't be one, or its
    /// body isn't encoded as the event says.
    pub fn new(event: Event, now: Timestamp) -> Result<Self, Problem> {
        let connection = event.request_context.http.source_ip.as_deref().unwrap_or_default();
        let address = viewer::address(&event.headers, connection).to_owned();
        let source = Source::of(&address);
        Ok(Self { inner: event::request(event)?, source, address, now, employee: None })
    }

    /// The network address that it came from: the viewer's, where something stands before the API.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// When it came.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Its headers, without those that were not valid.
    pub fn headers(&self) -> &HeaderMap {
        self.inner.headers()
    }

    /// Who calls, if that employee may.
    pub fn employee(&self, operation: Operation) -> Result<Employee, Problem> {
        let employee = match &self.employee {
            Some(employee) => employee.clone(),
            None => Employee::from_claims(self.claims())?,
        };
        employee.may(operation)?;
        Ok(employee)
    }

    /// What an operation is asked for by a page of ours, in the name of the employee whose session
    /// brought this request: as the API would have been asked, with this parameter in its path,
    /// this key and this body. Text that can't be a key is none.
    #[must_use]
    pub fn of_page(
        &self,
        employee: &Employee,
        parameter: Option<(&str, &str)>,
        key: &str,
        body: &Value,
    ) -> Self {
        let mut inner = http::Request::new(Body::Text(body.to_string()));
        let json = HeaderValue::from_static("application/json");
        inner.headers_mut().insert(CONTENT_TYPE, json);
        if let Some(key) = HeaderValue::from_str(key).ok().filter(|key| !key.is_empty()) {
            inner.headers_mut().insert("idempotency-key", key);
        }
        let parameter = parameter.map(|(name, text)| (name.to_owned(), vec![text.to_owned()]));
        Self {
            inner: inner.with_path_parameters(HashMap::from_iter(parameter)),
            source: self.source.clone(),
            address: self.address.clone(),
            now: self.now,
            employee: Some(employee.clone()),
        }
    }

    fn claims(&self) -> Option<&Claims> {
        let authorizer = self.inner.request_context_ref()?.authorizer()?;
        authorizer.jwt.as_ref().map(|jwt| &jwt.claims)
    }

    /// Its path as it was sent, which a stage or a domain name may begin.
    pub fn path(&self) -> &str {
        self.inner.raw_http_path()
    }

    /// Its HTTP method, in capitals.
    pub fn method(&self) -> &str {
        self.inner.method().as_str()
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().get(name)?.to_str().ok()
    }

    /// A field of the query; the first, where there are several of this name.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.inner.query_string_parameters_ref()?.first(name)
    }

    /// A part of its path.
    pub fn path_parameter(&self, name: &str) -> Option<&str> {
        self.inner.path_parameters_ref()?.first(name)
    }

    /// Where it came from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The path's `sale_id`. Text that is no id is the id of no sale.
    pub fn sale_id(&self) -> Result<SaleId, Problem> {
        let id = self.path_parameter("sale_id").and_then(|text| SaleId::parse(text).ok());
        let id = id.ok_or(ProblemType::SaleNotFound)?;
        log::sale(id);
        Ok(id)
    }

    /// The path's `vehicle_id`. Text that is no id is the id of no vehicle.
    pub fn vehicle_id(&self) -> Result<Vin, Problem> {
        let id = self.path_parameter("vehicle_id").and_then(|text| Vin::parse(text).ok());
        Ok(id.ok_or(ProblemType::VehicleNotFound)?)
    }

    /// A query parameter that `parse` takes; `None` where it isn't there.
    pub fn parameter<T, E: Display>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Problem> {
        let query = self.inner.query_string_parameters_ref();
        let parsed = match query.and_then(|query| query.all(name)).as_deref() {
            None | Some([]) => return Ok(None),
            Some([text]) => parse(text).map_err(|error| error.to_string()),
            Some(_) => Err("may be there once".to_owned()),
        };
        parsed.map(Some).map_err(|error| {
            Problem::invalid(vec![Fault::new("", format!("the parameter {name}: {error}"))])
        })
    }

    /// Refuses parameters of other names: a misspelt filter would be lost unseen.
    pub fn knows_parameters(&self, names: &[&str]) -> Result<(), Problem> {
        let query = self.inner.query_string_parameters_ref();
        if query.is_none_or(|query| query.iter().all(|(name, _)| names.contains(&name))) {
            return Ok(());
        }
        let names = format!("the parameters are {}", names.join(", "));
        Err(Problem::invalid(vec![Fault::new("", names)]))
    }

    /// The path's `plan_code`.
    pub fn plan_code(&self) -> Result<PlanCode, Problem> {
        let code = self.path_parameter("plan_code").unwrap_or_default();
        PlanCode::parse(code).map_err(|fault| {
            Problem::invalid(vec![Fault::new("", format!("the path's plan_code: {fault}"))])
        })
    }

    /// The body's bytes as they were sent, if they aren't too many.
    pub fn body(&self) -> Result<&[u8], Problem> {
        let body: &[u8] = self.inner.body();
        if body.len() > MAX_BODY {
            return Err(
                Problem::new(ProblemType::BodyTooLarge).detail(format!("at most {MAX_BODY} bytes"))
            );
        }
        Ok(body)
    }

    /// The body, which has to be JSON and say so.
    pub fn json(&self) -> Result<Json, Problem> {
        let content_type = self.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err(ProblemType::ContentTypeUnsupported.into());
        }
        Json::parse(self.body()?)
    }

    /// The request's key, if it has one: whose it is, and a digest of what is asked for
    /// (`operation`, `sale`, body). The path as sent is no part of it: stages and domain names
    /// change it.
    pub fn key(
        &self,
        employee: &Employee,
        operation: Operation,
        sale: Option<SaleId>,
        body: &Json,
    ) -> Result<Option<RequestKey>, Problem> {
        self.key_of(employee.dealership.as_str(), operation, sale, body)
    }

    /// As [`Self::key`], of a customer's request. A dealership's keys are no customer's: a
    /// customer's key is 32 hex digits, and has its own word before it.
    pub fn customer_key(
        &self,
        customer: &CustomerKey,
        operation: Operation,
        sale: Option<SaleId>,
        body: &Json,
    ) -> Result<Option<RequestKey>, Problem> {
        self.key_of(&format!("customer {customer}"), operation, sale, body)
    }

    fn key_of(
        &self,
        owner: &str,
        operation: Operation,
        sale: Option<SaleId>,
        body: &Json,
    ) -> Result<Option<RequestKey>, Problem> {
        let Some(value) = self.headers().get("idempotency-key") else { return Ok(None) };
        let key = value.as_bytes();
        if key.is_empty() || key.len() > MAX_KEY || !key.iter().all(u8::is_ascii_graphic) {
            return Err(Problem::new(ProblemType::IdempotencyKeyInvalid)
                .detail(format!("1 to {MAX_KEY} visible ASCII characters")));
        }
        let sale = sale.map(|sale| sale.to_string()).unwrap_or_default();
        Ok(Some(RequestKey {
            key: ShortDigest::of(&[owner.as_bytes(), key]),
            fingerprint: ShortDigest::of(&[
                operation.as_str().as_bytes(),
                sale.as_bytes(),
                &body.canonical(),
            ]),
        }))
    }
}
