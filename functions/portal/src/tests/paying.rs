//! Each way to pay, over the ports in memory.

use super::{ADDRESS, challenged, days, declined, on_a_page, reserved, seen, transfer};
use crate::words;
use crate::{Fresh, Portal};
use domain::account::{Access, AccountStore, Session, TokenDigest};
use domain::ids::GatewayPaymentId;
use domain::ports::Recipient;
use domain::sale::{AttemptState, Means, PaymentMethod, PaymentOutcome, Sale, Stage};
use domain::seller::Sellers;
use domain::{AttemptId, CustomerId, CustomerKey, Language, SaleId, Vin};
use edge::Request;
use edge::http::Page;
use jiff::SignedDuration;
use serde_json::json;
use testkit::accounts::{Accounts, QuickHasher};
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::{SALE, now, post, registered};
use web::LANGUAGES;

const TOKEN: &str = "a-token-of-a-session";
const IBAN: &str = "DE89370400440532013000";
/// The señal can be debited, no more.
const LIMIT: u64 = 100_000;

/// A customer whose señal is due, at the browser.
struct Visit {
    world: World,
    accounts: Accounts,
}

impl Visit {
    async fn new() -> Self {
        let world = registered(Faults::Calm).await;
        let details = world.with(|state| state.sales[&sale_id()].details.clone());
        let customer = CustomerKey::of(&details.customer.email);
        let recipient = Recipient {
            full_name: details.customer.full_name,
            email: details.customer.email,
            language: Language::En,
            zone: domain::ZoneName::parse("Europe/Madrid").unwrap(),
        };
        let access = Access::Active { password_hash: String::new(), generation: 1, reset: None };
        let id = CustomerId::parse(SALE).unwrap();
        let accounts = Accounts::default().with(id, recipient, access);
        let session = Session {
            token: TokenDigest::of(TOKEN),
            customer,
            generation: 1,
            began_at: now(),
            used_at: now(),
            device: None,
        };
        accounts.put_session(&session).await.unwrap();
        Self { world, accounts }
    }

    async fn ask(&self, number: u8, method: &str, path: &str, from: &str, body: &str) -> Page {
        let headers = json!({
            "cookie": from, "origin": "https://portal.test", "host": "portal.test",
            "content-type": "application/x-www-form-urlencoded", "user-agent": "a browser",
        });
        let mut event = post(&headers, body);
        event["rawPath"] = json!(path);
        event["requestContext"]["http"]["path"] = json!(path);
        event["requestContext"]["http"]["method"] = json!(method);
        let request = Request::new(serde_json::from_value(event).unwrap(), now()).unwrap();
        let attempt =
            AttemptId::parse(&format!("01936d3c-7d2b-7b4c-8d8e-0000000000{number:02}")).unwrap();
        let ports = Ports::new(&self.world, "portal");
        let portal = Portal {
            accounts: &self.accounts,
            store: &ports,
            gateway: &ports,
            queues: &ports,
            debit_limit: LIMIT,
            sellers: &Sellers::default(),
            hasher: &QuickHasher::default(),
            url: "https://portal.test/portal",
        };
        portal.handle(Fresh { token: format!("key-{number}"), attempt }, &request).await
    }

    async fn get(&self, path: &str) -> Page {
        self.ask(0, "GET", path, &cookie(), "").await
    }

    async fn pay(&self, number: u8, form: &str) -> Page {
        let path = format!("/portal/expediente/{SALE}/pay");
        self.ask(number, "POST", &path, &cookie(), form).await
    }

    async fn purchase(&self) -> String {
        self.get(&format!("/portal/expediente/{SALE}")).await.body
    }

    fn sale(&self) -> Sale {
        self.world.with(|state| state.sales[&sale_id()].sale.clone())
    }

    fn ways(&self) -> Vec<PaymentMethod> {
        self.sale().all_attempts().map(|(_, attempt)| attempt.means.method()).collect()
    }

    /// The balance is due.
    fn arrived(&self) {
        self.world.with(|state| {
            let pay_by = now().checked_add(SignedDuration::from_hours(48)).unwrap();
            let vehicle = Vin::parse("VSSZZZ5FZJR012345").unwrap();
            let stage = Stage::FinalPaymentPending { order: None, vehicle, pay_by };
            state.sales.get_mut(&sale_id()).unwrap().sale.stage = stage;
        });
    }
}

fn sale_id() -> SaleId {
    SaleId::parse(SALE).unwrap()
}

fn cookie() -> String {
    format!("__Host-session={TOKEN}")
}

fn leads_to(page: &Page, end: &str) -> bool {
    page.status == 303 && page.headers["location"].ends_with(end)
}

