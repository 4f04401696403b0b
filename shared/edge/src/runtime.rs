//! The way in from Lambda's runtime.

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::fmt;

/// Hands events to `handler` until Lambda ends the process. Reads them by itself: `lambda_runtime` notes the path to each field while
/// it reads, which takes as much again as the reading.
pub(crate) async fn run<E: DeserializeOwned, A: Serialize, F: Into<Diagnostic>>(
    handler: impl AsyncFn(LambdaEvent<E>) -> Result<A, F>,
) -> Result<(), crate::Error> {
    let handler = &handler;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Box<RawValue>>| async move {
        let LambdaEvent { payload, context } = event;
        let payload = serde_json::from_str(payload.get()).map_err(|fault| Diagnostic {
            error_type: "UnreadableEvent".to_owned(),
            // serde_json's own text may quote the event.
            error_message: format!("the event can't be read: line {}, column {}", fault.line(), fault.column()),
        })?;
        handler(LambdaEvent { payload, context }).await.map_err(Into::into)
    }))
    .await
}

/// Reads an object member by member into what `add` makes of them, with no map in between.
pub(crate) fn read_members<'de, D, N, V, C>(deserializer: D, add: fn(&mut C, N, V)) -> Result<C, D::Error>
where
    D: Deserializer<'de>,
    N: Deserialize<'de>,
    V: Deserialize<'de>,
    C: Default,
{
    struct Members<N, V, C>(fn(&mut C, N, V));
    impl<'de, N: Deserialize<'de>, V: Deserialize<'de>, C: Default> Visitor<'de> for Members<N, V, C> {
        type Value = C;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<C, A::Error> {
            let mut members = C::default();
            while let Some((name, value)) = map.next_entry()? {
                (self.0)(&mut members, name, value);
            }
            Ok(members)
        }
    }
    deserializer.deserialize_map(Members(add))
}
