//! `/desk/{proxy+}`: the web pages of a dealership's employees. Each answers without JavaScript; a
//! POST that does something ends in a redirect; nothing is asked of any other site but, to log in,
//! of the corporate issuer.
//!
//! What a form asks for is done by the operation of the API that does it: the same body, the same
//! checks, the same table of who may. The pages only read by themselves.

mod actions;
mod asked;
mod board;
mod field;
mod lists;
mod log_in;
mod pages;
mod plans;
mod qr;
mod reports;
mod sale;
mod sell;
#[cfg(test)]
mod tests;
mod words;

pub use pages::out_of_time;
pub use register_sale::Bounds as SaleBounds;

use domain::account::AccountStore;
use domain::desk::{DeskSessions, Issuer};
use domain::ports::{
    CorrectionStore, ErasureStore, OpenCases, PaymentGateway, PlanStore, Queues, SaleIndex,
    SaleStore, VehicleStore,
};
use domain::{AttemptId, CustomerId, SaleId};
use edge::http::{MAX_BODY, Page};
use edge::{Employee, Operation, Problem, ProblemType, Request};
use jiff::SignedDuration;
use pages::Frame;
use web::{Form, MAX_FORM, from_another_site, language};

/// The style sheet's and the script's version: a change of theirs needs another.
pub(crate) const ASSETS_VERSION: &str = "4";

/// What bounds the operations, as it bounds them where the API is asked.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// How long customers have to pay, and how many may owe their señal.
    pub sale: SaleBounds,
    /// How far a deadline can be moved.
    pub extension: SignedDuration,
    /// What can be debited from an account at most, in minor units.
    pub debit: u64,
}

/// What the pages stand on, each part by its type.
pub trait Parts {
    /// The employees' log-ins and sessions.
    type Sessions: DeskSessions;
    /// The customers' accounts.
    type Accounts: AccountStore;
    /// Where the sales are.
    type Store: Sales;
    /// The plans comerciales.
    type Plans: PlanStore;
    /// The payment gateway.
    type Gateway: PaymentGateway;
    /// The queues, of which only new credentials need one.
    type Queues: Queues;
    /// The corporate issuer, who knows the employees.
    type Issuer: Issuer;
}

/// The parts in this order.
impl<D, A, S, P, G, Q, I> Parts for (D, A, S, P, G, Q, I)
where
    D: DeskSessions,
    A: AccountStore,
    S: Sales,
    P: PlanStore,
    G: PaymentGateway,
    Q: Queues,
    I: Issuer,
{
    type Sessions = D;
    type Accounts = A;
    type Store = S;
    type Plans = P;
    type Gateway = G;
    type Queues = Q;
    type Issuer = I;
}

/// What the pages need.
#[derive(Debug)]
pub struct Desk<'a, P: Parts> {
    /// The employees' log-ins and sessions.
    pub sessions: &'a P::Sessions,
    /// The customers' accounts.
    pub accounts: &'a P::Accounts,
    /// Where the sales are.
    pub store: &'a P::Store,
    /// The plans comerciales.
    pub plans: &'a P::Plans,
    /// The payment gateway.
    pub gateway: &'a P::Gateway,
    /// The queues, of which only new credentials need one.
    pub queues: &'a P::Queues,
    /// The corporate issuer, who knows the employees.
    pub issuer: &'a P::Issuer,
    /// What bounds the operations.
    pub bounds: Bounds,
    /// Where browsers find the pages, without a slash at the end.
    pub url: &'a str,
}

