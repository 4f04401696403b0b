//! The desk's log-ins and sessions in memory, and an issuer that lets in who it is told to.

use domain::account::TokenDigest;
use domain::desk::{
    Admitted, Begun, DeskSession, DeskSessions, Issuer, IssuerError, LogInUnderWay,
};
use domain::ports::StoreError;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Log-ins and sessions of the desk in memory.
#[derive(Default)]
pub struct Desk {
    log_ins: RefCell<BTreeMap<TokenDigest, LogInUnderWay>>,
    sessions: RefCell<BTreeMap<TokenDigest, DeskSession>>,
}

impl DeskSessions for Desk {
    async fn keep_log_in(&self, log_in: &LogInUnderWay) -> Result<(), StoreError> {
        self.log_ins.borrow_mut().insert(log_in.token.clone(), log_in.clone());
        Ok(())
    }

    async fn take_log_in(&self, token: &TokenDigest) -> Result<Option<LogInUnderWay>, StoreError> {
        Ok(self.log_ins.borrow_mut().remove(token))
    }

    async fn open_desk(&self, session: &DeskSession) -> Result<(), StoreError> {
        self.sessions.borrow_mut().insert(session.token.clone(), session.clone());
        Ok(())
    }

    async fn desk_session(&self, token: &TokenDigest) -> Result<Option<DeskSession>, StoreError> {
        Ok(self.sessions.borrow().get(token).cloned())
    }

    async fn close_desk(&self, token: &TokenDigest) -> Result<(), StoreError> {
        self.sessions.borrow_mut().remove(token);
        Ok(())
    }
}

/// An issuer that takes the code `good`, and says this of whoever comes with it.
#[derive(Debug, Default)]
pub struct TestIssuer {
    /// The claims of its tokens.
    pub claims: BTreeMap<String, String>,
}

impl Issuer for TestIssuer {
    async fn begin(&self) -> Result<Begun, IssuerError> {
        let [state, nonce, verifier] = ["state", "nonce", "verifier"].map(str::to_owned);
        Ok(Begun {
            url: "https://id.example/authorize?state=state".to_owned(),
            state,
            nonce,
            verifier,
        })
    }

    async fn admit(&self, log_in: &LogInUnderWay, code: &str) -> Result<Admitted, IssuerError> {
        let fits = code == "good" && log_in.verifier == "verifier" && log_in.nonce == "nonce";
        let log_out_url = Some("https://id.example/end-session".to_owned());
        fits.then(|| Admitted { claims: self.claims.clone(), log_out_url })
            .ok_or(IssuerError::Refused)
    }
}
