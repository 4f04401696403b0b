//! The card numbers and tokens that Stripe documents for tests (<https://docs.stripe.com/testing>).

/// When a card's holder is asked by the bank (3-D Secure).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Challenge {
    Never,
    Always,
}

/// What the bank says to a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bank {
    Agrees,
    Declines(Decline),
}

/// A bank's no (<https://docs.stripe.com/declines/codes>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decline {
    pub(crate) code: &'static str,
    /// The bank's own, `decline_code`.
    pub(crate) reason: Option<&'static str>,
    pub(crate) message: &'static str,
}

/// What comes of a charge later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sequel {
    None,
    /// A dispute opens by itself, for this reason.
    Dispute(&'static str),
    /// An inquiry opens by itself.
    Inquiry,
    /// A refund is pending, and succeeds later.
    PendingRefund,
    /// A refund succeeds, and fails later.
    FailingRefund,
}

/// How a card behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Behaviour {
    pub(crate) challenge: Challenge,
    pub(crate) bank: Bank,
    pub(crate) sequel: Sequel,
    /// Whether a customer can keep it.
    pub(crate) can_be_attached: bool,
}

const GOOD: Behaviour = Behaviour {
    challenge: Challenge::Never,
    bank: Bank::Agrees,
    sequel: Sequel::None,
    can_be_attached: true,
};
const CHALLENGED: Behaviour = Behaviour { challenge: Challenge::Always, ..GOOD };

const fn declines(
    code: &'static str,
    reason: Option<&'static str>,
    message: &'static str,
) -> Behaviour {
    let bank = Bank::Declines(Decline { code, reason, message });
    Behaviour { bank, can_be_attached: false, ..GOOD }
}

const fn followed_by(sequel: Sequel) -> Behaviour {
    Behaviour { sequel, ..GOOD }
}

const DECLINED: &str = "Your card was declined.";
const GENERIC: Behaviour = declines("card_declined", Some("generic_decline"), DECLINED);
const NO_FUNDS: Behaviour =
    declines("card_declined", Some("insufficient_funds"), "Your card has insufficient funds.");

