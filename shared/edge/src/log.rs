//! Logs: one JSON line a decision, readable alone, with request id and sale id, and nothing personal in it.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
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
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_span_list(false).with_target(false);
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
