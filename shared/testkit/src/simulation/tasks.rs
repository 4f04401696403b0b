//! The state machine's functions, by their deployed names.

use super::settings::{PATIENCE, REMINDER_LEAD, TELL_BEYOND, WINDOW};
use crate::memory::{Ports, World};
use domain::SaleId;
use domain::task_errors::{self, TaskError};
use domain::use_cases::{follow_factory, place_order, register_vehicle, time_out};
use jiff::Timestamp;

/// A task function, by its deployed name.
pub(super) async fn invoke(
    world: &World,
    function: &str,
    sale: SaleId,
    now: Timestamp,
) -> Result<Option<time_out::Next>, &'static str> {
    let ports = Ports::new(world, "task");
    match function {
        "place-factory-order" => {
            place_order::place_factory_order(&ports, &ports, sale, PATIENCE.case_after, now)
                .await
                .map(|_| None)
                .map_err(|failure| failure.task_error())
        }
        "check-factory-order" => {
            let settings =
                follow_factory::Settings { final_payment_window: WINDOW, tell_beyond: TELL_BEYOND };
            let checked =
                follow_factory::check_factory_order(&ports, &ports, sale, settings, now).await;
            checked.map(|_| None).map_err(|failure| failure.task_error())
        }
        "register-vehicle" => {
            register_vehicle::register_vehicle(&ports, &ports, sale, PATIENCE.case_after, now)
                .await
                .map(|_| None)
                .map_err(|failure| failure.task_error())
        }
        "lapse-sale" => time_out::lapse_sale(&ports, &ports, sale, now)
            .await
            .map(Some)
            .map_err(|failure| failure.task_error()),
        "unassign-vehicle" => {
            let next = time_out::unassign_vehicle(&ports, &ports, sale, REMINDER_LEAD, now).await;
            next.map(Some).map_err(|failure| failure.task_error())
        }
        _ => Err(task_errors::NEEDS_ATTENTION),
    }
}
