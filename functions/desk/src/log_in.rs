//! In by the corporate issuer, and out again.

use crate::pages::Frame;
use crate::{Desk, Fresh, Parts};
use domain::account::TokenDigest;
use domain::desk::{DESK_LOG_IN, DESK_SESSION, DeskSession, DeskSessions};
use domain::use_cases::log_in_at_desk::{self, Answer, Error};
use edge::http::Page;
use edge::{Cookie, Employee, Problem, ProblemType, Request};

/// What the browser keeps of a session.
const SESSION: Cookie = Cookie::strict("__Host-desk");
/// What it keeps while it is at the issuer's, whose page leads back to ours.
const LOG_IN: Cookie = Cookie::lax("__Host-desk-log-in");

impl<P: Parts> Desk<'_, P> {
    /// Whose session the request carries, while it stands.
    pub(crate) async fn employee(&self, request: &Request) -> Result<Option<Employee>, Problem> {
        let Some(token) = SESSION.sent(request.headers()) else { return Ok(None) };
        let token = TokenDigest::of(token);
        let session = log_in_at_desk::authenticate(self.sessions, &token, request.now()).await?;
        Ok(session.map(|session| Employee::of_session(&session)))
    }

    /// Sends the browser to the issuer's page.
    pub(crate) async fn begin_log_in(
        &self,
        frame: &Frame,
        fresh: &Fresh,
        request: &Request,
    ) -> Result<Page, Problem> {
        let token = TokenDigest::of(&fresh.token);
        match log_in_at_desk::begin(self.sessions, self.issuer, token, request.now()).await {
            Ok(url) => {
                let kept = LOG_IN.keep(&fresh.token, DESK_LOG_IN);
                Ok(web::redirect(url).with("set-cookie", kept))
            }
            Err(Error::Store(fault)) => Err(fault.into()),
            Err(_) => Ok(frame.door(503, Some(frame.words.issuer_silent))),
        }
    }

    /// Takes the issuer's answer. The page that follows asks for the employee's first page by
    /// itself: this one was asked for by the issuer's, and the browser would keep the session's
    /// cookie back.
    pub(crate) async fn end_log_in(
        &self,
        frame: &Frame,
        fresh: &Fresh,
        request: &Request,
    ) -> Result<Page, Problem> {
        let refused = |status, why| Ok(frame.door(status, Some(why)));
        let answer = request.query("state").zip(request.query("code"));
        let kept = LOG_IN.sent(request.headers());
        let Some(((state, code), kept)) = answer.zip(kept) else {
            return refused(401, frame.words.log_in_failed);
        };
        let (kept, answer) = (TokenDigest::of(kept), Answer { state, code });
        let now = request.now();
        let admitted =
            match log_in_at_desk::admit(self.sessions, self.issuer, &kept, answer, now).await {
                Ok(admitted) => admitted,
                Err(Error::Store(fault)) => return Err(fault.into()),
                Err(Error::Issuer(domain::desk::IssuerError::Unavailable(_))) => {
                    return refused(503, frame.words.issuer_silent);
                }
                Err(_) => return refused(401, frame.words.log_in_failed),
            };
        let claims = admitted.claims.into_iter().collect();
        let employee = match Employee::from_claims(Some(&claims)) {
            Ok(employee) => employee,
            Err(problem) if problem.kind() == ProblemType::Forbidden => {
                return Ok(frame.door_with(403, frame.words.no_claims, problem.said()));
            }
            Err(problem) => return Err(problem),
        };
        let home = frame.clone().of(&employee).home();
        let session = DeskSession {
            token: TokenDigest::of(&fresh.token),
            roles: employee.roles.iter().map(|role| role.as_str().to_owned()).collect(),
            employee: employee.id,
            dealership: employee.dealership,
            country: employee.country,
            zone: employee.zone,
            log_out_url: admitted.log_out_url,
            expires_at: now.checked_add(DESK_SESSION).unwrap_or(now),
        };
        self.sessions.open_desk(&session).await?;
        let kept = SESSION.keep(&fresh.token, DESK_SESSION);
        Ok(web::again(frame.words.desk, home).with("set-cookie", kept))
    }

    /// Ends the session here, and then the issuer's, where the issuer says how.
    pub(crate) async fn log_out(&self, frame: &Frame, request: &Request) -> Result<Page, Problem> {
        let mut elsewhere = None;
        if let Some(token) = SESSION.sent(request.headers()) {
            let token = TokenDigest::of(token);
            let session = self.sessions.desk_session(&token).await?;
            elsewhere = session.and_then(|session| session.log_out_url);
            self.sessions.close_desk(&token).await?;
        }
        let page = match elsewhere {
            Some(url) => frame.leave_for(&url),
            None => frame.redirect("goodbye"),
        };
        Ok(page.with("set-cookie", SESSION.discard()))
    }
}
