//! The desk over the ports in memory: who is let in, what it reads, what it writes into its pages.

mod lists;
mod plans;
mod reports;
mod watched;

use crate::{Bounds, Desk, Fresh, SaleBounds};
use domain::account::TokenDigest;
use domain::desk::{DeskSession, DeskSessions};
use domain::ports::{SaleStore, UnpaidLimits};
use domain::sale::{Movement, Part, Posting, Stage};
use domain::{
    AttemptId, CountryCode, CustomerId, DealershipId, EmployeeId, FullName, SaleId, ZoneName,
};
use edge::Request;
use edge::http::Page;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use testkit::accounts::{Accounts, Desk as Sessions, TestIssuer};
use testkit::contract::Sample;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::{SALE, now, post, registered};
use web::LANGUAGES;

const TOKEN: &str = "a-token-of-a-session";
const COOKIE: &str = "__Host-desk=a-token-of-a-session";

fn days(days: i64) -> Timestamp {
    now().checked_add(SignedDuration::from_hours(24 * days)).unwrap()
}

/// The desk of a world, and how often its store was asked.
struct Place {
    world: World,
    sessions: Sessions,
    issuer: TestIssuer,
    /// The text that nobody can guess, of the next request.
    token: &'static str,
    /// The version that the browser says it has.
    version: String,
}

impl Place {
    async fn new(roles: &[&str]) -> Self {
        Self::of("MAD-01", roles).await
    }