/// Number, Stripe's name for it in `pm_card_…`, behaviour. A card "unless set up" is challenged
/// here each time: nothing here sets one up.
const CARDS: [(&str, &str, Behaviour); 32] = [
    ("4242424242424242", "visa", GOOD),
    ("4000056655665556", "visa_debit", GOOD),
    ("5555555555554444", "mastercard", GOOD),
    ("5200828282828210", "mastercard_debit", GOOD),
    ("378282246310005", "amex", GOOD),
    ("4000007240000007", "es", GOOD),
    ("4000006200000007", "pt", GOOD),
    ("4000002500000003", "fr", GOOD),
    ("4000002760000016", "de", GOOD),
    ("4000003800000008", "it", GOOD),
    ("4000000000000077", "bypassPending", GOOD),
    ("4000000000003055", "threeDSecureOptional", GOOD),
    ("4000002500003155", "authenticationRequiredOnSetup", CHALLENGED),
    ("4000002760003184", "authenticationRequired", CHALLENGED),
    ("4000000000003220", "threeDSecure2Required", CHALLENGED),
    ("4000000000003063", "threeDSecureRequired", CHALLENGED),
    (
        "4000008260003178",
        "authenticationRequiredChargeDeclinedInsufficientFunds",
        Behaviour { challenge: Challenge::Always, ..NO_FUNDS },
    ),
    (
        "4000008400001629",
        "threeDSecureRequiredChargeDeclined",
        Behaviour { challenge: Challenge::Always, ..GENERIC },
    ),
    ("4000000000000002", "chargeDeclined", GENERIC),
    ("4000000000009995", "chargeDeclinedInsufficientFunds", NO_FUNDS),
    (
        "4000000000009987",
        "chargeDeclinedLostCard",
        declines("card_declined", Some("lost_card"), DECLINED),
    ),
    (
        "4000000000009979",
        "chargeDeclinedStolenCard",
        declines("card_declined", Some("stolen_card"), DECLINED),
    ),
    (
        "4000000000000069",
        "chargeDeclinedExpiredCard",
        declines("expired_card", None, "Your card has expired."),
    ),
    (
        "4000000000000127",
        "chargeDeclinedIncorrectCvc",
        declines("incorrect_cvc", None, "Your card's security code is incorrect."),
    ),
    (
        "4000000000000119",
        "chargeDeclinedProcessingError",
        declines(
            "processing_error",
            None,
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ),
    (
        "4000000000006975",
        "chargeDeclinedVelocityLimitExceeded",
        declines("card_declined", Some("card_velocity_exceeded"), DECLINED),
    ),
    ("4000000000000341", "chargeCustomerFail", Behaviour { can_be_attached: true, ..GENERIC }),
    ("4000000000000259", "createDispute", followed_by(Sequel::Dispute("fraudulent"))),
    (
        "4000000000002685",
        "createDisputeProductNotReceived",
        followed_by(Sequel::Dispute("product_not_received")),
    ),
    ("4000000000001976", "createDisputeInquiry", followed_by(Sequel::Inquiry)),
    ("4000000000007726", "pendingRefund", followed_by(Sequel::PendingRefund)),
    ("4000000000005126", "refundFail", followed_by(Sequel::FailingRefund)),
];

/// How the card of this number behaves; one that Stripe doesn't document, well.
pub(crate) fn behaviour(number: &str) -> Behaviour {
    CARDS.iter().find(|(known, ..)| *known == number).map_or(GOOD, |(_, _, behaviour)| *behaviour)
}

/// The number behind a token such as `pm_card_visa`, or `pm_card_visa_chargeDeclined`.
pub(crate) fn number_of_token(token: &str) -> Option<&'static str> {
    let name = token.strip_prefix("pm_card_").or_else(|| token.strip_prefix("tok_"))?;
    let bare = name.strip_prefix("visa_");
    CARDS
        .iter()
        .find(|(_, known, _)| *known == name || Some(*known) == bare)
        .map(|(number, ..)| *number)
}

/// Whether a number's check digit is right (ISO/IEC 7812).
pub(crate) fn is_a_number(number: &str) -> bool {
    let digits: Option<Vec<u32>> = number.chars().map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| (12..=19).contains(&digits.len())) else {
        return false;
    };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => *digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The network, by the number's first digits.
pub(crate) fn brand(number: &str) -> &'static str {
    match number.get(..2) {
        Some(start) if start.starts_with('4') => "visa",
        Some("34" | "37") => "amex",
        Some("51" | "52" | "53" | "54" | "55" | "22" | "23" | "24" | "25" | "26" | "27") => {
            "mastercard"
        }
        Some("60" | "65") => "discover",
        _ => "unknown",
    }
}

/// Where the test card is from.
pub(crate) fn country(number: &str) -> &'static str {
    match number {
        "4000007240000007" => "ES",
        "4000006200000007" => "PT",
        "4000002500000003" | "4000002500003155" => "FR",
        "4000002760000016" | "4000002760003184" => "DE",
        "4000003800000008" => "IT",
        _ => "US",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_card_has_a_right_number_and_a_token() {
        for (number, name, _) in CARDS {
            assert!(is_a_number(number), "{number}");
            assert_eq!(number_of_token(&format!("pm_card_{name}")), Some(number));
        }
        assert!(!is_a_number("4242424242424241") && !is_a_number("4242") && !is_a_number("x"));
        assert_eq!(number_of_token("pm_card_visa_chargeDeclined"), Some("4000000000000002"));
        assert_eq!(number_of_token("pm_1"), None);
    }

    #[test]
    fn a_card_that_is_challenged_may_be_declined_afterwards() {
        let card = behaviour("4000008260003178");
        assert_eq!(card.challenge, Challenge::Always);
        assert!(matches!(card.bank, Bank::Declines(_)));
        assert_eq!(behaviour("4111111111111111").bank, Bank::Agrees);
    }
}
