//! Each page in each language: what it says, and what it never does.

mod paying;
mod receipts;

use crate::pages::{Door, Frame, PayForm, asset};
use crate::purchase::{Progress, Purchase};
use crate::words;
use domain::contact::Preferences;
use domain::ids::{GatewayPaymentId, PaymentMethodToken, RegistrationId, ShortDigest};
use domain::sale::{
    Attempt, AttemptState, Decline, Estimate, Fact, FactKind, Means, Milestone, Movement,
    NextAction, Order, Part, PaymentMethod, Posting, Registration, Sale, Stage, Transfer,
};
use domain::{Language, OrderId, Plate, Vin};
use edge::http::Page;
use jiff::{SignedDuration, Timestamp};
use std::path::PathBuf;
use testkit::contract::{Sample, fresh_attempt_id, registered_at};
use web::LANGUAGES;

const WAY: [FactKind; 12] = [
    FactKind::SaleRegistered,
    FactKind::ReservationPaid,
    FactKind::OrderPlaced,
    FactKind::InProduction,
    FactKind::QualityCheck,
    FactKind::ReadyForShipment,
    FactKind::InTransit,
    FactKind::AtDealership,
    FactKind::AvailableForCustomer,
    FactKind::PaymentReceived,
    FactKind::VehicleRegistered,
    FactKind::ReadyForDelivery,
];

fn days(days: i64) -> Timestamp {
    registered_at().checked_add(SignedDuration::from_hours(days * 24)).unwrap()
}

fn captured() -> Attempt {
    Attempt {
        id: fresh_attempt_id(),
        key: ShortDigest::of(&[b"k"]),
        fingerprint: ShortDigest::of(&[b"f"]),
        means: Means::Card(PaymentMethodToken::parse("pm_1").unwrap()),
        started_at: days(1),
        state: AttemptState::Captured(GatewayPaymentId::parse("pi_1").unwrap()),
        answer: None,
        at_desk: false,
        back: domain::sale::MoneyBack::default(),
    }
}

/// A sale with so much of its way behind it, in this stage.
fn at(facts: usize, stage: Stage) -> (Sale, Sample) {
    let sample = Sample::new().unwrap();
    let mut sale = sample.sale.clone();
    sale.facts =
        WAY.iter().take(facts).zip(0..).map(|(kind, day)| Fact(*kind, days(day * 9))).collect();
    sale.stage = stage;
    if facts > 1 {
        sale.signal_attempts.push(captured());
        sale.ledger.push(Posting(Movement::Captured, Part::Signal, days(9)));
    }
    if facts > 9 {
        sale.balance_attempts.push(captured());
        sale.ledger.push(Posting(Movement::Captured, Part::Balance, days(81)));
    }
    (sale, sample)
}

fn order() -> Order {
    Order {
        id: OrderId::parse("F-2026-000123").unwrap(),
        estimated_delivery: Some(jiff::civil::date(2026, 12, 4)),
    }
}

fn vehicle() -> Vin {
    Vin::parse("VSSZZZ5FZJR012345").unwrap()
}

fn due() -> (Sale, Sample) {
    at(9, Stage::FinalPaymentPending { order: Some(order()), vehicle: vehicle(), pay_by: days(90) })
}

fn lost() -> (Sale, Sample) {
    let (mut sale, sample) = at(9, Stage::SinAsignar { order: Some(order()), vehicle: vehicle() });
    sale.facts
        .extend([Fact(FactKind::PaymentFailed, days(90)), Fact(FactKind::SinAsignar, days(90))]);
    (sale, sample)
}

fn ready() -> (Sale, Sample) {
    let registration = Registration {
        id: RegistrationId::parse("R-1").unwrap(),
        plate: Plate::parse("1234 BCD").unwrap(),
    };
    at(12, Stage::ReadyForDelivery { order: Some(order()), vehicle: vehicle(), registration })
}

fn frame(language: Language, depth: usize) -> Frame {
    let mut account_less = Frame::new(language, depth);
    account_less.signed_in = depth > 0;
    account_less
}

fn seen(language: Language, (sale, sample): &(Sale, Sample)) -> Purchase {
    Purchase::new(sale, &sample.details, language, days(1))
}

/// A page of the bank's or the gateway's.
const ADDRESS: &str = "https://gateway.test/pi_1";

