//! What is answered, and the response that it becomes.

use super::table::Table;
use crate::problem::{Problem, ProblemType};
use domain::ids::ShortDigest;
use http::{HeaderMap, StatusCode};
use lambda_http::{Body, Response};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// An answer that is no problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The HTTP status code.
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

impl Reply {
    fn new(status: u16, body: String) -> Self {
        Self { status, location: None, cookie: None, etag: None, body, table: None }
    }

    fn json(status: u16, body: &impl Serialize) -> Result<Self, Problem> {
        // What can't be written is a fault of ours, and its text could be anything that was in it.
        let body = serde_json::to_string(body).map_err(|_| ProblemType::InternalError)?;
        Ok(Self::new(status, body))
    }

    /// 200 with this body as JSON.
    pub fn ok(body: &impl Serialize) -> Result<Self, Problem> {
        Self::json(200, body)
    }

    /// 200 with a table.
    pub fn table(table: Table) -> Self {
        Self { table: Some(table), ..Self::new(200, String::new()) }
    }

    /// 201 with this body as JSON, and where what was created is.
    pub fn created(location: String, body: &impl Serialize) -> Result<Self, Problem> {
        Ok(Self { location: Some(location), ..Self::json(201, body)? })
    }

    /// 202 with this body as JSON: what was asked for is still to happen.
    pub fn accepted(body: &impl Serialize) -> Result<Self, Problem> {
        Self::json(202, body)
    }

    /// 204: it is done, and there is nothing to say.
    pub fn no_content() -> Self {
        Self::new(204, String::new())
    }

    /// 200 with the body's version, or 304 if the request names that one (RFC 9110, section
    /// 13.1.2).
    pub fn versioned(body: &impl Serialize, request: &HeaderMap) -> Result<Self, Problem> {
        let reply = Self::json(200, body)?;
        let etag = etag(&reply.body);
        let reply = if is_known(&etag, request) { Self::new(304, String::new()) } else { reply };
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

    pub(super) fn response(self) -> Response<Body> {
        let Self { status, location, cookie, etag, body, table } = self;
        let mut headers = BTreeMap::from([("cache-control", "no-store".to_owned())]);
        headers.extend(location.map(|location| ("location", location)));
        headers.extend(cookie.map(|cookie| ("set-cookie", cookie)));
        if let Some(etag) = etag {
            let cache = "private, no-cache".to_owned();
            headers.extend([("etag", etag), ("cache-control", cache)]);
        }
        if let Some(Table { csv, next }) = table {
            headers.extend(next.map(|next| ("link", format!("<?{next}>; rel=\"next\""))));
            headers.insert("content-type", Table::TYPE.to_owned());
            return response(status, headers, csv);
        }
        if !body.is_empty() {
            headers.insert("content-type", "application/json".to_owned());
        }
        response(status, headers, body)
    }
}

/// A problem as the answer to `request_id`.
pub(super) fn problem(problem: &Problem, request_id: &str) -> Response<Body> {
    let mut headers = BTreeMap::from([
        ("cache-control", "no-store".to_owned()),
        ("content-type", "application/problem+json".to_owned()),
    ]);
    headers.extend(problem.retry_after().map(|seconds| ("retry-after", seconds.to_string())));
    response(problem.kind().status(), headers, problem.body(request_id).to_string())
}

fn response(
    status: u16,
    headers: BTreeMap<&'static str, String>,
    body: impl Into<Body>,
) -> Response<Body> {
    let builder = Response::builder().status(status);
    let builder =
        headers.into_iter().fold(builder, |builder, (name, text)| builder.header(name, text));
    builder.body(body.into()).unwrap_or_else(|error| {
        tracing::error!(%error, "the response has a header that can't be sent");
        let mut response = Response::default();
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

/// The version of a body.
fn etag(body: &str) -> String {
    format!("\"{}\"", ShortDigest::of(&[body.as_bytes()]))
}

/// Whether the request names this version as the one that it has.
fn is_known(etag: &str, request: &HeaderMap) -> bool {
    let known =
        request.get_all(http::header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut known =
        known.flat_map(|line| line.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
    known.any(|tag| tag == "*" || tag == etag)
}

/// A page for a browser, or what belongs to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The HTTP status code.
    pub status: u16,
    /// The headers of the response, by their lower-case names.
    pub headers: BTreeMap<&'static str, String>,
    /// The page's HTML, or the text of a style sheet or script.
    pub body: String,
    /// A file in the place of the body.
    pub file: Option<Vec<u8>>,
}

impl Page {
    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// The same with the version of what it shows, or 304 and no body if the request names that
    /// one (RFC 9110, section 13.1.2). `fresh` is text that is new each time, such as the key of a
    /// form, and no part of the version; empty where there is none.
    #[must_use]
    pub fn versioned(mut self, request: &HeaderMap, fresh: &str) -> Self {
        let etag =
            if fresh.is_empty() { etag(&self.body) } else { etag(&self.body.replace(fresh, "")) };
        if is_known(&etag, request) {
            (self.status, self.body) = (304, String::new());
        }
        self.with("etag", etag)
    }

    pub(super) fn response(self) -> Response<Body> {
        let Self { status, headers, body, file } = self;
        response(status, headers, file.map_or_else(|| Body::from(body), Body::from))
    }
}
