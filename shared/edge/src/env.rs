//! Configuration: environment variables, read once by the wiring, typed, each fault naming its
//! variable.

use jiff::SignedDuration;
use std::str::FromStr;

pub use domain::seller::Sellers;

/// A variable that can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not set, or empty.
    #[error("the environment variable {0} is missing")]
    Missing(&'static str),
    /// Set to something else.
    #[error("the environment variable {name} must be {expected}")]
    Invalid {
        /// The variable's name.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
    },
}

/// Where variables are looked up.
#[derive(Debug, Clone, Copy)]
pub struct Environment(fn(&str) -> Option<String>);

impl Environment {
    /// The environment of this process.
    pub fn process() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is where the wiring reads its configuration"
        )]
        fn variable(name: &str) -> Option<String> {
            std::env::var(name).ok()
        }
        Self(variable)
    }

    /// Another one, for tests.
    pub fn of(lookup: fn(&str) -> Option<String>) -> Self {
        Self(lookup)
    }

    /// A text that may be absent; an empty one is.
    pub fn optional(self, name: &'static str) -> Option<String> {
        self.0(name).filter(|value| !value.is_empty())
    }

    /// A text that has to be there, and isn't empty.
    pub fn text(self, name: &'static str) -> Result<String, ConfigError> {
        self.optional(name).ok_or(ConfigError::Missing(name))
    }

    /// The base URL of a partner, without a slash at its end.
    pub fn url(self, name: &'static str) -> Result<String, ConfigError> {
        let url = self.text(name)?;
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(ConfigError::Invalid { name, expected: "an http(s) URL" });
        }
        Ok(url.trim_end_matches('/').to_owned())
    }

    /// A positive count.
    pub fn count(self, name: &'static str) -> Result<u16, ConfigError> {
        self.number(name, "a positive number below 65536", |count| *count > 0)
    }

    /// An amount of money in minor units, or none: 0.
    pub fn amount(self, name: &'static str) -> Result<u64, ConfigError> {
        self.number(name, "an amount in minor units", |_| true)
    }

    /// A number of seconds, or none: 0.
    pub fn pause(self, name: &'static str) -> Result<SignedDuration, ConfigError> {
        self.number(name, "a number of seconds", |seconds| *seconds >= 0)
            .map(SignedDuration::from_secs)
    }

    /// A positive number of seconds.
    pub fn seconds(self, name: &'static str) -> Result<SignedDuration, ConfigError> {
        self.number(name, "a positive number of seconds", |seconds| *seconds > 0)
            .map(SignedDuration::from_secs)
    }

    /// Who sells in each country, as JSON: `{"ES":{"name":"…","tax_id":"…","address":"…"}}`.
    pub fn sellers(self, name: &'static str) -> Result<Sellers, ConfigError> {
        let expected = "JSON that has name, tax_id and address of each country's seller";
        // serde_json's message would quote what is there.
        serde_json::from_str(&self.text(name)?).map_err(|_| ConfigError::Invalid { name, expected })
    }

    fn number<T: FromStr>(
        self,
        name: &'static str,
        expected: &'static str,
        holds: fn(&T) -> bool,
    ) -> Result<T, ConfigError> {
        let number = self.text(name)?.parse().ok().filter(holds);
        number.ok_or(ConfigError::Invalid { name, expected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> Environment {
        Environment::of(|name| {
            let value = match name {
                "TABLE_NAME" => "sales",
                "GATEWAY_URL" => "http://localhost:8420/",
                "WINDOW" => "3600",
                "WORD" => "soon",
                "SELLERS" => r#"{"ES":{"name":"CaaS","tax_id":"B1","address":"Calle Mayor 1"}}"#,
                "EMPTY" => "",
                _ => return None,
            };
            Some(value.to_owned())
        })
    }

    #[test]
    fn values_are_typed() {
        assert_eq!(environment().text("TABLE_NAME").unwrap(), "sales");
        assert_eq!(environment().url("GATEWAY_URL").unwrap(), "http://localhost:8420");
        assert_eq!(environment().seconds("WINDOW").unwrap(), SignedDuration::from_hours(1));
    }

    #[test]
    fn a_country_has_its_seller() {
        let sellers = environment().sellers("SELLERS").unwrap();
        let of = |code| sellers.of(domain::CountryCode::parse(code).unwrap());
        assert_eq!(of("ES").unwrap().tax_id, "B1");
        assert_eq!(of("PT"), None);
        let fault = environment().sellers("WORD").unwrap_err();
        assert!(fault.to_string().contains("name, tax_id and address"), "{fault}");
    }

    #[test]
    fn faults_name_their_variable() {
        for name in ["FACTORY_URL", "EMPTY"] {
            let fault = environment().text(name).unwrap_err();
            assert_eq!(fault.to_string(), format!("the environment variable {name} is missing"));
        }
        assert!(environment().seconds("WORD").unwrap_err().to_string().contains("WORD"));
        assert!(environment().url("TABLE_NAME").unwrap_err().to_string().contains("TABLE_NAME"));
    }
}
