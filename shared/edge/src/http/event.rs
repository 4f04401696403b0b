//! API Gateway's event, and what stands between it and `lambda_http`.

use crate::problem::{Problem, ProblemType};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::HOST;
use http::{HeaderName, HeaderValue, Uri};
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use lambda_http::request::LambdaRequest;
use serde_json::{Map, Value};
use url::Url;

/// An HTTP API's event, payload 2.0
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).
pub type Event = ApiGatewayV2httpRequest;

/// Reads an event, without those of its headers that aren't valid, and each claim as a text:
/// `aws_lambda_events` takes no event that has others.
pub(super) fn read(text: &str) -> serde_json::Result<Event> {
    serde_json::from_str(text).or_else(|error| mended(text).ok_or(error))
}

fn mended(text: &str) -> Option<Event> {
    let mut event: Value = serde_json::from_str(text).ok()?;
    let claims = event.pointer_mut("/requestContext/authorizer/jwt/claims");
    for claim in claims.and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        if !claim.is_string() {
            *claim = Value::String(claim.to_string());
        }
    }
    event.get_mut("headers")?.as_object_mut()?.retain(|name, value| {
        let is_value = |text| HeaderValue::from_str(text).is_ok();
        name.parse::<HeaderName>().is_ok() && value.as_str().is_some_and(is_value)
    });
    serde_json::from_value(event).ok()
}

/// The event's request. `lambda_http` takes for granted that it can build the URI and decode the
/// body, and panics where it can't, which is the end of the process: such an event is refused.
pub(super) fn request(mut event: Event) -> Result<lambda_http::Request, Problem> {
    let body = event.body.as_deref().filter(|_| event.is_base64_encoded);
    if body.is_some_and(|body| STANDARD.decode(body).is_err()) {
        return Err(ProblemType::MalformedBody.into());
    }
    // The path begins with the stage already, where there is one that does.
    event.request_context.stage = None;
    if !has_uri(&event) {
        return Err(ProblemType::MalformedRequest.into());
    }
    // They become one header, which one that isn't valid would spoil.
    if let Some(cookies) = &mut event.cookies {
        cookies.retain(|cookie| HeaderValue::from_str(cookie).is_ok());
    }
    Ok(LambdaRequest::ApiGatewayV2(event).into())
}

/// Whether there is a URI of scheme, host, path and query, put together as `lambda_http` does it.
fn has_uri(event: &Event) -> bool {
    let header = |name| event.headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = header(HeaderName::from_static("x-forwarded-proto")).unwrap_or("https");
    let host = header(HOST).or(event.request_context.domain_name.as_deref()).unwrap_or("localhost");
    let path = event.raw_path.as_deref().unwrap_or_default();
    let query = event.raw_query_string.as_deref().unwrap_or_default();
    let url = Url::parse(&format!("{scheme}://{host}{path}"));
    url.is_ok_and(|url| Uri::try_from(format!("{url}?{query}")).is_ok())
}

#[cfg(test)]
mod tests;
