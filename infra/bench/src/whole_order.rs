//! The figures of a whole order: what it takes on the local stack, and what it costs at AWS.

use super::figures::{Figure, Report, Unit};
use super::groups::{COST, ORDER};
use super::order::{Order, Orders, cost};
use anyhow::{Context, Result};
use tools::narrator::Narrator;

/// What a whole order takes on the local stack, and costs at AWS.
pub(super) async fn of_an_order(narrator: &Narrator) -> Result<Vec<Figure>> {
    of_order(&Orders::start(narrator).await?.next().await?)
}

/// The least, figure by figure, of orders that are taken until none is worse than committed, five
/// at most: a conflict or a second delivery, which the local stack may have, only adds to one.
pub(super) async fn of_an_order_at_its_best(
    narrator: &Narrator,
    committed: &Report,
) -> Result<Vec<Figure>> {
    let mut orders = Orders::start(narrator).await?;
    let mut figures: Option<Vec<Figure>> = None;
    for _ in 0..5 {
        if let Some(least) = &figures {
            let worse = committed.regressions(least);
            if worse.is_empty() {
                break;
            }
            narrator
                .say(format_args!("once more, to see whether it stays so: {}", worse.join("; ")));
        }
        let more = match orders.next().await {
            Ok(order) => of_order(&order)?,
            // What was refused for a conflict isn't in the table's stream.
            Err(fault) => {
                narrator.say(format_args!("one can't be counted: {fault:#}"));
                continue;
            }
        };
        let least = figures.get_or_insert_with(|| more.clone());
        for (least, again) in
            least.iter_mut().zip(&more).filter(|(least, again)| least.of == again.of)
        {
            least.value = least.value.min(again.value);
        }
    }
    figures.context("no order could be counted")
}

/// What one order took, and costs.
fn of_order(order: &Order) -> Result<Vec<Figure>> {
    let counted = |of: &str, unit, value| Figure::counted(ORDER, of, unit, value);
    let mut figures = vec![
        counted("transitions of the state machine", Unit::Transitions, order.transitions)
            .within(6.0, 4.0),
        counted(
            "transitions for the six milestones",
            Unit::Transitions,
            order.milestone_transitions,
        )
        .within(0.0, 0.0),
        counted("write units of DynamoDB", Unit::Units, order.write_units).within(50.0, 42.0),
        counted("write units of DynamoDB, the indexes' part", Unit::Units, order.index_units),
        counted("read units of DynamoDB", Unit::Units, order.read_units),
        counted("calls of AWS", Unit::Calls, order.aws_calls),
        counted("calls of partners", Unit::Calls, order.partner_calls),
        counted("invocations of functions", Unit::Calls, order.invocations),
        counted("requests at the API", Unit::Calls, order.requests),
        counted("messages in queues", Unit::Calls, order.messages),
        counted("mails", Unit::Calls, order.mails),
        counted("events on the bus", Unit::Calls, order.events),
        counted("log", Unit::Bytes, order.logged_bytes),
    ];
    let written = order
        .written
        .iter()
        .map(|(kind, units)| counted(&format!("write units of {kind}"), Unit::Units, *units));
    figures.extend(written);
    let (prices, services) = cost(order)?;
    let all: f64 =
        services.iter().filter(|(service, _)| *service != "SES").map(|(_, dollars)| dollars).sum();
    figures.push(
        Figure::new(COST, format!("all but mail ({prices})"), Unit::Dollars, all)
            .within(170.0, 145.0),
    );
    figures.extend(
        services
            .into_iter()
            .map(|(service, dollars)| Figure::new(COST, service, Unit::Dollars, dollars)),
    );
    Ok(figures)
}
