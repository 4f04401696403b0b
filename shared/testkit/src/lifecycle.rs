//! The deployed state machine, with the windows of a run in its placeholders.

use crate::asl::Machine;
use crate::simulation::{REMINDER_LEAD, WINDOW};

/// The file that is deployed.
const DEFINITION: &str = include_str!("../../../statemachine/sale_lifecycle.asl.json");

/// Reads the deployed definition. Windows are a run's own, the rest are the template's defaults.
pub fn machine() -> Result<Machine, String> {
    Machine::parse(DEFINITION, |name| match name {
        "SignalPaymentTimeoutSeconds" => WINDOW.as_secs().to_string(),
        "ReminderTimeoutSeconds" => (WINDOW - REMINDER_LEAD).as_secs().to_string(),
        "FinalPaymentTimeoutSeconds" => REMINDER_LEAD.as_secs().to_string(),
        "VehicleTimeoutSeconds" => "2592000".to_owned(),
        "RecheckTimeoutSeconds" => "3600".to_owned(),
        "RetrySeconds" => "5".to_owned(),
        other => function_name(other),
    })
}

/// `PlaceFactoryOrderArn` is the function `place-factory-order`.
fn function_name(placeholder: &str) -> String {
    let mut name = String::new();
    for letter in placeholder.trim_end_matches("Arn").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