fn tried(means: Means, state: AttemptState) -> Attempt {
    Attempt { means, state, ..captured() }
}

fn waits(means: Means, action: NextAction) -> Attempt {
    let payment = GatewayPaymentId::parse("pi_1").unwrap();
    tried(means, AttemptState::AwaitsCustomer(payment, action))
}

fn on_a_page() -> Attempt {
    waits(Means::Checkout, NextAction::Pay { url: ADDRESS.to_owned() })
}

fn challenged() -> Attempt {
    waits(captured().means, NextAction::Confirm { url: ADDRESS.to_owned() })
}

/// A transfer of the señal of which so much is missing.
fn transfer(remaining: u64) -> Attempt {
    let transfer = Transfer {
        iban: "ES9121000418450200051332".into(),
        bic: "CAIXESBB".into(),
        holder: "CaaS".into(),
        reference: "CAAS-7Q2".into(),
        asked: 100_000,
        remaining,
    };
    waits(Means::BankTransfer, NextAction::Transfer(transfer))
}

fn declined() -> Attempt {
    tried(captured().means, AttemptState::Declined(Decline::InsufficientFunds))
}

/// A sale whose señal is due, after this attempt.
fn reserved(attempt: Option<Attempt>) -> (Sale, Sample) {
    let (mut sale, sample) = at(1, Stage::SaleRegistered { pay_signal_by: days(7) });
    sale.signal_attempts.extend(attempt);
    (sale, sample)
}

fn pay_page(language: Language, found: &(Sale, Sample), method: PaymentMethod) -> Page {
    let purchase = seen(language, found);
    let due = purchase.due.as_ref().unwrap();
    let (key, takes_debit) = ("key".to_owned(), method == PaymentMethod::SepaDebit);
    let form = PayForm { purchase: &purchase, due, takes_debit, method, key, iban: "" };
    frame(language, 1).pay(200, form)
}

/// Every page, by name.
fn pages(language: Language) -> Vec<(&'static str, Page)> {
    let built = at(5, Stage::Manufacturing { order: order(), milestone: Milestone::QualityCheck });
    let (number, with_receipt) = receipts::one(language);
    let frame = |depth| frame(language, depth);
    vec![
        ("login", frame(0).door(200, Door::LogIn, "")),
        (
            "login-refused",
            frame(0).fault(words::of(language).wrong_credentials).door(
                401,
                Door::LogIn,
                "ana@example.com",
            ),
        ),
        ("forgot", frame(0).door(200, Door::Forgot, "")),
        ("activate", frame(0).door(200, Door::Activate, "")),
        ("reset-password", frame(0).door(200, Door::Reset, "")),
        ("account", frame(1).door(200, Door::Account, "")),
        ("preferences", frame(1).preferences(Preferences::default())),
        ("list", frame(1).list(vec![seen(language, &built), seen(language, &lost())])),
        ("empty", frame(1).list(Vec::new())),
        ("manufacturing", frame(1).purchase(seen(language, &built))),
        ("moved", frame(1).purchase(seen(language, &moved()))),
        ("due", frame(1).purchase(seen(language, &due()))),
        ("ready", frame(1).purchase(seen(language, &ready()))),
        ("lost", frame(1).purchase(seen(language, &lost()))),
        ("refunded", frame(1).purchase(seen(language, &receipts::refunded()))),
        ("pay", pay_page(language, &due(), PaymentMethod::SepaDebit)),
        ("signal", frame(1).purchase(seen(language, &reserved(None)))),
        ("pay-signal", pay_page(language, &reserved(None), PaymentMethod::Checkout)),
        ("on-a-page", frame(1).purchase(seen(language, &reserved(Some(on_a_page()))))),
        ("challenged", frame(1).purchase(seen(language, &reserved(Some(challenged()))))),
        ("transfer", frame(1).purchase(seen(language, &reserved(Some(transfer(100_000)))))),
        ("partly-paid", frame(1).purchase(seen(language, &reserved(Some(transfer(40_050)))))),
        ("declined", frame(1).purchase(seen(language, &reserved(Some(declined()))))),
        ("leave", frame(2).leave_for(ADDRESS)),
        ("paid", {
            let words = &words::of(language).paying;
            frame(0).message(200, words.closed, words.closed_lead)
        }),
        ("receipt", frame(1).receipt(&with_receipt, &number, Some(&receipts::seller()))),
        ("nothing", frame(1).nothing()),
    ]
}