#[tokio::test]
async fn the_signal_is_paid_by_card_on_the_gateway_s_page() {
    let visit = Visit::new().await;
    assert!(visit.purchase().await.contains("/pay\">Pay the deposit · €1,000.00"));
    let form = visit.get(&format!("/portal/expediente/{SALE}/pay")).await;
    for way in ["checkout", "bank_transfer", "sepa_debit"] {
        assert!(form.body.contains(&format!("name=\"method\" value=\"{way}\"")), "{way}");
    }
    let sent = "key=k&payment=signal&method=checkout&iban=";
    let page = visit.pay(1, sent).await;
    assert_eq!(page.status, 200, "a redirect of a form would be blocked");
    let url = "https://gateway.test/pi_0";
    assert!(page.body.contains(&format!("<meta http-equiv=\"refresh\" content=\"0; url={url}\">")));
    assert!(page.body.contains(&format!("<a class=\"main\" href=\"{url}\">")));
    assert_eq!(visit.pay(2, sent).await, page, "the same form is the same attempt");
    assert_eq!(visit.ways(), [PaymentMethod::Checkout]);
    let shown = visit.purchase().await;
    assert!(shown.contains(&format!("href=\"{url}\">Go on to the payment page")));
    assert!(shown.contains("waiting for you") && !shown.contains("class=\"state\">paid"));
}

#[tokio::test]
async fn a_transfer_shows_where_to_send_the_money_and_what_came() {
    let visit = Visit::new().await;
    let sent = "key=k&payment=signal&method=bank_transfer";
    for number in [1, 2] {
        assert!(leads_to(&visit.pay(number, sent).await, SALE));
    }
    assert_eq!(visit.ways(), [PaymentMethod::BankTransfer]);
    let shown = visit.purchase().await;
    for line in ["ES91 2100 0418 4502 0005 1332", "CAIXESBB", "CaaS", "pi_0", "€1,000.00"] {
        assert!(shown.contains(&format!(">{line}</span> <button")), "{line}");
    }
    assert!(shown.contains("data-copy=\"ES9121000418450200051332\""));
    assert!(shown.contains("data-copy=\"1000.00\"") && !shown.contains("Arrived so far"));
    let part = seen(Language::En, &reserved(Some(transfer(40_050))));
    assert_eq!(part.payments[0].state, "paid in part");
}

#[tokio::test]
async fn the_signal_is_debited_and_an_iban_alone_is_a_debit() {
    for sent in ["payment=signal&method=sepa_debit&", ""] {
        let visit = Visit::new().await;
        let sent = format!("{sent}key=k&iban={IBAN}");
        for number in [1, 2] {
            assert!(leads_to(&visit.pay(number, &sent).await, SALE));
        }
        let sale = visit.sale();
        let Means::SepaDebit(_, agreed) = &sale.signal_attempts[0].means else { panic!() };
        assert!(format!("{agreed:?}").contains("a browser"), "{agreed:?}");
        assert_eq!(sale.signal_attempts.len(), 1);
    }
    let visit = Visit::new().await;
    let wrong = visit.pay(1, "key=k&method=sepa_debit&iban=DE00").await;
    assert!(wrong.status == 422 && wrong.body.contains("value=\"sepa_debit\" checked"));
    assert_eq!(visit.ways(), []);
}

#[tokio::test]
async fn the_balance_is_paid_and_not_debited_above_the_limit() {
    let visit = Visit::new().await;
    visit.arrived();
    assert!(visit.purchase().await.contains("/pay\">Make the final payment · €31,500.00"));
    let form = visit.get(&format!("/portal/expediente/{SALE}/pay")).await;
    assert!(form.body.contains("value=\"checkout\" checked"));
    assert!(!form.body.contains("sepa_debit") && !form.body.contains("name=\"iban\""));
    let refused = visit.pay(1, &format!("key=k&iban={IBAN}")).await;
    assert_eq!(refused.status, 402);
    assert!(refused.body.contains("This amount cannot be paid in this way"));
    assert_eq!(visit.ways(), []);
    let sent = "key=k&payment=balance&method=bank_transfer";
    assert!(leads_to(&visit.pay(2, sent).await, SALE));
    assert_eq!(visit.sale().balance_attempts.len(), 1);
}

#[tokio::test]
async fn another_way_to_pay_ends_the_one_before() {
    let visit = Visit::new().await;
    // The form from before the browser went back.
    for (number, way) in [(1, "checkout"), (2, "bank_transfer"), (3, "checkout")] {
        let status = visit.pay(number, &format!("key=k&payment=signal&method={way}")).await.status;
        assert_eq!(status, if number == 1 { 200 } else { 303 });
    }
    assert_eq!(visit.ways(), [PaymentMethod::Checkout, PaymentMethod::BankTransfer]);
    assert_eq!(visit.pay(4, "key=key-0&payment=signal&method=checkout").await.status, 200);
    let open = visit.world.with(|state| {
        let waits =
            |outcome: &PaymentOutcome| matches!(outcome, PaymentOutcome::AwaitsCustomer(..));
        state.payments.values().filter(|payment| waits(&payment.outcome)).count()
    });
    assert_eq!(open, 1, "the gateway ended the others");
}

