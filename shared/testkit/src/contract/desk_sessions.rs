//! What a [`DeskSessions`] promises.

use super::{Outcome, fresh_attempt_id};
use domain::account::TokenDigest;
use domain::desk::{DeskSession, DeskSessions, LogInUnderWay};
use domain::{CountryCode, DealershipId, EmployeeId, ZoneName};
use jiff::Timestamp;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! desk_sessions {
    ($each:ident) => {
        $each! { desk_sessions:
            a_log_in_is_taken_once,
            a_session_of_the_desk_is_there_until_it_is_closed
        }
    };
}

fn token() -> TokenDigest {
    TokenDigest::of(&fresh_attempt_id().to_string())
}

fn end() -> Result<Timestamp, jiff::Error> {
    "2099-03-02T09:00:00Z".parse()
}

/// Protects against an answer that is sent twice.
pub async fn a_log_in_is_taken_once(store: &impl DeskSessions) -> Outcome {
    let [state, nonce, verifier] = ["s-1", "n-1", "v-1"].map(str::to_owned);
    let log_in = LogInUnderWay { token: token(), state, nonce, verifier, expires_at: end()? };
    store.keep_log_in(&log_in).await?;
    assert_eq!(store.take_log_in(&token()).await?, None, "another browser's");
    assert!(store.desk_session(&log_in.token).await?.is_none(), "a log-in is no session");
    assert_eq!(store.take_log_in(&log_in.token).await?, Some(log_in.clone()));
    assert_eq!(store.take_log_in(&log_in.token).await?, None);
    Ok(())
}

/// Protects who is logged in, and who has logged out.
pub async fn a_session_of_the_desk_is_there_until_it_is_closed(
    store: &impl DeskSessions,
) -> Outcome {
    let session = DeskSession {
        token: token(),
        employee: EmployeeId::parse("auth0|64c0ffee")?,
        dealership: DealershipId::parse("MAD-01")?,
        country: CountryCode::parse("ES")?,
        zone: ZoneName::parse("Atlantic/Canary")?,
        roles: vec!["sales".to_owned(), "auditor".to_owned()],
        log_out_url: Some("https://id.example/end".to_owned()),
        expires_at: end()?,
    };
    let bare =
        DeskSession { token: token(), roles: Vec::new(), log_out_url: None, ..session.clone() };
    for session in [session, bare] {
        assert!(store.desk_session(&session.token).await?.is_none());
        store.open_desk(&session).await?;
        assert!(store.desk_session(&session.token).await? == Some(session.clone()));
        assert_eq!(store.take_log_in(&session.token).await?, None, "a session is no log-in");
        store.close_desk(&session.token).await?;
        assert!(store.desk_session(&session.token).await?.is_none());
    }
    Ok(())
}
