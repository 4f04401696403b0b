//! Logs: one JSON line a decision, readable alone, with request id and sale id, and nothing personal in it.

use crate::clock;
use serde::Serialize;
use std::fmt::Debug;
use std::io::Write;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// Our own crates. Others log warnings only: below that, HTTP and AWS clients print whole requests.
const OURS: [&str; 4] = ["adapters", "domain", "edge", "wiring"];

/// Starts logging for `function` at `level` (error, warn, info, debug or trace; info where it is none of them). Logging
/// that was started before stays as it is.
pub fn start(function: &str, level: Option<&str>) {
    let level: LevelFilter = level.and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO);
    let others = level.min(LevelFilter::WARN);
    let targets = OURS.into_iter().fold(Targets::new().with_default(others), |targets, name| targets.with_target(name, level));
    let targets = targets.with_target(function.replace('-', "_"), level);
    let lines = Lines(|line: &[u8]| {
        // Nobody is left to tell of a log that can't be written.
        let _ = std::io::stdout().lock().write_all(line);
    });
    let _ = tracing_subscriber::registry().with(lines.with_filter(targets)).try_init();
}

/// The span of one request, message or record: its fields are in each line beneath it.
pub(crate) fn span(request_id: &str) -> tracing::Span {
    tracing::info_span!("request", request_id, sale_id = tracing::field::Empty)
}

/// Notes which sale the current request is about.
pub fn sale(id: domain::SaleId) {
    tracing::Span::current().record("sale_id", tracing::field::display(id));
}

/// Hands each event on as a line: one JSON object of `timestamp`, `level`, the event's fields, `message` among them, and those of the
/// span that it happened in.
struct Lines<W>(W);

/// A span's members: those that it began with, and those of the latest record, which takes the place of an earlier one.
#[derive(Default)]
struct Fields {
    first: Members,
    latest: Members,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>, W: Fn(&[u8]) + 'static> Layer<S> for Lines<W> {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields.first);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            fields.latest.0.clear();
            values.record(&mut fields.latest);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Members(Vec::with_capacity(256));
        let _ = write!(line.0, "{{\"timestamp\":\"{:.6}\"", clock::now());
        line.add("level", event.metadata().level().as_str());
        event.record(&mut line);
        if let Some(span) = context.event_span(event)
            && let Some(Fields { first, latest }) = span.extensions().get()
        {
            line.0.extend_from_slice(&first.0);
            line.0.extend_from_slice(&latest.0);
        }
        line.0.extend_from_slice(b"}\n");
        (self.0)(&line.0);
    }
}

/// Members of a JSON object, each with a comma before it.
#[derive(Default)]
struct Members(Vec<u8>);

impl Members {
    /// Names are identifiers of ours, values are numbers and texts: neither can't be written.
    fn add(&mut self, name: &'static str, value: &(impl Serialize + ?Sized)) {
        self.0.extend_from_slice(b",\"");
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
        let _ = serde_json::to_writer(&mut self.0, value);
    }
}

/// What is shown or debugged becomes a text, all else is what it is.
impl Visit for Members {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field.name(), &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field.name(), &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field.name(), &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field.name(), &value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::SaleId;
    use serde_json::{Value, json};
    use std::sync::{Arc, Mutex};

    const SALE: &str = "0195a0c0-0000-7000-8000-000000000001";

    /// What is logged while `work` runs, without the time of each line.
    fn lines(work: impl FnOnce()) -> Vec<Value> {
        let written = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&written);
        let lines = Lines(move |line: &[u8]| lines.lock().unwrap().extend_from_slice(line));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), work);
        let written = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        let lines = written.lines().map(|line| serde_json::from_str(line).unwrap());
        let without_time = lines.map(|mut line: Value| {
            let time = line.as_object_mut().unwrap().remove("timestamp").unwrap();
            assert!(time.as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "{time}");
            line
        });
        without_time.collect()
    }

    #[test]
    fn a_line_has_the_event_s_fields_and_its_span_s() {
        let logged = lines(|| {
            tracing::warn!(fault = %"a \"quoted\"\nfault", count = 2, sound = true, "alone");
            let span = span("r-1");
            let _inside = span.enter();
            sale(SaleId::parse("0195a0c0-0000-7000-8000-000000000002").unwrap());
            sale(SaleId::parse(SALE).unwrap());
            tracing::info!(status = 200_u16, outcome = "done", "answered");
        });
        assert_eq!(
            logged,
            [
                json!({ "level": "WARN", "message": "alone", "fault": "a \"quoted\"\nfault", "count": 2, "sound": true }),
                json!({ "level": "INFO", "message": "answered", "status": 200, "outcome": "done", "request_id": "r-1", "sale_id": SALE }),
            ]
        );
    }
}
