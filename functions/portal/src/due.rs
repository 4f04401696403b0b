//! A payment that the customer can make now, and what an earlier attempt of it waits for.

use crate::words::Words;
use domain::Money;
use domain::sale::{Attempt, AttemptState, NextAction, NextStep, PaymentKind, Sale, Transfer};
use jiff::Timestamp;
use mail::formats::Formats;

/// A payment that can be made now.
pub(crate) struct Due {
    pub(crate) kind: PaymentKind,
    pub(crate) title: &'static str,
    pub(crate) amount: String,
    pub(crate) minor: u64,
    pub(crate) waiting: Option<Waiting>,
    /// Why the last attempt came to nothing.
    pub(crate) failed: Option<&'static str>,
}

/// What an open attempt waits for.
pub(crate) enum Waiting {
    Page(OpenPage),
    Transfer(Box<Instructions>),
}

/// A page of the bank's or the gateway's, where the customer goes on.
pub(crate) struct OpenPage {
    pub(crate) lead: &'static str,
    pub(crate) link: &'static str,
    pub(crate) url: String,
}

/// Where to send the money.
pub(crate) struct Instructions {
    /// What of it came.
    pub(crate) came: Option<String>,
    pub(crate) by: String,
    pub(crate) lines: [Line; 5],
}

/// A line of these, which can be copied.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) shown: String,
    /// As a bank's form takes it.
    pub(crate) copied: String,
    pub(crate) is_code: bool,
}

impl Due {
    /// What is due of this sale, as long as a payment of it can begin.
    pub(crate) fn of(
        sale: &Sale,
        words: &'static Words,
        formats: &Formats,
        now: Timestamp,
    ) -> Option<Self> {
        let (kind, title, by) = match sale.next_step()? {
            (NextStep::PaySignal, by) => (PaymentKind::Signal, words.paying.pay_signal, by?),
            (NextStep::PayBalance, by) => (PaymentKind::Balance, words.pay, by?),
            _ => return None,
        };
        if by < now {
            return None;
        }
        let amount = sale.amount_due(kind);
        let by = formats.moment(by, &sale.zone().time_zone());
        let waiting = sale
            .open_attempt(kind)
            .and_then(|attempt| waiting(sale, kind, attempt, by, now, words, formats));
        let last = sale.attempts(kind).last().filter(|_| waiting.is_none());
        Some(Self {
            kind,
            title,
            amount: formats.money(amount),
            minor: amount.minor(),
            failed: last.and_then(|attempt| failed(&attempt.state, words)),
            waiting,
        })
    }
}

fn waiting(
    sale: &Sale,
    kind: PaymentKind,
    attempt: &Attempt,
    by: String,
    now: Timestamp,
    words: &'static Words,
    formats: &Formats,
) -> Option<Waiting> {
    let paying = &words.paying;
    let (lead, link) = match attempt.next_action()? {
        NextAction::Transfer(transfer) => {
            let currency = sale.amount_due(kind).currency();
            let money = |minor| Money::new(minor, currency).ok();
            let came = money(transfer.asked.saturating_sub(transfer.remaining));
            return Some(Waiting::Transfer(Box::new(Instructions {
                came: came.filter(|came| came.minor() > 0).map(|came| formats.money(came)),
                by,
                lines: lines(transfer, money(transfer.remaining)?, words, formats),
            })));
        }
        NextAction::Confirm { .. } => (paying.confirm_lead, paying.confirm),
        NextAction::Pay { .. } => (paying.go_on_lead, paying.go_on),
    };
    let url = open_page(sale, kind, attempt, now)?.to_owned();
    Some(Waiting::Page(OpenPage { lead, link, url }))
}

/// The page where this attempt goes on, while it is open.
pub(crate) fn open_page<'a>(
    sale: &Sale,
    kind: PaymentKind,
    attempt: &'a Attempt,
    now: Timestamp,
) -> Option<&'a str> {
    let (NextAction::Confirm { url } | NextAction::Pay { url }) = attempt.next_action()? else {
        return None;
    };
    let is_open = sale.open_until(kind, attempt).is_none_or(|until| until > now);
    Some(url.as_str()).filter(|url| is_open && is_safe(url))
}

/// Whether a browser may be sent there: over TLS; or to this machine, to a gateway's stand-in.
fn is_safe(url: &str) -> bool {
    url.parse::<http::Uri>().is_ok_and(|url| match (url.scheme_str(), url.host()) {
        (Some("https"), Some(host)) => !host.is_empty(),
        (Some("http"), Some(host)) => host == "127.0.0.1",
        _ => false,
    })
}

fn lines(
    transfer: &Transfer,
    missing: Money,
    words: &'static Words,
    formats: &Formats,
) -> [Line; 5] {
    let paying = &words.paying;
    let line = |name, shown: String, copied: &str, is_code| Line {
        name,
        shown,
        copied: copied.to_owned(),
        is_code,
    };
    let same = |name, text: &String, is_code| line(name, text.clone(), text, is_code);
    [
        line(paying.missing, formats.money(missing), &formats.amount(missing), false),
        line(words.iban, in_groups(&transfer.iban), &transfer.iban, true),
        same("BIC", &transfer.bic, true),
        same(paying.holder, &transfer.holder, false),
        same(paying.reference, &transfer.reference, true),
    ]
}

/// In groups of four, as banks print it.
fn in_groups(iban: &str) -> String {
    iban.chars().enumerate().fold(String::new(), |mut text, (place, sign)| {
        if place > 0 && place.is_multiple_of(4) {
            text.push(' ');
        }
        text.push(sign);
        text
    })
}

fn failed(state: &AttemptState, words: &Words) -> Option<&'static str> {
    let declines = &words.paying.declines;
    match state {
        AttemptState::Declined(decline) => Some(declines.of(*decline)),
        // It still waits, but its page is no longer open.
        AttemptState::Expired(_) | AttemptState::AwaitsCustomer(..) => Some(declines.unfinished),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{in_groups, is_safe};

    #[test]
    fn a_browser_is_sent_over_tls_or_to_this_machine_alone() {
        for good in [
            "https://checkout.stripe.com/c/pay/cs_test_a1B2#fidkdWxOYHwnPyd1blpxYHZxWjA0%2FJyd",
            "http://127.0.0.1:12111/c/pay/cs_1",
        ] {
            assert!(is_safe(good), "{good}");
        }
        for bad in [
            "",
            "/c/pay/cs_1",
            "//checkout.stripe.com/c",
            "javascript:alert(1)",
            "data:text/html,x",
            "http://checkout.stripe.com/c",
            "http://127.0.0.1:x@elsewhere.example/c",
            "http://127.0.0.1.elsewhere.example/c",
            "https://",
        ] {
            assert!(!is_safe(bad), "{bad}");
        }
    }

    #[test]
    fn an_iban_is_in_groups_of_four() {
        assert_eq!(in_groups("ES9121000418450200051332"), "ES91 2100 0418 4502 0005 1332");
        assert_eq!(in_groups("DE89370400440532013000"), "DE89 3704 0044 0532 0130 00");
    }
}
