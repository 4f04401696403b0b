//! What a client of the issuer asks for, and what the code that it gets stands for.

use crate::answer::Fault;
use crate::keys::Employee;
use serde::{Deserialize, Serialize};

/// What a client asks the page for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) response_type: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) code_challenge: String,
    pub(crate) code_challenge_method: String,
}

impl Request {
    /// That it asks for the one flow that there is.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        let is_flow = self.response_type == "code" && self.code_challenge_method == "S256";
        let is_openid = self.scope.split(' ').any(|scope| scope == "openid");
        if is_flow && is_openid && !self.state.is_empty() && !self.nonce.is_empty() {
            return Ok(());
        }
        let wanted = "response_type=code, scope openid, state, nonce and a challenge by S256";
        Err(Fault::Invalid(format!("wanted: {wanted}")))
    }
}

/// What a code stands for.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) request: Request,
    pub(crate) employee: Employee,
}
