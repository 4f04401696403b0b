//! What an account refuses: its customer's credentials, passwords and links.

use super::{Problem, ProblemType};
use crate::fault::Fault;
use domain::account::{PasswordFault, TooSoon};
use domain::use_cases::{
    activate_account, change_password, log_in, resend_credentials, reset_password,
};

impl Problem {
    /// An attempt that came before its time.
    pub fn too_soon(wait: TooSoon) -> Self {
        Self { retry_after: Some(wait.seconds), ..Self::new(ProblemType::TooManyLogIns) }
    }
}

impl From<log_in::Failure> for Problem {
    fn from(failure: log_in::Failure) -> Self {
        match failure {
            log_in::Failure::Refused => ProblemType::CredentialsRefused.into(),
            log_in::Failure::TooSoon(wait) => Self::too_soon(wait),
            log_in::Failure::Store(fault) => fault.into(),
        }
    }
}

impl From<activate_account::Failure> for Problem {
    fn from(failure: activate_account::Failure) -> Self {
        match failure {
            activate_account::Failure::Refused => ProblemType::CredentialsRefused.into(),
            activate_account::Failure::Password(fault) => new_password(fault),
            activate_account::Failure::Store(fault) => fault.into(),
        }
    }
}

impl From<change_password::Failure> for Problem {
    fn from(failure: change_password::Failure) -> Self {
        match failure {
            change_password::Failure::Refused => ProblemType::CredentialsRefused.into(),
            change_password::Failure::TooSoon(wait) => Self::too_soon(wait),
            change_password::Failure::Password(fault) => new_password(fault),
            change_password::Failure::Store(fault) => fault.into(),
        }
    }
}

impl From<resend_credentials::Failure> for Problem {
    fn from(failure: resend_credentials::Failure) -> Self {
        match failure {
            resend_credentials::Failure::NotFound => ProblemType::SaleNotFound.into(),
            resend_credentials::Failure::Active => ProblemType::AccountActive.into(),
            resend_credentials::Failure::Store(fault) => fault.into(),
            resend_credentials::Failure::Queue(_) => ProblemType::Unavailable.into(),
        }
    }
}

impl From<reset_password::Failure> for Problem {
    fn from(failure: reset_password::Failure) -> Self {
        match failure {
            reset_password::Failure::Refused => ProblemType::CredentialsRefused.into(),
            reset_password::Failure::Password(fault) => new_password(fault),
            reset_password::Failure::Store(fault) => fault.into(),
        }
    }
}

/// Where a request has its new password.
fn new_password(fault: PasswordFault) -> Problem {
    Problem::invalid(vec![Fault::new("/new_password", fault.to_string())])
}
