//! A customer's session: the app sends its token as a bearer, the browser as a cookie that no
//! script can read.

use crate::cookie::{Cookie, LONGEST};
use crate::http::Request;
use crate::problem::{Problem, ProblemType};
use domain::account::{Account, AccountStore, NewPassword, SESSION_ABSOLUTE, Session, TokenDigest};
use domain::use_cases::log_in::authenticate;
use http::HeaderMap;
use http::header::AUTHORIZATION;

/// The cookie that keeps a session.
const SESSION: Cookie = Cookie::strict("__Host-session");

/// The header that has the browser keep a session.
pub fn cookie(token: &str) -> String {
    SESSION.keep(token, SESSION_ABSOLUTE)
}

/// The header that has it drop the session.
pub fn no_cookie() -> String {
    SESSION.discard()
}

/// The digest of the session's token, if the request has one. A bearer goes before a cookie.
pub fn token(headers: &HeaderMap) -> Result<TokenDigest, Problem> {
    let bearer = || {
        let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    };
    let has_bearer = headers.contains_key(AUTHORIZATION);
    let token = if has_bearer { bearer() } else { SESSION.sent(headers) };
    let token = token.filter(|token| !token.is_empty() && token.len() <= LONGEST);
    token.map(TokenDigest::of).ok_or_else(|| ProblemType::Unauthenticated.into())
}

/// A password as somebody tells it: any text that could be one, so that no hash is made of a book.
pub fn password(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.chars().count() > NewPassword::LONGEST {
        return Err("must be 1 to 128 characters");
    }
    Ok(text.to_owned())
}

/// The customer whose session the request carries.
pub async fn customer(
    store: &impl AccountStore,
    request: &Request,
) -> Result<(Session, Account), Problem> {
    let found = authenticate(store, &token(request.headers())?, request.now()).await?;
    found.ok_or_else(|| ProblemType::Unauthenticated.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use http::header::COOKIE;

    fn headers(all: &[(http::HeaderName, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in all {
            map.append(name, HeaderValue::from_str(value).unwrap());
        }
        map
    }

    #[test]
    fn a_token_comes_as_a_bearer_or_as_a_cookie() {
        let ours = TokenDigest::of("abc");
        for good in [
            &[(AUTHORIZATION, "Bearer abc")][..],
            &[(AUTHORIZATION, "bearer  abc ")],
            &[(COOKIE, "__Host-session=abc")],
            &[(COOKIE, "a=b; __Host-session=abc; c=d")],
            &[(COOKIE, "a=b"), (COOKIE, "__Host-session=abc")],
            &[(AUTHORIZATION, "Bearer abc"), (COOKIE, "__Host-session=other")],
        ] {
            assert_eq!(token(&headers(good)).ok(), Some(ours.clone()), "{good:?}");
        }
        let long = format!("Bearer {}", "a".repeat(LONGEST + 1));
        for bad in [
            &[][..],
            &[(AUTHORIZATION, "Basic abc")],
            &[(AUTHORIZATION, "Bearer")],
            &[(AUTHORIZATION, "Bearer ")],
            &[(AUTHORIZATION, &long)],
            &[(AUTHORIZATION, "Basic x"), (COOKIE, "__Host-session=abc")],
            &[(COOKIE, "session=abc")],
            &[(COOKIE, "__Host-session=")],
        ] {
            assert_eq!(
                token(&headers(bad)).unwrap_err().kind(),
                ProblemType::Unauthenticated,
                "{bad:?}"
            );
        }
    }

    #[test]
    fn no_script_and_no_other_site_sees_the_cookie() {
        for cookie in [cookie("abc"), no_cookie()] {
            for attribute in [
                "__Host-session=",
                "; Path=/",
                "; HttpOnly",
                "; Secure",
                "; SameSite=Strict",
                "; Max-Age=",
            ] {
                assert!(cookie.contains(attribute), "{cookie}");
            }
            assert!(!cookie.contains("Domain"));
        }
    }
}
