//! Logs: one JSON line a decision, readable alone, with function, request id and sale id, and
//! nothing personal in it.

use crate::clock;
use std::fmt;
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;

/// Our own crates. Others log warnings only: below that, HTTP and AWS clients print whole requests.
const OURS: [&str; 4] = ["adapters", "domain", "edge", "wiring"];

/// Starts logging for `function` at `level` (error, warn, info, debug or trace; info where it is
/// none of them). Logging that was started before stays as it is.
pub fn start(function: &str, level: Option<&str>) {
    let level: LevelFilter =
        level.and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO);
    let others = level.min(LevelFilter::WARN);
    let targets = Targets::new().with_default(others);
    let targets = OURS.into_iter().fold(targets, |targets, name| targets.with_target(name, level));
    let targets = targets.with_target(function.replace('-', "_"), level);
    let _ = tracing::subscriber::set_global_default(lines(function, std::io::stdout).with(targets));
}

/// The span of one request, message or record: its fields are in each line beneath it.
pub(crate) fn span(request_id: &str) -> tracing::Span {
    tracing::info_span!("request", request_id, sale_id = tracing::field::Empty)
}

/// Notes which sale the current request is about.
pub fn sale(id: domain::SaleId) {
    tracing::Span::current().record("sale_id", tracing::field::display(id));
}

fn lines(
    function: &str,
    writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static,
) -> impl Subscriber + for<'a> LookupSpan<'a> + Send + Sync {
    let line = Line { function: function.to_owned() };
    let lines = tracing_subscriber::fmt::layer().fmt_fields(JsonFields::new()).event_format(line);
    tracing_subscriber::registry().with(lines.with_writer(writer))
}

/// A line is one JSON object of `timestamp`, `level`, `function`, the event's fields, `message` among them, and
/// those of the span that it happened in. `tracing_subscriber`'s own JSON can put an event's fields
/// there (`flatten_event`), but leaves a span's under `span`, where the template's filters and
/// whoever searches for a sale would have to look twice.
struct Line {
    /// The functions share a log group.
    function: String,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> FormatEvent<S, JsonFields> for Line {
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut line: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let level = event.metadata().level();
        let (now, function) = (clock::now(), &self.function);
        write!(line, r#"{{"timestamp":"{now:.6}","level":"{level}","function":"{function}""#)?;
        let mut fields = String::new();
        context.format_fields(Writer::new(&mut fields), event)?;
        add(&mut line, &fields)?;
        if let Some(span) = context.lookup_current()
            && let Some(fields) = span.extensions().get::<FormattedFields<JsonFields>>()
        {
            add(&mut line, fields)?;
        }
        line.write_str("}\n")
    }
}

/// Adds the members of a JSON object to the one that the line is.
fn add(line: &mut Writer<'_>, object: &str) -> fmt::Result {
    match object.strip_prefix('{').and_then(|members| members.strip_suffix('}')) {
        None | Some("") => Ok(()),
        Some(members) => write!(line, ",{members}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::SaleId;
    use serde_json::{Value, json};
    use std::io::Read;
    use std::sync::{Arc, Once};

    const SALE: &str = "0195a0c0-0000-7000-8000-000000000001";

    /// What is logged while `work` runs, without the time of each line.
    fn lines(work: impl FnOnce()) -> Vec<Value> {
        // Other tests make spans while nobody listens. What tracing then remembers of them, that
        // nobody ever will, can outrun one that listens on this thread alone.
        static SOMEBODY: Once = Once::new();
        SOMEBODY.call_once(|| {
            let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
        });
        drop(span("r-0"));
        let (mut read, write) = std::io::pipe().unwrap();
        tracing::subscriber::with_default(super::lines("pay-signal", Arc::new(write)), work);
        let mut written = String::new();
        read.read_to_string(&mut written).unwrap();
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
                json!({
                    "level": "WARN", "function": "pay-signal", "message": "alone", "fault": "a \"quoted\"\nfault", "count": 2,
                    "sound": true,
                }),
                json!({
                    "level": "INFO", "function": "pay-signal", "message": "answered", "status": 200, "outcome": "done",
                    "request_id": "r-1", "sale_id": SALE,
                }),
            ]
        );
    }
}