#[tokio::test]
async fn a_form_for_the_signal_never_pays_the_balance() {
    let visit = Visit::new().await;
    visit.arrived();
    let late = visit.pay(1, "key=k&payment=signal&method=bank_transfer").await;
    assert_eq!(late.status, 409);
    assert_eq!(visit.ways(), []);
}

#[tokio::test]
async fn a_form_without_a_key_or_with_an_unknown_way_asks_for_nothing() {
    let visit = Visit::new().await;
    for form in ["method=checkout", "key=k&method=card", "key=k&method=gold", "key=k&iban="] {
        assert_eq!(visit.pay(1, form).await.status, 422, "{form}");
    }
    assert_eq!(visit.ways(), []);
}

#[tokio::test]
async fn who_comes_back_from_paying_is_told_what_the_gateway_says() {
    let visit = Visit::new().await;
    let stranger = visit.ask(0, "GET", "/portal/paid", "", "").await;
    assert_eq!(stranger.status, 200);
    assert!(
        stranger.body.contains("The payment page is closed")
            || stranger.body.contains("está cerrada")
    );
    let (known, waits) = (format!("expediente/{SALE}"), format!("expediente/{SALE}?notice=bank"));
    assert!(leads_to(&visit.get("/portal/paid").await, &known), "nothing was begun");
    visit.pay(1, "key=k&payment=signal&method=checkout").await;
    assert!(leads_to(&visit.get("/portal/paid").await, &known));
    assert!(visit.purchase().await.contains("Go on to the payment page"), "it wasn't paid");
    visit.world.with(|state| {
        for payment in state.payments.values_mut() {
            payment.outcome = PaymentOutcome::Captured(payment.id.clone());
        }
        state.gateway_down = (i64::MIN, i64::MAX);
    });
    assert!(leads_to(&visit.get("/portal/paid").await, &waits), "nobody knows");
    visit.world.with(|state| state.gateway_down = (i64::MAX, i64::MAX));
    assert!(leads_to(&visit.get("/portal/paid").await, &known));
    assert!(visit.purchase().await.contains("class=\"state\">paid"));
    assert!(leads_to(&visit.get("/portal/paid").await, &known), "a second look changes nothing");
}

#[test]
fn what_waits_says_so_and_how_to_go_on_in_every_language() {
    for (language, _) in LANGUAGES {
        let words = words::of(language);
        let body = |attempt| {
            let frame = super::frame(language, 1);
            frame.purchase(seen(language, &reserved(Some(attempt)))).body
        };
        let link = |text| format!("<a class=\"main\" href=\"{ADDRESS}\">{text}");
        for (attempt, text) in
            [(on_a_page(), words.paying.go_on), (challenged(), words.paying.confirm)]
        {
            let body = body(attempt);
            assert!(body.contains(&link(text)) && body.contains(words.paying.otherwise));
        }
        let partly = body(transfer(40_050));
        assert!(partly.contains(words.paying.came) && partly.contains(words.paying.parts_go_back));
        let no = body(declined());
        assert!(no.contains(words.paying.declines.insufficient_funds) && no.contains("/pay\">"));
    }
}

#[test]
fn an_attempt_whose_page_is_over_can_be_followed_by_another() {
    let over = on_a_page();
    let late = days(3);
    let (sale, sample) = reserved(Some(over));
    let due = crate::purchase::Purchase::new(&sale, &sample.details, Language::En, late).due;
    let due = due.unwrap();
    assert!(due.waiting.is_none() && due.failed.unwrap().contains("You can pay again"));
    let ended = super::tried(
        Means::Checkout,
        AttemptState::Expired(GatewayPaymentId::parse("pi_1").unwrap()),
    );
    let shown = seen(Language::En, &reserved(Some(ended)));
    assert_eq!(shown.payments[0].state, "not finished");
    let (sale, sample) = reserved(None);
    let gone = crate::purchase::Purchase::new(&sale, &sample.details, Language::En, days(8));
    assert!(gone.due.is_none(), "nothing begins after the deadline");
}

#[tokio::test]
async fn whoever_is_logged_in_is_led_to_the_purchases_unless_there_is_something_to_read() {
    let visit = Visit::new().await;
    assert!(leads_to(&visit.get("/portal/login").await, "expediente"));
    assert_eq!(visit.ask(0, "GET", "/portal/login", "", "").await.status, 200, "nobody");
}
