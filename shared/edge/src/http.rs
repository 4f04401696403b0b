//! HTTP by API Gateway, through `lambda_http`: a request in, an answer or a problem out, and one
//! line in the log.

mod event;
mod reply;
mod request;
mod table;
mod viewer;

pub use event::Event;
pub use reply::{Page, Reply};
pub use request::{MAX_BODY, Request};
pub use table::{Style, Table};
pub use viewer::trust_origin;

use crate::problem::{Problem, ProblemType};
use crate::{clock, log, runtime};
use lambda_http::request::RequestOrigin;
use lambda_http::{Body, Response, TransformResponse};
use lambda_runtime::LambdaEvent;
use serde::Serialize;
use serde_json::Value;
use std::convert::Infallible;
use std::future::ready;
use tracing::Instrument;

/// Answers requests until Lambda ends the process. A handler that takes too long is answered for:
/// 503, try again.
pub async fn serve(
    handler: impl AsyncFn(Request) -> Result<Reply, Problem>,
) -> Result<(), crate::Error> {
    runtime::run(event::read, async |event| deliver(answer(&handler, event).await).await).await
}

/// Answers requests with pages until Lambda ends the process. What takes too long or fails is
/// `fault`'s page.
pub async fn serve_pages(
    handler: impl AsyncFn(Request) -> Page,
    fault: impl Fn() -> Page,
) -> Result<(), crate::Error> {
    runtime::run(event::read, async |event| {
        let respond = |page: Option<Page>, _: &str| {
            let page = page.unwrap_or_else(&fault);
            tracing::info!(status = page.status, "answered");
            page.response()
        };
        deliver(in_time(&handler, event, respond).await).await
    })
    .await
}

/// One event as [`serve`] answers it, for who has no Lambda to serve: its JSON in, its answer's
/// JSON out. The handler has until the end of time.
pub async fn invoke(
    handler: impl AsyncFn(Request) -> Result<Reply, Problem>,
    event: &str,
) -> serde_json::Result<Value> {
    let mut context = lambda_runtime::Context::default();
    context.deadline = u64::MAX;
    let event = LambdaEvent { payload: event::read(event)?, context };
    let Ok(response) = deliver(answer(&handler, event).await).await;
    serde_json::to_value(response)
}

async fn answer(
    handler: &impl AsyncFn(Request) -> Result<Reply, Problem>,
    event: LambdaEvent<Event>,
) -> Response<Body> {
    in_time(handler, event, |outcome, request_id| {
        respond(
            outcome.unwrap_or_else(|| {
                Err(Problem::new(ProblemType::Unavailable).detail("the request took too long"))
            }),
            request_id,
        )
    })
    .await
}

/// The response to an event: what `respond` makes of the handler's outcome, which is `None` if
/// Lambda's time runs out first.
async fn in_time<T>(
    handler: &impl AsyncFn(Request) -> T,
    event: LambdaEvent<Event>,
    respond: impl FnOnce(Option<T>, &str) -> Response<Body>,
) -> Response<Body> {
    let LambdaEvent { payload, context } = event;
    let now = clock::now();
    let left = clock::time_left(context.deadline, now);
    async {
        let request = match Request::new(payload, now) {
            Ok(request) => request,
            Err(problem) => return self::respond(Err(problem), &context.request_id),
        };
        // Boxed, as in `task` and `batch`: the future of a handler with all its calls is too deep
        // to be laid out in this one.
        let outcome = tokio::time::timeout(left, Box::pin(handler(request))).await;
        respond(outcome.ok(), &context.request_id)
    }
    .instrument(log::span(&context.request_id))
    .await
}

fn respond(outcome: Result<Reply, Problem>, request_id: &str) -> Response<Body> {
    note(&outcome);
    match outcome {
        Ok(reply) => reply.response(),
        Err(problem) => reply::problem(&problem, request_id),
    }
}

/// The response as API Gateway takes it. `lambda_http::run` would do this for a handler whose
/// future may go to another thread; ours stay on the one thread that there is, and needn't.
async fn deliver(response: Response<Body>) -> Result<impl Serialize, Infallible> {
    let response = Box::pin(ready(response));
    TransformResponse::<Response<Body>, Infallible>::Response(RequestOrigin::ApiGatewayV2, response)
        .await
}

fn note(outcome: &Result<Reply, Problem>) {
    match outcome {
        Ok(reply) => tracing::info!(status = reply.status, "answered"),
        Err(problem) if problem.kind().status() == 500 => {
            tracing::error!(status = 500, problem = problem.kind().slug(), "failed");
        }
        Err(problem) if problem.kind().status() == 503 => {
            tracing::warn!(status = 503, problem = problem.kind().slug(), "unavailable");
        }
        Err(problem) => {
            // How many faults, not where: names of unknown fields are the client's own text.
            let (status, kind, faults) =
                (problem.kind().status(), problem.kind().slug(), problem.errors().len());
            tracing::info!(status, problem = kind, faults, "refused");
        }
    }
}

#[cfg(test)]
mod tests;
