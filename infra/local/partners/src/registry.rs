//! The countries' registries: one API, a path a country. A vehicle gets a plate in the form of its
//! country.

use crate::answer::Fault;
use crate::clock::now;
use crate::registration::{Document, Owner, Registration};
use crate::request::{Body, Key};
use crate::world::World;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// Country, form and letters of its plates: `?` is a letter, `#` a digit, `+` a digit that is not
/// 0.
const PLATES: [(&str, &str, &str); 5] = [
    ("ES", "#### ???", "BCDFGHJKLMNPRSTVWXYZ"),
    ("PT", "??-##-??", "ABCDEFGHIJLMNOPQRSTUVXZ"),
    ("FR", "??-###-??", "ABCDEFGHJKLMNPQRSTVWXYZ"),
    ("DE", "M-?? +###", "ABCDEFGHJKLMNPRSTUVWXYZ"),
    ("IT", "?? ### ??", "ABCDEFGHJKLMNPRSTVWXYZ"),
];

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new().route("/{country}/registrations", post(register))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistrationBody {
    vehicle_id: String,
    dealership_id: String,
    owner: Owner,
    documents: Vec<Document>,
}

async fn register(
    State(world): State<Arc<World>>,
    Path(country): Path<String>,
    Key(reference): Key,
    Body(body): Body<RegistrationBody>,
) -> Result<(StatusCode, Json<Value>), Fault> {
    let mut ledger = world.ledger();
    if let Some(known) = ledger
        .registrations
        .iter_mut()
        .find(|known| known.reference == reference && known.country == country)
    {
        known.calls += 1;
        return Ok(known.answer());
    }
    let number = world.serial();
    let plate = plate(&country, number).ok_or(Fault::Unknown("country"))?;
    let RegistrationBody { vehicle_id, dealership_id, owner, documents } = body;
    let id = format!("R-{number}");
    let registration = Registration {
        id,
        reference,
        country,
        plate,
        vehicle_id,
        dealership_id,
        owner,
        documents,
        at: now(),
        calls: 1,
    };
    let answer = registration.answer();
    ledger.registrations.push(registration);
    Ok(answer)
}

/// The country's plate with this number: numbers that follow each other give plates that do. `None`
/// without the country.
fn plate(country: &str, number: u64) -> Option<String> {
    let (_, form, letters) = PLATES.into_iter().find(|(known, ..)| *known == country)?;
    let mut rest = usize::try_from(number).ok()?;
    let mut draw = |symbols: &str| {
        let symbol = symbols.chars().nth(rest % symbols.len());
        rest /= symbols.len();
        symbol
    };
    let backwards = form.chars().rev().map(|place| match place {
        '?' => draw(letters),
        '#' => draw("0123456789"),
        '+' => draw("123456789"),
        fixed => Some(fixed),
    });
    let backwards: Vec<char> = backwards.collect::<Option<_>>()?;
    Some(backwards.into_iter().rev().collect())
}