impl<'a, Table, G, Q, I> Desk<'a, (Table, Table, Table, Table, G, Q, I)>
where
    Table: DeskSessions + AccountStore + Sales + PlanStore,
    G: PaymentGateway,
    Q: Queues,
    I: Issuer,
{
    /// A desk whose sessions, accounts, sales and plans are in one store.
    pub fn new(
        store: &'a Table,
        (gateway, queues, issuer): (&'a G, &'a Q, &'a I),
        bounds: Bounds,
        url: &'a str,
    ) -> Self {
        let (sessions, accounts, plans) = (store, store, store);
        Self { sessions, accounts, store, plans, gateway, queues, issuer, bounds, url }
    }
}

/// What a request may need that nobody can guess.
#[derive(Debug)]
pub struct Fresh {
    /// A random token of 256 bits: a session's, a log-in's, or a form's idempotency key.
    pub token: String,
    /// An attempt's id.
    pub attempt: AttemptId,
    /// A sale's id.
    pub sale: SaleId,
    /// A customer's id.
    pub customer: CustomerId,
}

/// Where the sales are, and all that is asked of them.
pub trait Sales:
    SaleStore + SaleIndex + OpenCases + VehicleStore + ErasureStore + CorrectionStore
{
}

impl<T> Sales for T where
    T: SaleStore + SaleIndex + OpenCases + VehicleStore + ErasureStore + CorrectionStore
{
}

impl<P: Parts> Desk<'_, P> {
    /// Answers a request for a page.
    pub async fn handle(&self, fresh: Fresh, request: &Request) -> Page {
        let Some((_, path)) = request.path().rsplit_once("/desk/") else {
            return web::redirect("desk/board".to_owned());
        };
        let path = path.trim_end_matches('/');
        if let Some(asset) = pages::asset(path) {
            return asset;
        }
        let segments: Vec<&str> = path.split('/').collect();
        let frame = Frame::new(language(request), segments.len().saturating_sub(1));
        // A plan has a name and a price for each of its options, in each language and country.
        let most = if segments.first() == Some(&"plans") { MAX_BODY } else { MAX_FORM };
        let answer = match request.method() {
            "POST" => match Form::read(request, self.url, most) {
                Some(form) => self.take(frame.clone(), &segments, fresh, request, &form).await,
                None => Ok(frame.message(403, frame.chrome.refused)),
            },
            _ => self.show(frame.clone(), &segments, fresh, request).await,
        };
        let page = answer.unwrap_or_else(|problem| frame.problem(&problem));
        web::keep_language(page, request)
    }

    /// A GET: the page of this path, which changes nothing but who is logged in.
    async fn show(
        &self,
        frame: Frame,
        segments: &[&str],
        fresh: Fresh,
        request: &Request,
    ) -> Result<Page, Problem> {
        match segments {
            ["log-in"] => return Ok(frame.door(200, None)),
            ["goodbye"] => return Ok(frame.clone().notice("goodbye").door(200, None)),
            ["begin"] => return self.begin_log_in(&frame, &fresh, request).await,
            ["answer"] => return self.end_log_in(&frame, &fresh, request).await,
            _ => {}
        }
        let Some(employee) = self.employee(request).await? else {
            let page = if from_another_site(request) {
                web::again(frame.words.desk, "")
            } else {
                frame.redirect("log-in")
            };
            return Ok(page);
        };
        let notice = request.query("notice").unwrap_or_default();
        let frame = frame.of(&employee).notice(notice);
        match segments {
            [""] => Ok(frame.redirect(frame.home())),
            ["board"] => self.board(frame, &employee, request).await,
            ["find"] => self.find(frame, &employee, request).await,
            ["cases" | "overdue" | "deliveries" | "documents"] => {
                self.work_list(frame, &employee, segments.concat().as_str(), request).await
            }
            ["stock"] => self.stock(frame, &employee, request).await,
            ["plans"] => self.offered(frame, &employee).await,
            ["plans", "new"] => Self::new_plan_form(frame, &employee),
            ["plans", code] => self.plan_form(frame, &employee, code).await,
            ["reports"] => reports::begin(&frame, &employee, request),
            ["reports", month] => self.report(frame, &employee, month, request).await,
            ["sell"] => self.sell_form(frame, &employee, &fresh, request).await,
            ["sales", id] => self.sale(frame, &employee, id, &fresh, request).await,
            _ => Ok(frame.nothing()),
        }
    }

    /// A POST of a form that our own page showed: does what it asks, then redirects.
    async fn take(
        &self,
        frame: Frame,
        segments: &[&str],
        fresh: Fresh,
        request: &Request,
        form: &Form,
    ) -> Result<Page, Problem> {
        if segments == ["log-out"] {
            return self.log_out(&frame, request).await;
        }
        let Some(employee) = self.employee(request).await? else {
            return Ok(frame.redirect("log-in?notice=over"));
        };
        let frame = frame.of(&employee);
        match segments {
            ["sell"] => self.sell(frame, &employee, fresh, request, form).await,
            ["plans", "new"] => self.add_plan(frame, &employee, request, form).await,
            ["plans", code] => self.change_plan(frame, &employee, code, request, form).await,
            ["sales", id, action] => {
                self.act(frame, &employee, (id, action), fresh, request, form).await
            }
            _ => Ok(frame.nothing()),
        }
    }

    /// A sale of the employee's dealership; another's doesn't exist.
    async fn own_sale(
        &self,
        employee: &Employee,
        id: &str,
    ) -> Result<(domain::Sale, domain::ports::Details), Problem> {
        employee.may(Operation::GetSale)?;
        let id = SaleId::parse(id).ok().ok_or(ProblemType::SaleNotFound)?;
        let found = domain::use_cases::read_sale::read_sale(self.store, id, &employee.dealership);
        Ok(found.await?.ok_or(ProblemType::SaleNotFound)?)
    }
}