#[test]
fn pages_ask_nobody_else_for_anything() {
    for (language, _) in LANGUAGES {
        for (name, Page { headers, body, .. }) in pages(language) {
            // What a customer follows to the bank is asked for by nobody else.
            let body = body
                .replace(&format!("href=\"{ADDRESS}\""), "")
                .replace(&format!("content=\"0; url={ADDRESS}\""), "");
            let policy = &headers["content-security-policy"];
            assert!(
                policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
                "{name}"
            );
            for foreign in [
                "http://",
                "https://",
                "src=\"//",
                "href=\"//",
                "style=\"",
                "onclick",
                "<style",
                "javascript:",
            ] {
                assert!(!body.contains(foreign), "{name} has {foreign}");
            }
            assert!(
                body.matches("<script").count() == body.matches("app.js?v=").count(),
                "{name} has a script of its own"
            );
        }
    }
}

/// WCAG 2.2: language of the page, one heading, a label for each field, a way past the navigation.
#[test]
fn pages_are_whole() {
    for (language, _) in LANGUAGES {
        for (name, Page { body, .. }) in pages(language) {
            let heading = format!("<html lang=\"{}\"", language.code());
            assert!(
                body.contains(&heading)
                    && body.matches("<h1").count() == 1
                    && body.contains("href=\"#content\""),
                "{name}"
            );
            for field in
                body.split("<input ").skip(1).filter(|field| !field.starts_with("type=\"hidden\""))
            {
                let id =
                    field.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
                assert!(
                    body.contains(&format!("<label for=\"{id}\"")),
                    "{name}: {id} has no label"
                );
            }
        }
    }
}

/// The first page and all that it asks for stay under 50 kB, even unpacked.
#[test]
fn pages_are_small() {
    let assets: usize =
        ["style.css", "app.js"].map(|path| asset(path).unwrap().body.len()).iter().sum();
    for (language, _) in LANGUAGES {
        for (name, page) in pages(language) {
            assert!(
                page.body.len() + assets < 50_000,
                "{name}: {} and {assets} bytes",
                page.body.len()
            );
        }
    }
}

/// Writes the pages where a browser can show them: `target/portal/<language>/<page>.html`.
#[test]
fn pages_can_be_looked_at() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/portal");
    for (language, _) in LANGUAGES {
        let folder = folder.join(language.code());
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("../style.css"), asset("style.css").unwrap().body).unwrap();
        std::fs::write(folder.join("style.css"), asset("style.css").unwrap().body).unwrap();
        for (name, page) in pages(language) {
            std::fs::write(folder.join(format!("{name}.html")), page.body).unwrap();
        }
    }
}

#[test]
fn the_timeline_says_what_is_done_what_is_now_and_what_is_to_come() {
    let progress = |found: &(Sale, Sample)| {
        seen(Language::En, found).steps.iter().map(|step| step.progress).collect::<Vec<_>>()
    };
    let count =
        |steps: &[Progress], progress| steps.iter().filter(|step| **step == progress).count();
    let due = progress(&due());
    assert_eq!(
        [Progress::Done, Progress::Now, Progress::ToCome].map(|p| count(&due, p)),
        [9, 1, 3]
    );
    let (mut sale, sample) = ready();
    sale.facts.push(Fact(FactKind::DeliveryArranged, days(60)));
    assert_eq!(count(&progress(&(sale, sample)), Progress::Done), 13, "the delivery is the last");
    let ready = progress(&ready());
    assert_eq!(count(&ready, Progress::Done), 12);
    let (mut skipped, sample) =
        at(4, Stage::Manufacturing { order: order(), milestone: Milestone::InTransit });
    skipped.facts.push(Fact(FactKind::InTransit, days(40)));
    let skipped = progress(&(skipped, sample));
    assert_eq!(count(&skipped, Progress::Done), 7, "what the factory left out is done");
}

