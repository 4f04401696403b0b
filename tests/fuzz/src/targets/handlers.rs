//! Handlers, under requests with any body, on stores in memory.

use super::samples::{EVENT, SALE};
use domain::account::Access;
use domain::ports::{PlanStore, Recipient, SaleStore};
use domain::{CustomerId, EmailAddress, FullName, Language, ZoneName};
use edge::http::Event;
use edge::{Problem, Reply, Request};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use testkit::accounts::{Accounts, QuickHasher};
use testkit::contract::Sample;
use testkit::contract::plan_store::plan;
use testkit::faults::Plan;
use testkit::memory::{Ports, World};

/// Hands a body to a handler, whose store knows one sale and one plan.
pub(super) fn handled(
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
pub(super) fn accounted(
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
        Recipient { full_name, email, language: Language::Es, zone: ZoneName::utc() },
        access,
    );
    let outcome = now_or_never(handler(&store, &QuickHasher::default(), request));
    answered(outcome.ok_or("a handler waits")?.map(drop))
}

/// A request with this body, as an employee who may do everything.
pub(super) fn request(headers: &[(&str, String)], body: &[u8]) -> Option<Request> {
    let mut event: Value = serde_json::from_str(EVENT).ok()?;
    let fields = event.as_object_mut()?;
    fields.insert("body".to_owned(), json!(std::str::from_utf8(body).ok()?));
    fields.insert("isBase64Encoded".to_owned(), json!(false));
    let known = fields.get_mut("headers")?.as_object_mut()?;
    known.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
    let event: Event = serde_json::from_value(event).ok()?;
    Request::new(event, now()).ok()
}

/// No input is a fault of ours.
pub(super) fn answered(outcome: Result<(), Problem>) -> Result<(), String> {
    match outcome {
        Err(problem) if problem.kind().status() >= 500 => {
            Err(format!("answered {}", problem.kind().slug()))
        }
        _ => Ok(()),
    }
}

/// Nothing in memory ever waits.
pub(super) fn now_or_never<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// The moment of every request.
pub(super) fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap_or(Timestamp::UNIX_EPOCH)
}
