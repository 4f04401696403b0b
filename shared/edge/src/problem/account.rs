//! What an account refuses: its customer's credentials, passwords and links.

use super::{Problem, ProblemType};
use crate::fault::Fault;
use domain::account::{PasswordError, TooSoon};
use domain::use_cases::{
    activate_account, change_password, log_in, resend_credentials, reset_password,
};

impl Problem {
    /// An attempt that came before its time.
    pub fn too_soon(wait: TooSoon) -> Self {
        Self { retry_after: Some(wait.seconds), ..Self::new(ProblemType::TooManyLogIns) }
    }
}

impl From<log_in::Error> for Problem {
    fn from(failure: log_in::Error) -> Self {
        match failure {
            log_in::Error::Refused => ProblemType::CredentialsRefused.into(),
            log_in::Error::TooSoon(wait) => Self::too_soon(wait),
            log_in::Error::Store(fault) => fault.into(),
        }
    }
}

impl From<activate_account::Error> for Problem {
    fn from(failure: activate_account::Error) -> Self {
        match failure {
            activate_account::Error::Refused => ProblemType::CredentialsRefused.into(),
            activate_account::Error::Password(fault) => new_password(fault),
            activate_account::Error::Store(fault) => fault.into(),
        }
    }
}

impl From<change_password::Error> for Problem {
    fn from(failure: change_password::Error) -> Self {
        match failure {
            change_password::Error::Refused => ProblemType::CredentialsRefused.into(),
            change_password::Error::TooSoon(wait) => Self::too_soon(wait),
            change_password::Error::Password(fault) => new_password(fault),
            change_password::Error::Store(fault) => fault.into(),
        }
    }
}

impl From<resend_credentials::Error> for Problem {
    fn from(failure: resend_credentials::Error) -> Self {
        match failure {
            resend_credentials::Error::NotFound => ProblemType::SaleNotFound.into(),
            resend_credentials::Error::Erased => {
                Self::new(ProblemType::SaleEnded).detail(failure.to_string())
            }
            resend_credentials::Error::Active => ProblemType::AccountActive.into(),
            resend_credentials::Error::Store(fault) => fault.into(),
            resend_credentials::Error::Queue(_) => ProblemType::Unavailable.into(),
        }
    }
}

impl From<reset_password::Error> for Problem {
    fn from(failure: reset_password::Error) -> Self {
        match failure {
            reset_password::Error::Refused => ProblemType::CredentialsRefused.into(),
            reset_password::Error::Password(fault) => new_password(fault),
            reset_password::Error::Store(fault) => fault.into(),
        }
    }
}

/// Where a request has its new password.
fn new_password(fault: PasswordError) -> Problem {
    Problem::invalid(vec![Fault::new("/new_password", fault.to_string())])
}