/// R-193 of `docs/requirements.md`.
#[test]
fn the_portal_calls_plan_and_options_by_their_names() {
    for (language, _) in LANGUAGES {
        let purchase = seen(language, &ready());
        let shown = (purchase.vehicle.as_str(), purchase.options.as_str());
        let named = if language == Language::Es {
            ("City eléctrico", "Enganche")
        } else {
            ("CITY-EV", "TOW-BAR")
        };
        assert_eq!(shown, named);
        let receipt = &purchase.payments[0].receipts[0];
        assert!(receipt.rows.iter().any(|row| row.value == named.0));
    }
}

/// A sale whose estimate moved twice.
fn moved() -> (Sale, Sample) {
    let (mut sale, sample) =
        at(5, Stage::Manufacturing { order: order(), milestone: Milestone::QualityCheck });
    let reason = domain::Reason::parse("Faltan cristales <templados>").unwrap();
    sale.estimates = vec![
        Estimate(jiff::civil::date(2026, 11, 2), days(9), None),
        Estimate(jiff::civil::date(2026, 11, 20), days(20), Some(reason)),
        Estimate(jiff::civil::date(2026, 12, 4), days(30), None),
    ];
    sale.facts.push(Fact(FactKind::EstimateMoved, days(20)));
    (sale, sample)
}

/// of `docs/requirements.md`: what, when, and why if the factory said.
#[test]
fn the_purchase_shows_how_the_estimate_moved_until_the_vehicle_is_there() {
    let madrid = domain::ZoneName::parse("Europe/Madrid").unwrap().time_zone();
    for (language, _) in LANGUAGES {
        let formats = mail::formats(language);
        let page = frame(language, 1).purchase(seen(language, &moved())).body;
        for (day, since) in [((2026, 11, 2), 9), ((2026, 11, 20), 20), ((2026, 12, 4), 30)] {
            let date = formats.date(jiff::civil::date(day.0, day.1, day.2));
            let since = formats.moment(days(since), &madrid);
            assert!(page.contains(&date) && page.contains(&since), "{date} {since}");
        }
        assert!(page.contains("Faltan cristales &#60;templados&#62;"), "as text, not as HTML");
        let told = seen(language, &moved()).messages;
        assert!(told.iter().any(|message| message.at == formats.moment(days(20), &madrid)));
        let (mut there, sample) = due();
        there.estimates = moved().0.estimates;
        assert!(seen(language, &(there, sample)).estimates.is_empty());
    }
}

#[test]
fn a_purchase_that_came_to_nothing_shows_as_such() {
    let lost = seen(Language::En, &lost());
    assert!(lost.lost && lost.due.is_none() && lost.vin.is_none());
    assert_eq!(lost.steps.last().unwrap().progress, Progress::Ended);
    assert!(
        lost.steps.iter().all(|step| matches!(step.progress, Progress::Done | Progress::Ended))
    );
    let (_, page) = pages(Language::En).into_iter().find(|(name, _)| *name == "lost").unwrap();
    assert!(page.body.contains("Reservation lost") && !page.body.contains("/pay\""));
}

#[test]
fn money_that_a_bank_took_back_is_not_shown_as_declined() {
    for (language, _) in LANGUAGES {
        let (mut sale, sample) = due();
        sale.signal_attempts[0].state =
            AttemptState::Reversed(GatewayPaymentId::parse("pi_1").unwrap());
        let shown = seen(language, &(sale, sample)).payments[0].state;
        assert_eq!(shown, words::of(language).reversed);
        assert_ne!(shown, words::of(language).declined);
    }
}

/// The portal's own list of notifications.
#[test]
fn what_the_customer_was_told_stands_in_the_portal_too() {
    for (language, _) in LANGUAGES {
        let told = seen(language, &lost()).messages;
        assert_eq!(told.len(), 8, "the order, five milestones, the request to pay, the end");
        let formats = mail::formats(language);
        let madrid = domain::ZoneName::parse("Europe/Madrid").unwrap().time_zone();
        assert_eq!(told[0].at, formats.moment(days(90), &madrid), "the newest first");
        assert!(
            told[0]
                .paragraphs
                .iter()
                .any(|text| text.contains(&formats.money(lost().0.terms.signal()))),
            "{language:?}"
        );
    }
}

#[test]
fn the_balance_can_be_paid_when_it_is_due() {
    let (_, page) = pages(Language::De).into_iter().find(|(name, _)| *name == "due").unwrap();
    assert!(page.body.contains("/pay\">Restzahlung leisten · 31.500,00\u{a0}€"), "{}", page.body);
}
