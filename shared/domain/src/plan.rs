//! The plan comercial as sold: base platform, opciones disponibles, and where the vehicle is delivered.

use crate::customer::Address;
use crate::ids::IdFault;
use serde::{Deserialize, Serialize};

macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses 1 to 32 capital letters, digits and hyphens.
            pub fn parse(text: &str) -> Result<Self, IdFault> {
                let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
                if text.is_empty() || text.len() > 32 || !text.chars().all(allowed) {
                    return Err(IdFault::Malformed { max: 32, allowed: "capital letters, digits and hyphens" });
                }
                Ok(Self(text.to_owned()))
            }

            /// The code.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdFault;
            fn try_from(text: String) -> Result<Self, IdFault> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0
            }
        }
    };
}

code! {
    /// Vehicle model or platform code.
    BasePlatform
}
code! {
    /// One of the plan's opciones disponibles.
    OptionCode
}

/// What the customer bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The vehicle to manufacture.
    pub base_platform: BasePlatform,
    /// Pre-selected options, each once, at most [`Plan::MAX_OPTIONS`].
    pub options: Vec<OptionCode>,
}

impl Plan {
    /// No plan offers more.
    pub const MAX_OPTIONS: usize = 50;
}

/// Where the finished vehicle goes (seed: Order Data Structure, `delivery_location`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Delivery {
    /// To the dealership that sold it.
    Dealership,
    /// To an address of the customer's.
    CustomerAddress {
        /// Where.
        address: Address,
    },
}