    async fn of(dealership: &str, roles: &[&str]) -> Self {
        let sessions = Sessions::default();
        let session = DeskSession {
            token: TokenDigest::of(TOKEN),
            employee: EmployeeId::parse("e-1").unwrap(),
            dealership: DealershipId::parse(dealership).unwrap(),
            country: CountryCode::parse("ES").unwrap(),
            zone: ZoneName::parse("Europe/Madrid").unwrap(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            log_out_url: None,
            expires_at: days(1),
        };
        sessions.open_desk(&session).await.unwrap();
        let world = registered(Faults::Calm).await;
        let (issuer, token) = (TestIssuer::default(), "another-token");
        Self { world, sessions, issuer, token, version: String::new() }
    }

    async fn ask(
        &self,
        at: Timestamp,
        method: &str,
        path: &str,
        headers: [&str; 2],
        body: &str,
    ) -> (Page, u32) {
        let [cookie, origin] = headers;
        let headers = json!({
            "cookie": cookie, "origin": origin, "host": "desk.test",
            "content-type": "application/x-www-form-urlencoded",
            "if-none-match": self.version,
        });
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let parameters: serde_json::Map<_, _> = form_urlencoded::parse(query.as_bytes())
            .map(|(name, text)| (name.into_owned(), json!(text)))
            .collect();
        let mut event = post(&headers, body);
        event["rawPath"] = json!(format!("/desk/{path}"));
        event["rawQueryString"] = json!(query);
        event["queryStringParameters"] = json!(parameters);
        event["requestContext"]["http"]["path"] = json!(format!("/desk/{path}"));
        event["requestContext"]["http"]["method"] = json!(method);
        let request = Request::new(serde_json::from_value(event).unwrap(), at).unwrap();
        let (ports, accounts) = (Ports::new(&self.world, "desk"), Accounts::default());
        let limits = UnpaidLimits { employee: 10, dealership: 20 };
        let (signal, balance) = (SignedDuration::from_hours(48), SignedDuration::from_hours(48));
        let bounds = Bounds {
            sale: SaleBounds { signal, balance, limits },
            extension: SignedDuration::from_hours(240),
            debit: 100_000,
        };
        let desk = Desk::<(_, _, _, _, _, _, _)> {
            sessions: &self.sessions,
            accounts: &accounts,
            store: &ports,
            plans: &ports,
            gateway: &ports,
            queues: &ports,
            issuer: &self.issuer,
            bounds,
            url: "https://desk.test/desk",
        };
        let fresh = Fresh {
            token: self.token.to_owned(),
            attempt: AttemptId::parse("01936d3c-7d2b-7b4c-8d8e-000000000001").unwrap(),
            sale: SaleId::parse("01936d3c-7d2b-7b4c-8d8e-000000000002").unwrap(),
            customer: CustomerId::parse("01936d3c-7d2b-7b4c-8d8e-000000000003").unwrap(),
        };
        (desk.handle(fresh, &request).await, ports.calls())
    }

    async fn get(&self, path: &str) -> Page {
        self.ask(now(), "GET", path, [COOKIE, ""], "").await.0
    }

    async fn send(&self, path: &str, body: &str) -> Page {
        self.ask(now(), "POST", path, [COOKIE, "https://desk.test"], body).await.0
    }
}

#[tokio::test]
async fn a_language_is_chosen_once() {
    let place = Place::new(&["sales"]).await;
    let chosen = place.get("board?lang=de").await;
    let kept = chosen.headers["set-cookie"].split(';').next().unwrap();
    assert_eq!(kept, "__Host-language=de");
    assert!(chosen.body.contains("<html lang=\"de\""), "{}", chosen.body);
    let cookies = format!("{COOKIE}; {kept}");
    let next = place.ask(now(), "GET", "stock", [&cookies, ""], "").await.0;
    assert!(next.body.contains("<html lang=\"de\""), "{}", next.body);
    assert!(!next.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn a_session_ends_when_its_day_is_over() {
    let place = Place::new(&["sales"]).await;
    let at = async |at| place.ask(at, "GET", "board", [COOKIE, ""], "").await.0;
    assert_eq!(at(now()).await.status, 200);
    let over = at(days(1)).await;
    assert_eq!((over.status, &*over.headers["location"]), (303, "log-in"));
    let sent = place.ask(days(1), "POST", "sell", [COOKIE, "https://desk.test"], "a=b").await.0;
    assert_eq!(sent.headers["location"], "log-in?notice=over");
}

#[tokio::test]
async fn an_employee_is_let_in_by_the_issuer_s_answer_to_the_own_browser() {
    let mut place = Place::new(&["sales"]).await;
    place.issuer.claims = [("sub", "e-2"), ("dealership_id", "MAD-01"), ("country", "ES")]
        .map(|(name, claim)| (name.to_owned(), claim.to_owned()))
        .into();
    place.issuer.claims.insert("roles".to_owned(), "[\"sales\"]".to_owned());
    let waits = "__Host-desk-log-in=another-token";
    let answer = async |path: &str, cookie: &str, at| {
        place.ask(now(), "GET", "begin", ["", ""], "").await;
        place.ask(at, "GET", path, [cookie, ""], "").await.0
    };
    for (path, cookie, at) in [
        ("answer?state=state&code=good", "", now()),
        ("answer?state=state&code=good", "__Host-desk-log-in=x", now()),
        ("answer?state=other&code=good", waits, now()),
        ("answer?state=state&code=bad", waits, now()),
        ("answer?state=state", waits, now()),
        ("answer?error=access_denied&state=state", waits, now()),
        ("answer?state=state&code=good", waits, days(1)),
    ] {
        let refused = answer(path, cookie, at).await;
        assert_eq!(refused.status, 401, "{path} {cookie}");
        assert!(!refused.headers.contains_key("set-cookie"));
    }
    let let_in = answer("answer?state=state&code=good", waits, now()).await;
    assert_eq!(let_in.status, 200);
    assert!(let_in.body.contains("url=board"), "{}", let_in.body);
    let cookie = &let_in.headers["set-cookie"];
    assert!(cookie.starts_with("__Host-desk=") && cookie.contains("SameSite=Strict"), "{cookie}");
    let again = place.ask(now(), "GET", "answer?state=state&code=good", [waits, ""], "").await.0;
    assert_eq!(again.status, 401, "an answer counts once");
    let session = place.sessions.desk_session(&TokenDigest::of("another-token")).await.unwrap();
    let session = session.unwrap();
    assert_eq!((session.employee.as_str(), session.roles), ("e-2", vec!["sales".to_owned()]));
    // Who sees no sales begins where there is something to see.
    place.issuer.claims.insert("roles".to_owned(), "[\"product\"]".to_owned());
    place.ask(now(), "GET", "begin", ["", ""], "").await;
    let let_in = place.ask(now(), "GET", "answer?state=state&code=good", [waits, ""], "").await.0;
    assert!(let_in.body.contains("url=plans"), "{}", let_in.body);
}

/// The board of many sales costs what that of few does.
#[tokio::test]
async fn the_board_reads_a_page_of_each_status_however_many_sales_there_are() {
    let place = Place::new(&["sales"]).await;
    let ports = Ports::new(&place.world, "register-sale");
    let reads = async |path| place.ask(now(), "GET", path, [COOKIE, ""], "").await.1;
    let few = [reads("board").await, reads("board?employee=e-1").await];
    for _ in 0..10_000 {
        let sample = Sample::new().unwrap();
        ports.register(sample.registration()).await.unwrap();
    }
    let many = [reads("board").await, reads("board?employee=e-1").await];
    // Nine statuses, a query and a read of the sales for each that has some; and the plans.
    assert_eq!(few[0], 9 + 1 + 1);
    assert_eq!(many[0], few[0]);
    assert!(many[1] <= 2 * u32::from(crate::board::PAGES) + 1, "{many:?}");
    let board = place.get("board").await.body;
    assert_eq!(board.matches("class=\"seller\"").count(), 50);
    assert!(board.contains("50+"), "more are there than are shown");
}

#[tokio::test]
async fn what_needs_somebody_is_said() {
    let place = Place::new(&["sales"]).await;
    for (hours, class, said) in [
        (72, "fine", ""),
        (47, "soon", "class=\"need\">Due soon"),
        (-1, "overdue", "class=\"need\">Overdue"),
    ] {
        place.world.with(|state| {
            let row = state.sales.get_mut(&SaleId::parse(SALE).unwrap()).unwrap();
            let pay_signal_by = now().checked_add(SignedDuration::from_hours(hours)).unwrap();
            row.sale.stage = Stage::SaleRegistered { pay_signal_by };
        });
        let board = place.get("board?lang=en").await.body;
        assert!(board.contains(&format!("<li class=\"{class}\"><a ")), "{hours}: {board}");
        assert!(board.contains(said), "{hours}: {board}");
    }
}

/// R-199 of `docs/requirements.md`.
#[tokio::test]
async fn money_on_top_is_that_of_the_sales_on_the_page() {
    let place = Place::new(&["sales"]).await;
    let board = async |hours, captured| {
        place.world.with(|state| {
            let row = state.sales.get_mut(&SaleId::parse(SALE).unwrap()).unwrap();
            let pay_signal_by = now().checked_add(SignedDuration::from_hours(hours)).unwrap();
            row.sale.stage = Stage::SaleRegistered { pay_signal_by };
            row.sale.ledger = vec![Posting(Movement::Captured, Part::Signal, now()); captured];
        });
        place.get("board?lang=en").await.body
    };
    for (hours, captured, amounts) in [
        (72, 0, ["all\"><strong>€1,000.00</strong> Awaited", "<strong>€0.00</strong> Received"]),
        (-1, 1, ["<strong>€1,000.00</strong> Overdue", "<strong>€1,000.00</strong> Received"]),
    ] {
        let board = board(hours, captured).await;
        for amount in amounts {
            assert!(board.contains(amount), "{amount}: {board}");
        }
        assert!(board.contains("those of the sales on this page"));
    }
    let none = place.get("board?lang=en&plan=NONE").await.body;
    assert!(!none.contains("Received"), "money of sales that aren't shown: {none}");
}

/// R-193 of `docs/requirements.md`.
#[tokio::test]
async fn a_plan_is_called_as_the_employee_s_language_calls_it() {
    let place = Place::new(&["sales"]).await;
    let plan = testkit::contract::plan_store::plan("CITY", 3_000_000).unwrap();
    place.world.with(|state| {
        let row = state.sales.get_mut(&SaleId::parse(SALE).unwrap()).unwrap();
        row.details.plan.names = plan.names.clone();
        state.plans.insert(plan.code.clone(), plan);
    });
    for path in ["board", "plans", "sell", &format!("sales/{SALE}")] {
        for (language, named) in [("es", true), ("de", false)] {
            let page = place.get(&format!("{path}?lang={language}")).await.body;
            assert_eq!(page.contains("City eléctrico"), named, "{path} in {language}");
        }
    }
}

#[tokio::test]
async fn what_was_typed_is_text_and_nothing_else() {
    let place = Place::new(&["sales", "dealership-manager"]).await;
    place.world.with(|state| {
        let row = state.sales.get_mut(&SaleId::parse(SALE).unwrap()).unwrap();
        let name = FullName::parse("O'Neill <b>Ana</b> \"x\"");
        row.details.customer.full_name = name.unwrap_or(row.details.customer.full_name.clone());
    });
    let coded = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22'%26";
    let fields = [
        "customer/full_name",
        "customer/email",
        "customer/phone",
        "plan/code",
        "vehicle_id",
        "key",
        "delivery/to",
        "customer/language",
    ];
    for field in fields {
        let page = place.send("sell", &format!("{}={coded}", field.replace('/', "%2F"))).await;
        assert_eq!(page.status, 422, "{field}");
        assert!(!page.body.contains("<script>alert"), "{field}");
    }
    for (action, field) in [
        ("cancel", "reason"),
        ("correct", "full_name"),
        ("extend", "pay_by"),
        ("deliver", "appointment/time"),
        ("close-case", "kind"),
        ("documents", "kind"),
    ] {
        let page = place
            .send(
                &format!("sales/{SALE}/{action}"),
                &format!("{}={coded}", field.replace('/', "%2F")),
            )
            .await;
        assert!(!page.body.contains("<script>alert"), "{action}");
        assert!(page.status == 303 || page.status >= 400, "{action}: {}", page.status);
    }
    for path in
        [format!("find?q={coded}"), format!("board?employee={coded}&plan={coded}&from={coded}")]
    {
        let page = place.get(&path).await;
        assert!(page.status == 200 && !page.body.contains("<script>alert"), "{path}");
    }
}

/// Each page in each language: a heading, labels for its fields, no script or style of its own.
#[tokio::test]
async fn pages_are_whole_and_small() {
    let place = Place::new(&["sales", "dealership-manager", "product"]).await;
    let plan = testkit::contract::plan_store::plan("CITY", 3_000_000).unwrap();
    place.world.with(|state| state.plans.insert(plan.code.clone(), plan));
    let sale = format!("sales/{SALE}");
    let assets = place.get("style.css").await.body.len() + place.get("desk.js").await.body.len();
    for (language, _) in LANGUAGES {
        for path in [
            "log-in",
            "goodbye",
            "board",
            "find?q=x",
            "cases",
            "overdue",
            "deliveries",
            "documents",
            "stock",
            "plans",
            "plans/CITY",
            "plans/new",
            "reports/2024-11",
            "sell",
            &sale,
            "nowhere",
        ] {
            let path = if path.contains('?') {
                format!("{path}&lang={}", language.code())
            } else {
                format!("{path}?lang={}", language.code())
            };
            let Page { body, headers, status, .. } = place.get(&path).await;
            assert!(status == 200 || path.starts_with("nowhere"), "{path}: {status}");
            assert!(headers["content-security-policy"].contains("default-src 'none'"));
            assert!(body.contains(&format!("<html lang=\"{}\"", language.code())), "{path}");
            assert_eq!(body.matches("<h1").count(), 1, "{path}");
            assert!(!body.contains(" style=") && !body.contains(" onclick"), "{path}");
            assert!(body.len() + assets < 60_000, "{path}: {} and {assets} bytes", body.len());
            for field in
                body.split("<input ").skip(1).filter(|field| !field.starts_with("type=\"hidden\""))
            {
                let id =
                    field.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
                assert!(body.contains(&format!("for=\"{id}\"")), "{path}: {id} has no label");
            }
        }
    }
}

#[tokio::test]
async fn what_can_t_be_done_says_why_before_it_is_tried() {
    let page = async |roles: &[&str]| {
        Place::new(roles).await.get(&format!("sales/{SALE}?lang=en")).await.body
    };
    let manager = page(&["sales", "dealership-manager"]).await;
    assert!(manager.contains("/cancel?lang=en\"") && manager.contains("/pay-signal?lang=en\""));
    for why in ["No balance is awaited.", "No case is open.", "The authority has refused nothing."]
    {
        assert!(manager.contains(why), "{why}");
    }
    let auditor = page(&["auditor"]).await;
    assert!(!auditor.contains("<form method=\"post\" action=\"../sales/"), "an auditor has a form");
    assert!(auditor.contains("It is done by: dealership manager"), "{auditor}");
}

/// Writes the pages where a browser can show them: `target/desk/<language>/<page>.html`.
#[tokio::test]
async fn pages_can_be_looked_at() {
    let place = Place::new(&["sales", "dealership-manager", "product"]).await;
    let plan = testkit::contract::plan_store::plan("CITY", 3_000_000).unwrap();
    place.world.with(|state| state.plans.insert(plan.code.clone(), plan));
    let ports = Ports::new(&place.world, "register-sale");
    for _ in 0..7 {
        ports.register(Sample::new().unwrap().registration()).await.unwrap();
    }
    let paid = place.send(&format!("sales/{SALE}/pay-signal"), "key=k&method=checkout").await;
    assert_eq!(paid.status, 303, "{}", paid.body);
    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/desk");
    for (language, _) in LANGUAGES {
        let folder = root.join(language.code());
        std::fs::create_dir_all(&folder).unwrap();
        let style = place.get("style.css").await.body;
        std::fs::write(folder.join("style.css"), &style).unwrap();
        std::fs::write(root.join("style.css"), &style).unwrap();
        for (name, path) in [
            ("log-in", "log-in"),
            ("board", "board"),
            ("stock", "stock"),
            ("plans", "plans"),
            ("plan", "plans/CITY"),
            ("new-plan", "plans/new"),
            ("report", "reports/2024-11"),
            ("sell", "sell"),
            ("sale", &format!("sales/{SALE}")),
        ] {
            let page = place.get(&format!("{path}?lang={}", language.code())).await;
            std::fs::write(folder.join(format!("{name}.html")), page.body).unwrap();
        }
        let form = "customer%2Ffull_name=Ana&customer%2Femail=nobody&document%2Finsurance=x";
        let refused = place.send(&format!("sell?lang={}", language.code()), form).await;
        std::fs::write(folder.join("refused.html"), refused.body).unwrap();
    }
}
