//! What a browser sends with a form.

use edge::Request;
use std::collections::BTreeMap;

/// More than any form of ours needs, in bytes.
const LONGEST: usize = 8 * 1024;

/// A form's fields.
#[derive(Default)]
pub(crate) struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads a form that one of our own pages sent. `None`: it is too long, or another site's.
    ///
    /// A browser says with each POST which site's page it is from. The session's cookie is
    /// `SameSite=Strict` besides (OWASP Cross-Site Request Forgery Prevention).
    pub(crate) fn read(request: &Request) -> Option<Self> {
        let origin = request.header("origin")?.split_once("://")?.1;
        if !request.header("host").is_some_and(|host| host.eq_ignore_ascii_case(origin)) {
            return None;
        }
        let body = request.body().ok().filter(|body| body.len() <= LONGEST)?;
        Some(Self(form_urlencoded::parse(body).into_owned().collect()))
    }

    /// Whether nothing was sent.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A field; empty where there is none.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}
