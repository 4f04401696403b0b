//! What a browser sends with a form.

use edge::Request;

/// The most bytes of a form that people fill in line by line.
pub const MAX_FORM: usize = 8 * 1024;

/// A form's fields, in their order. It has no `Debug`: there may be a password among them.
#[derive(Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form that one of our own pages sent. `None`: it has more than `most` bytes, or is
    /// another site's. Ours are at `own_url`, whatever name the API has behind what stands before
    /// it, and where the API itself is asked.
    ///
    /// A browser says with each POST which site's page it is from. The session's cookie is
    /// `SameSite=Strict` besides (OWASP Cross-Site Request Forgery Prevention).
    pub fn read(request: &Request, own_url: &str, most: usize) -> Option<Self> {
        let origin = request.header("origin")?;
        let own = own_url.strip_prefix(origin).is_some_and(|rest| rest.starts_with('/'));
        let host = origin.split_once("://")?.1;
        if !own && !request.header("host").is_some_and(|own| own.eq_ignore_ascii_case(host)) {
            return None;
        }
        let body = request.body().ok().filter(|body| body.len() <= most)?;
        Some(Self(form_urlencoded::parse(body).into_owned().collect()))
    }

    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A field, the last of this name; empty where there is none.
    pub fn field(&self, name: &str) -> &str {
        self.0.iter().rfind(|(field, _)| field == name).map_or("", |(_, text)| text)
    }

    /// What was ticked under one name.
    pub fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, text)| text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use serde_json::json;
    use testkit::requests::post_as;

    const API: &str = "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com";

    fn is_taken(origin: &str) -> bool {
        is_taken_of(origin, "email=nerea%40example.com")
    }

    fn is_taken_of(origin: &str, body: &str) -> bool {
        let headers = json!({
            "origin": origin,
            "host": API,
            "content-type": "application/x-www-form-urlencoded",
        });
        let mut event = post_as("MAD-01", "[]", &headers, &json!({}));
        event["body"] = json!(body);
        let event = serde_json::from_value(event).unwrap();
        let request = Request::new(event, Timestamp::UNIX_EPOCH).unwrap();
        let form = Form::read(&request, "https://portal.example.com/portal", MAX_FORM);
        form.is_some_and(|form| form.field("email") == "nerea@example.com")
    }

    /// The case PORTAL-01: behind `CloudFront` the browser's site is the public name.
    #[test]
    fn forms_come_from_the_portal_s_public_name_or_the_api_s_own() {
        assert!(is_taken("https://portal.example.com"));
        assert!(is_taken(&format!("https://{API}")));
        for other in [
            "https://portal.example.com.evil.example",
            "https://portal.example",
            "http://portal.example.com",
            "https://evil.example",
            "null",
            "",
        ] {
            assert!(!is_taken(other), "{other}");
        }
    }

    #[test]
    fn a_form_that_is_too_long_is_none() {
        let of = |length: usize| {
            let own = "email=nerea%40example.com&x=";
            is_taken_of(
                &format!("https://{API}"),
                &format!("{own}{}", "y".repeat(length - own.len())),
            )
        };
        assert!(of(MAX_FORM));
        assert!(!of(MAX_FORM + 1));
    }
}
