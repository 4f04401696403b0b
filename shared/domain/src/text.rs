//! Cleans text that people typed or pasted, before anything judges it (R-100 of
//! `docs/requirements.md`).

use icu_normalizer::ComposingNormalizer;
use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use std::borrow::Cow;

/// The text as it is seen: characters that nobody sees, and those that turn the direction of
/// others, are left out; blanks of every kind become one blank, and none stands at the ends; a
/// letter and its accent are one character (Unicode's NFC). Line breaks and tabs inside stay: who
/// reads the text refuses them.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.contains("  ") {
        return Cow::Borrowed(text.trim());
    }
    let invisible = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let mut seen = String::with_capacity(text.len());
    for character in text.chars().filter(|character| !invisible.contains(*character)) {
        if !character.is_whitespace() || character.is_control() {
            seen.push(character);
        } else if !seen.ends_with(' ') {
            seen.push(' ');
        }
    }
    Cow::Owned(ComposingNormalizer::new_nfc().normalize(seen.trim()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_nobody_sees_is_left_out_and_blanks_are_folded() {
        for (typed, seen) in [
            ("Irene \u{202e}oiñibrU\u{200b}", "Irene oiñibrU"),
            ("\u{202a}+34\u{a0}612 34\u{2007}56  78\u{202c}", "+34 612 34 56 78"),
            ("\u{feff}Peña", "Peña"),
            ("Pen\u{303}a", "Peña"),
            ("Pen\u{200d}\u{303}a", "Peña"),
            ("Mu\u{ad}ñoz", "Muñoz"),
            (" Ana   García\u{3000}Peña\r\n", "Ana García Peña"),
            ("O'Neil", "O'Neil"),
            ("Νίκος 李", "Νίκος 李"),
        ] {
            assert_eq!(clean(typed), seen, "{typed:?}");
        }
        assert_eq!(clean("Ana\nBcc: x"), "Ana\nBcc: x", "a line break is for the reader to refuse");
    }

    proptest! {
        #[test]
        fn what_is_clean_stays_as_it_is(text in any::<String>()) {
            let once = clean(&text).into_owned();
            prop_assert_eq!(clean(&once), once.as_str());
        }
    }
}
