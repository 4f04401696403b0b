//! The desk's log-ins and sessions, by the digest of what the browser keeps.

use super::client::{DynamoSales, WriteError};
use super::item::{Item, item, key, list_of, number, string, strings, text};
use super::schema::{DESK, LOG_IN, session_pk};
use aws_sdk_dynamodb::types::ReturnValue;
use domain::account::TokenDigest;
use domain::desk::{DeskSession, DeskSessions, LogInUnderWay};
use domain::ports::StoreError;
use domain::{CountryCode, DealershipId, EmployeeId, ZoneName};
use jiff::Timestamp;

impl DeskSessions for DynamoSales {
    async fn keep_log_in(&self, log_in: &LogInUnderWay) -> Result<(), StoreError> {
        let mut stored = key(session_pk(&log_in.token), LOG_IN);
        stored.extend(item([
            ("state", text(&log_in.state)),
            ("nonce", text(&log_in.nonce)),
            ("verifier", text(&log_in.verifier)),
            ("expires_at", number(log_in.expires_at.as_second())),
        ]));
        self.put_item(stored).send().await.map(drop).map_err(|error| WriteError::from(error).into())
    }

    async fn take_log_in(&self, token: &TokenDigest) -> Result<Option<LogInUnderWay>, StoreError> {
        let delete = self.delete(key(session_pk(token), LOG_IN)).return_values(ReturnValue::AllOld);
        let deleted =
            delete.send().await.map_err(|error| StoreError::from(WriteError::from(error)))?;
        deleted.attributes.map(|found| log_in(token, &found).ok_or_else(broken)).transpose()
    }

    async fn open_desk(&self, session: &DeskSession) -> Result<(), StoreError> {
        let mut stored = key(session_pk(&session.token), DESK);
        stored.extend(item([
            ("employee", text(session.employee.as_str())),
            ("dealership", text(session.dealership.as_str())),
            ("country", text(session.country.as_str())),
            ("zone", text(session.zone.to_string())),
            ("roles", list_of(&session.roles)),
            ("expires_at", number(session.expires_at.as_second())),
        ]));
        stored
            .extend(session.log_out_url.as_ref().map(|url| ("log_out_url".to_owned(), text(url))));
        self.put_item(stored).send().await.map(drop).map_err(|error| WriteError::from(error).into())
    }

    async fn desk_session(&self, token: &TokenDigest) -> Result<Option<DeskSession>, StoreError> {
        let found = self.one(key(session_pk(token), DESK)).await?;
        found.map(|found| session(token, &found).ok_or_else(broken)).transpose()
    }

    async fn close_desk(&self, token: &TokenDigest) -> Result<(), StoreError> {
        self.delete_item(key(session_pk(token), DESK)).await
    }
}

fn log_in(token: &TokenDigest, found: &Item) -> Option<LogInUnderWay> {
    let part = |name| string(found, name).map(str::to_owned);
    Some(LogInUnderWay {
        token: token.clone(),
        state: part("state")?,
        nonce: part("nonce")?,
        verifier: part("verifier")?,
        expires_at: end(found)?,
    })
}

fn session(token: &TokenDigest, found: &Item) -> Option<DeskSession> {
    Some(DeskSession {
        token: token.clone(),
        employee: EmployeeId::parse(string(found, "employee")?).ok()?,
        dealership: DealershipId::parse(string(found, "dealership")?).ok()?,
        country: CountryCode::parse(string(found, "country")?).ok()?,
        zone: ZoneName::parse(string(found, "zone")?).ok()?,
        roles: strings(found, "roles")?,
        log_out_url: string(found, "log_out_url").map(str::to_owned),
        expires_at: end(found)?,
    })
}

/// Whole seconds, as DynamoDB takes away what is over.
fn end(found: &Item) -> Option<Timestamp> {
    Timestamp::from_second(string(found, "expires_at")?.parse().ok()?).ok()
}

fn broken() -> StoreError {
    tracing::error!("a session of the desk can't be read");
    StoreError::Corrupt
}
