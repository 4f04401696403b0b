//! A password that a customer chooses (NIST SP 800-63B, section 5.1.1.2): length and no common
//! ones; no rules on kinds of characters.

use crate::ports::Recipient;
use std::fmt;

/// Real passwords of 12 characters and more among the 30 000 most common, from the list of zxcvbn
/// (MIT licence).
const COMMON: &str = include_str!("common_passwords.txt");
/// What people put digits and signs behind, or repeat, to make it long enough.
const STEMS: [&str; 20] = [
    "password",
    "passwort",
    "contraseña",
    "contrasena",
    "senha",
    "motdepasse",
    "qwerty",
    "qwertz",
    "azerty",
    "qwertyuiop",
    "iloveyou",
    "tequiero",
    "welcome",
    "bienvenido",
    "bienvenue",
    "willkommen",
    "administrator",
    "administrador",
    "letmein",
    "caas",
];
/// Fewer different characters than this make no password.
const DIFFERENT: usize = 5;
/// A name or address shorter than this may be in the password by chance.
const PERSONAL: usize = 4;

/// Why a password was refused. Never repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("must be {} to {} characters", NewPassword::SHORTEST, NewPassword::LONGEST)]
    Length,
    /// Many people have it, or it is a pattern.
    #[error("is too common or too regular; choose another")]
    Common,
    /// Anybody who knows the customer would try it.
    #[error("must not contain the name or the e-mail address")]
    Personal,
}

/// A password that may be taken.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword(String);

impl NewPassword {
    /// The fewest characters that a password may have (Unicode scalar values, not bytes).
    pub const SHORTEST: usize = 12;
    /// The most characters that a password may have: it bounds the work of hashing.
    pub const LONGEST: usize = 128;

    /// Checks what needs no account.
    pub fn parse(text: &str) -> Result<Self, PasswordError> {
        if !(Self::SHORTEST..=Self::LONGEST).contains(&text.chars().count()) {
            return Err(PasswordError::Length);
        }
        let lower = text.to_lowercase();
        if COMMON.lines().any(|common| common == lower)
            || is_regular(&lower)
            || is_padded_stem(&lower)
        {
            return Err(PasswordError::Common);
        }
        Ok(Self(text.to_owned()))
    }

    /// Checks it against whose it will be.
    pub fn fits(&self, owner: &Recipient) -> Result<(), PasswordError> {
        let (lower, email) = (self.0.to_lowercase(), owner.email.normalized());
        let local = email.split('@').next().unwrap_or_default();
        let name = owner.full_name.as_str().to_lowercase();
        let personal = |part: &str| part.chars().count() >= PERSONAL && lower.contains(part);
        let found = personal(local)
            || name.split_whitespace().any(personal)
            || personal(&name.replace(' ', ""));
        if found { Err(PasswordError::Personal) } else { Ok(()) }
    }

    /// The text, for the hash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

/// Few different characters, or each the one after (or before) the last: `aaaa…`, `1234…`, `zyxw…`.
fn is_regular(text: &str) -> bool {
    let mut different: Vec<char> = text.chars().collect();
    let step = |by: i64| {
        text.chars()
            .zip(text.chars().skip(1))
            .filter(|(a, b)| i64::from(u32::from(*b)) - i64::from(u32::from(*a)) == by)
            .count()
    };
    let pairs = different.len().saturating_sub(1);
    let run = [1, -1].into_iter().any(|by| step(by) * 4 >= pairs * 3);
    different.sort_unstable();
    different.dedup();
    different.len() < DIFFERENT || run
}

/// One stem or several, with digits and signs around: `Password2026!`, `qwertyqwerty`.
fn is_padded_stem(text: &str) -> bool {
    let bare = |text: &str| -> String { text.chars().filter(|c| c.is_alphabetic()).collect() };
    let repeats = |letters: &str| {
        !letters.is_empty() && STEMS.iter().any(|stem| letters.replace(stem, "").is_empty())
    };
    let lookalike = |c: char| match c {
        '0' => 'o',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        other => other,
    };
    let unpadded: String =
        text.trim_end_matches(|c: char| !c.is_alphabetic()).chars().map(lookalike).collect();
    repeats(&bare(text)) || repeats(&bare(&unpadded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EmailAddress, FullName, Language};

    #[test]
    fn long_and_uncommon_passwords_are_taken() {
        for good in [
            "correct horse battery",
            "ñandú volador 7",
            "x7$kQ9!mPz2w",
            "   spaces are fine   ",
            &"añ7-k".repeat(24),
        ] {
            assert!(NewPassword::parse(good).is_ok(), "{good}");
        }
        assert_eq!(NewPassword::parse("x7$kQ9!mPz2"), Err(PasswordError::Length));
        assert_eq!(NewPassword::parse(&"añ7-k".repeat(26)), Err(PasswordError::Length));
    }

    #[test]
    fn common_and_regular_ones_are_not() {
        let bad = [
            "1qaz2wsx3edc",
            "1QAZ2wsx3edc",
            "Leavemealone",
            "aaaaaaaaaaaa",
            "abababababab",
            "123456789012",
            "abcdefghijklmn",
            "zyxwvutsrqpo",
            "Password2026!",
            "P@ssw0rd2026!",
            "qwertyqwerty",
            "contraseña123",
            "qwerty!!!!!!123",
        ];
        for bad in bad {
            assert_eq!(NewPassword::parse(bad), Err(PasswordError::Common), "{bad}");
        }
    }

    #[test]
    fn the_list_holds_what_could_be_chosen() {
        assert!(COMMON.lines().count() > 200);
        assert!(COMMON.lines().all(
            |line| line.chars().count() >= NewPassword::SHORTEST && line == line.to_lowercase()
        ));
    }

    #[test]
    fn name_and_address_are_no_part_of_it() {
        let owner = Recipient {
            full_name: FullName::parse("Ana María Example").unwrap(),
            email: EmailAddress::parse("aexample99@example.com").unwrap(),
            language: Language::Es,
            zone: crate::ZoneName::utc(),
        };
        for bad in ["my-Example-word-7", "AEXAMPLE99 and more", "xx maría 123456"] {
            assert_eq!(
                NewPassword::parse(bad).unwrap().fits(&owner),
                Err(PasswordError::Personal),
                "{bad}"
            );
        }
        assert!(NewPassword::parse("banana split 42").unwrap().fits(&owner).is_ok());
    }
}
