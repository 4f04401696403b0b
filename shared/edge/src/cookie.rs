//! Cookies for this host and all its paths, over TLS alone, that no script reads.

use http::HeaderMap;
use http::header::COOKIE;
use jiff::SignedDuration;

/// Longer than any token of ours; what is longer isn't looked at.
pub(crate) const LONGEST: usize = 128;

/// A cookie, by its name and by whose pages may have it sent.
#[derive(Debug, Clone, Copy)]
pub struct Cookie {
    /// Begins with `__Host-`: browsers take it over TLS only, for this host and all its paths.
    name: &'static str,
    same_site: &'static str,
}

impl Cookie {
    /// A cookie that is sent with what our own pages ask for alone.
    pub const fn strict(name: &'static str) -> Self {
        Self { name, same_site: "Strict" }
    }

    /// A cookie that is sent, too, where another site's page leads to a page of ours.
    pub const fn lax(name: &'static str) -> Self {
        Self { name, same_site: "Lax" }
    }

    /// The header that has the browser keep it.
    pub fn keep(self, value: &str, lifetime: SignedDuration) -> String {
        let Self { name, same_site } = self;
        let seconds = lifetime.as_secs();
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite={same_site}")
    }

    /// The header that has the browser drop it.
    pub fn discard(self) -> String {
        self.keep("", SignedDuration::ZERO)
    }

    /// What the browser kept, if it sends it and it can be a token of ours.
    pub fn sent(self, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut cookies =
            lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, token) = cookies.find(|(name, _)| *name == self.name)?;
        (!token.is_empty() && token.len() <= LONGEST).then_some(token)
    }
}
