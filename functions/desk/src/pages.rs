//! The pages' frame and templates.

use crate::board::Board;
use crate::lists::WorkList;
use crate::plans::PlanForm;
use crate::reports::ReportView;
use crate::sale::{SaleView, Way};
use crate::sell::SellForm;
use crate::words::{self, Words};
use askama::Template;
use domain::Language;
use edge::http::Page;
use edge::{Employee, Operation, Problem};
use mail::formats::Formats;
use web::{Chrome, page};

const STYLE: &str = include_str!("../assets/desk.css");
const SCRIPT: &str = include_str!("../assets/desk.js");

/// The style sheet or the script.
pub(crate) fn asset(path: &str) -> Option<Page> {
    match path {
        "style.css" => Some(web::style_sheet([web::STYLE, STYLE].concat())),
        "desk.js" => Some(web::script(SCRIPT.to_owned())),
        _ => None,
    }
}

/// What is answered when nothing else can be in time.
pub fn out_of_time() -> Page {
    let frame = Frame::new(Language::En, 0);
    frame.message(503, frame.chrome.unavailable)
}

/// What all pages have in common.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) language: Language,
    pub(crate) words: &'static Words,
    pub(crate) chrome: &'static Chrome,
    /// From the page's folder to the desk's.
    pub(crate) root: String,
    who: Option<Employee>,
    notice: Option<&'static str>,
    fault: Option<&'static str>,
}

impl Frame {
    pub(crate) fn new(language: Language, depth: usize) -> Self {
        Self {
            language,
            words: words::of(language),
            chrome: Chrome::of(language),
            root: "../".repeat(depth),
            who: None,
            notice: None,
            fault: None,
        }
    }

    /// Of the employee who is logged in.
    pub(crate) fn of(self, employee: &Employee) -> Self {
        Self { who: Some(employee.clone()), ..self }
    }

    pub(crate) fn notice(self, name: &str) -> Self {
        Self { notice: self.words.notice(name), ..self }
    }

    pub(crate) fn fault(self, fault: &'static str) -> Self {
        Self { fault: Some(fault), ..self }
    }

    /// How the reader's language writes money and dates.
    pub(crate) fn formats(&self) -> &'static Formats {
        mail::formats(self.language)
    }

    #[expect(clippy::unused_self, reason = "templates call it of a frame")]
    fn assets(&self) -> &'static str {
        crate::ASSETS_VERSION
    }

    /// Where whoever is logged in begins: who sees no sales sees the plans.
    pub(crate) fn home(&self) -> &'static str {
        if self.may(Operation::ListSales) { "board" } else { "plans" }
    }

    /// The pages that whoever is logged in may see, each with its name.
    fn ways(&self) -> Vec<(&'static str, &'static str)> {
        let words = self.words;
        [
            (Operation::ListSales, "board", words.board),
            (Operation::RegisterSale, "sell", words.sell),
            (Operation::ListCases, "cases", words.cases),
            (Operation::ListSales, "overdue", words.overdue),
            (Operation::ListSales, "deliveries", words.deliveries),
            (Operation::ListSales, "documents", words.documents_missing),
            (Operation::ListStock, "stock", words.stock),
            (Operation::ListPlans, "plans", words.plans),
            (Operation::Report, "reports", words.reports.title),
        ]
        .into_iter()
        .filter(|(operation, ..)| self.may(*operation))
        .map(|(_, path, name)| (path, name))
        .collect()
    }

    /// Whether whoever is logged in may do this.
    pub(crate) fn may(&self, operation: Operation) -> bool {
        self.who.as_ref().is_some_and(|who| who.may(operation).is_ok())
    }

    /// Where one logs in.
    pub(crate) fn door(&self, status: u16, fault: Option<&'static str>) -> Page {
        self.door_with(status, fault.unwrap_or_default(), "")
    }

    /// The same, with more of why nobody is let in.
    pub(crate) fn door_with(&self, status: u16, fault: &'static str, detail: &str) -> Page {
        let frame = if fault.is_empty() { self.clone() } else { self.clone().fault(fault) };
        page(status, &DoorPage { frame, detail })
    }

    pub(crate) fn board(self, board: Board) -> Page {
        web::asking(page(200, &BoardPage { frame: self, board }))
    }

    pub(crate) fn list(self, list: WorkList) -> Page {
        page(200, &ListPage { frame: self, list })
    }

    pub(crate) fn plan(self, status: u16, plan: PlanForm) -> Page {
        page(status, &PlanPage { frame: self, plan })
    }

    pub(crate) fn report(self, report: ReportView) -> Page {
        page(200, &ReportPage { frame: self, report })
    }

    pub(crate) fn sale(self, status: u16, sale: SaleView) -> Page {
        web::asking(page(status, &SalePage { frame: self, sale }))
    }

    pub(crate) fn sell(self, status: u16, form: SellForm) -> Page {
        page(status, &SellPage { frame: self, form })
    }

    /// A page that takes the browser to the issuer's. A redirect of the form would be blocked: the
    /// policy lets forms lead to ourselves alone.
    pub(crate) fn leave_for(&self, url: &str) -> Page {
        page(200, &LeavePage { frame: self.clone(), url })
    }

    pub(crate) fn message(&self, status: u16, title: &'static str) -> Page {
        page(status, &MessagePage { frame: self.clone(), title })
    }

    pub(crate) fn nothing(&self) -> Page {
        self.message(404, self.chrome.not_found)
    }

    /// Why there is no page.
    pub(crate) fn problem(&self, problem: &Problem) -> Page {
        let status = problem.kind().status();
        let title = match status {
            404 => self.chrome.not_found,
            500.. => self.chrome.unavailable,
            _ => (self.words.problem)(problem.kind()),
        };
        self.message(status, title)
    }

    /// 303 to an address in the desk's folder.
    pub(crate) fn redirect(&self, to: &str) -> Page {
        web::redirect(format!("{}{to}", self.root))
    }
}

#[derive(Template)]
#[template(path = "door.html")]
struct DoorPage<'a> {
    frame: Frame,
    detail: &'a str,
}

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    frame: Frame,
    board: Board,
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    frame: Frame,
    list: WorkList,
}

#[derive(Template)]
#[template(path = "plan.html")]
struct PlanPage {
    frame: Frame,
    plan: PlanForm,
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    frame: Frame,
    report: ReportView,
}

#[derive(Template)]
#[template(path = "sale.html")]
struct SalePage {
    frame: Frame,
    sale: SaleView,
}

#[derive(Template)]
#[template(path = "sell.html")]
struct SellPage {
    frame: Frame,
    form: SellForm,
}

#[derive(Template)]
#[template(path = "leave.html")]
struct LeavePage<'a> {
    frame: Frame,
    url: &'a str,
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage {
    frame: Frame,
    title: &'static str,
}
