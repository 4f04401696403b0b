//! What can be done to a sale: a form each, with what it will do said before, or why it can't be
//! done now. Each is an operation of the API, which decides again when the form comes.

use crate::asked::as_captured;
use crate::field::Field;
use crate::pages::Frame;
use crate::sale::SaleView;
use crate::words::{Doing, Words};
use crate::{Bounds, Desk, Fresh, Parts};
use domain::country::DocumentKind;
use domain::ports::Details;
use domain::sale::{
    CaseKind, CheckKind, Closure, Command, DeliveryPlace, PaymentKind, PaymentMethod, Rejection,
    Sale, Status, decide,
};
use domain::{Language, Reason};
use edge::http::Page;
use edge::{Employee, Operation, Problem, ProblemType, Request};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use web::{Form, LANGUAGES};

/// What an employee can do to a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    PaySignal,
    PayBalance,
    Documents,
    Deliver,
    Correct,
    Extend,
    Resubmit,
    CloseCase,
    Credentials,
    Cancel,
    Erase,
}

impl Action {
    /// All of them, in the order of a sale's life.
    pub(crate) const ALL: [Self; 11] = [
        Self::PaySignal,
        Self::PayBalance,
        Self::Documents,
        Self::Deliver,
        Self::Correct,
        Self::Extend,
        Self::Resubmit,
        Self::CloseCase,
        Self::Credentials,
        Self::Cancel,
        Self::Erase,
    ];

    /// The last part of its path.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::PaySignal => "pay-signal",
            Self::PayBalance => "pay-balance",
            Self::Documents => "documents",
            Self::Deliver => "deliver",
            Self::Correct => "correct",
            Self::Extend => "extend",
            Self::Resubmit => "resubmit",
            Self::CloseCase => "close-case",
            Self::Credentials => "credentials",
            Self::Cancel => "cancel",
            Self::Erase => "erase",
        }
    }

    fn parse(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.path() == path)
    }

    /// The operation that does it.
    pub(crate) fn operation(self) -> Operation {
        match self {
            Self::PaySignal => Operation::PaySignal,
            Self::PayBalance => Operation::MakeFinalPayment,
            Self::Documents => Operation::RecordDocuments,
            Self::Deliver => Operation::PrepareDelivery,
            Self::Correct => Operation::CorrectCustomer,
            Self::Extend => Operation::ExtendDeadline,
            Self::Resubmit => Operation::ResubmitRegistration,
            Self::CloseCase => Operation::CloseCase,
            Self::Credentials => Operation::ResendCredentials,
            Self::Cancel => Operation::CancelSale,
            Self::Erase => Operation::EraseCustomer,
        }
    }

    fn doing(self, words: &Words) -> Doing {
        let doing = &words.doing;
        match self {
            Self::PaySignal => doing.pay_signal,
            Self::PayBalance => doing.pay_balance,
            Self::Documents => doing.documents,
            Self::Deliver => doing.deliver,
            Self::Correct => doing.correct,
            Self::Extend => doing.extend,
            Self::Resubmit => doing.resubmit,
            Self::CloseCase => doing.close_case,
            Self::Credentials => doing.credentials,
            Self::Cancel => doing.cancel,
            Self::Erase => doing.erase,
        }
    }
}

/// An action as the sale's page shows it.
pub(crate) struct ActionForm {
    pub(crate) path: &'static str,
    pub(crate) name: &'static str,
    pub(crate) does: &'static str,
    /// Why it can't be done now.
    pub(crate) barred: Option<String>,
    pub(crate) fields: Vec<Field>,
    pub(crate) ticks: Vec<Tick>,
    /// Whether it is unfolded: what was just sent and refused.
    pub(crate) open: bool,
    pub(crate) fault: Option<&'static str>,
    /// The form's key: sent twice, it is done once.
    pub(crate) key: String,
}

/// A line that can be ticked.
pub(crate) struct Tick {
    pub(crate) name: &'static str,
    pub(crate) value: &'static str,
    pub(crate) label: &'static str,
    pub(crate) done: bool,
}

/// What was sent and refused, and why.
pub(crate) struct Refused<'a> {
    pub(crate) action: Action,
    pub(crate) form: &'a Form,
    pub(crate) problem: Problem,
}

/// A sale, and who looks at it.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) sale: &'a Sale,
    pub(crate) details: &'a Details,
    pub(crate) employee: &'a Employee,
    pub(crate) words: &'static Words,
    pub(crate) bounds: Bounds,
    pub(crate) now: Timestamp,
}

impl ActionForm {
    /// Every action's form, each with a key of its own.
    pub(crate) fn all(seen: Seen<'_>, refused: Option<&Refused<'_>>, key: &str) -> Vec<Self> {
        let form = |action: Action| {
            let refused = refused.filter(|refused| refused.action == action);
            Self::new(seen, action, refused, key)
        };
        Action::ALL.into_iter().map(form).collect()
    }

    fn new(seen: Seen<'_>, action: Action, refused: Option<&Refused<'_>>, key: &str) -> Self {
        let Doing { name, does } = action.doing(seen.words);
        let barred = if refused.is_some() { None } else { barred(seen, action) };
        let fields = match &barred {
            Some(_) => Vec::new(),
            None => fields(seen, action),
        };
        let fields = fields.into_iter().map(|field| match refused {
            Some(Refused { form, problem, .. }) => field.typed(form, problem, seen.words),
            None => field,
        });
        let fault = refused.map(|refused| said(&refused.problem, seen.words));
        let typed = refused.map(|refused| refused.form.field("key").to_owned());
        // A key that was used for something else is used up.
        let is_used = refused.is_some_and(|refused| {
            let kind = refused.problem.kind();
            kind == ProblemType::IdempotencyKeyReused || kind == ProblemType::PaymentDeclined
        });
        let fresh = || format!("{}-{key}", action.path());
        Self {
            path: action.path(),
            name,
            does,
            ticks: if barred.is_none() { ticks(seen, action, refused) } else { Vec::new() },
            barred,
            fields: fields.collect(),
            open: refused.is_some(),
            fault,
            key: typed.filter(|_| !is_used).unwrap_or_else(fresh),
        }
    }
}

/// What is wrong, in a sentence.
pub(crate) fn said(problem: &Problem, words: &Words) -> &'static str {
    (words.problem)(problem.kind())
}

/// Why this can't be done now: the role isn't there, or the sale would refuse it.
fn barred(seen: Seen<'_>, action: Action) -> Option<String> {
    let Seen { sale, employee, words, bounds, now, .. } = seen;
    if employee.may(action.operation()).is_err() {
        let roles = action.operation().roles().iter().map(|role| (words.role)(*role));
        return Some(format!("{} {}", words.needs_role, roles.collect::<Vec<_>>().join(", ")));
    }
    let by = || employee.id.clone();
    // Words that are never stored: nothing is committed here.
    let reason = Reason::parse("-").ok()?;
    let closure = || Closure { by: by(), reason: reason.clone() };
    let soon = |at: Timestamp| at.checked_add(SignedDuration::from_mins(1)).unwrap_or(at);
    let command = match action {
        Action::PaySignal => return not_payable(seen, PaymentKind::Signal),
        Action::PayBalance => return not_payable(seen, PaymentKind::Balance),
        Action::Credentials => {
            return sale.erasure.is_some().then(|| words.erased.to_owned());
        }
        Action::Documents => Command::RecordDocuments(sale.missing_documents()),
        // What comes again is done, and nothing else can be.
        Action::Deliver if sale.status() == Status::HandedOver => {
            return Some((words.problem)(ProblemType::HandedOver).to_owned());
        }
        Action::Deliver => {
            let local = now.to_zoned(sale.zone().time_zone()).datetime();
            Command::PrepareDelivery { by: by(), checks: Vec::new(), appointment: None, local }
        }
        Action::Correct => {
            Command::CorrectCustomer { owner: false, customer: sale.customer.clone() }
        }
        Action::Extend => Command::ExtendDeadline {
            by: by(),
            reason: reason.clone(),
            pay_by: soon(sale.pay_by().unwrap_or(now).max(now)),
            max_extension: bounds.extension,
        },
        Action::Resubmit => Command::ResubmitRegistration { closure: closure() },
        Action::CloseCase => {
            let closes = |case: &domain::sale::Case| {
                let command = Command::CloseCase { kind: case.kind, closure: closure() };
                decide(sale, command, now).is_ok()
            };
            let any = sale.open_cases().any(closes);
            let why = if sale.open_cases().next().is_some() {
                ProblemType::CaseClosesItself
            } else {
                ProblemType::CaseNotFound
            };
            return (!any).then(|| (words.problem)(why).to_owned());
        }
        Action::Cancel => Command::Cancel { by: by(), reason: reason.clone() },
        Action::Erase => Command::EraseCustomer { by: by() },
    };
    match decide(sale, command, now) {
        // What waits for its customer is ended first.
        Err(Rejection::PaymentInProgress) if action == Action::Cancel => None,
        Err(Rejection::NotDue(_)) => {
            Some((words.problem)(ProblemType::RegistrationNotDue).to_owned())
        }
        Err(rejection) => Some(said(&rejection.into(), words).to_owned()),
        Ok(_) if sale.erasure.is_some() => Some(words.erased.to_owned()),
        Ok(_) => None,
    }
}

fn not_payable(Seen { sale, words, now, .. }: Seen<'_>, kind: PaymentKind) -> Option<String> {
    let is_open = sale.payment_deadline(kind).is_some_and(|by| now <= by);
    let is_under_way = sale.open_attempt(kind).is_some_and(|attempt| attempt.state.is_under_way());
    let why =
        if is_under_way { ProblemType::PaymentInProgress } else { ProblemType::PaymentNotDue };
    (!is_open || is_under_way).then(|| (words.problem)(why).to_owned())
}

fn fields(seen: Seen<'_>, action: Action) -> Vec<Field> {
    let Seen { sale, details, words, .. } = seen;
    let names = &words.fields;
    let reason = || Field::new("reason", names.reason, "text");
    match action {
        Action::PaySignal | Action::PayBalance => {
            let ways = [PaymentMethod::Checkout, PaymentMethod::BankTransfer];
            let ways = ways.map(|way| (way.as_str(), (words.method)(way)));
            vec![Field::chosen("method", names.method, ways)]
        }
        Action::Documents => {
            let kinds = DocumentKind::ALL.map(|kind| (kind.as_str(), (words.document)(kind)));
            let missing = sale.missing_documents();
            let first = missing.first().map(|kind| kind.as_str()).unwrap_or_default();
            vec![
                Field::chosen("kind", names.document, kinds).with(first),
                Field::new("documents/0/sha256", names.digest, "digest"),
            ]
        }
        Action::Deliver => {
            let slot = sale.appointment.as_ref().map(|arranged| arranged.slot);
            let date = slot.map(|slot| slot.date.to_string()).unwrap_or_default();
            let time = slot.and_then(|slot| slot.time);
            let time = time.map(|time| time.strftime("%H:%M").to_string()).unwrap_or_default();
            let places = DeliveryPlace::ALL.map(|place| (place.as_str(), (words.place)(place)));
            let place = slot.map(|slot| slot.place.as_str()).unwrap_or_default();
            // With all of it done only the day is left to be said.
            let all_done = sale.checks.len() == CheckKind::ALL.len();
            let day = Field::optional("appointment/date", names.date, "date").with(date);
            vec![
                Field { required: all_done, ..day },
                Field::optional("appointment/time", names.time, "time").with(time),
                Field::chosen("appointment/place", names.place, places).with(place),
            ]
        }
        Action::Correct => correctable(details, words).into_iter().chain([reason()]).collect(),
        Action::Extend => {
            let zone = sale.zone().time_zone();
            let pay_by = sale.pay_by().map(|by| local(by, &zone)).unwrap_or_default();
            let deadline = Field::new("pay_by", names.pay_by, "datetime-local").with(pay_by);
            vec![deadline, reason()]
        }
        Action::CloseCase => {
            let kinds = sale.open_cases().map(|case| (case.kind.as_str(), (words.case)(case.kind)));
            // What stands on the vehicle itself, where what the factory reports doesn't fit.
            let unclear = sale.has_open_case(CaseKind::VehicleUnclear);
            let there = unclear.then(|| Field::optional("vehicle_id", names.vehicle, "text"));
            [Field::chosen("kind", names.case, kinds)]
                .into_iter()
                .chain(there)
                .chain([reason()])
                .collect()
        }
        Action::Resubmit | Action::Cancel => vec![reason()],
        Action::Credentials | Action::Erase => Vec::new(),
    }
}

/// What can be corrected, as it is now.
fn correctable(details: &Details, words: &Words) -> Vec<Field> {
    let names = &words.fields;
    let as_it_is = as_captured(details);
    let field = |name, label, kind| {
        let now = as_it_is.iter().find(|(field, _)| *field == name);
        Field::optional(name, label, kind).with(now.map_or("", |(_, text)| text))
    };
    vec![
        field("full_name", names.full_name, "text"),
        field("email", names.email, "email"),
        field("phone", names.phone, "tel"),
        field("tax_id", names.tax_id, "text"),
        Field::language("language", names.language, details.customer.language),
        field("address/street", names.street, "text"),
        field("address/postal_code", names.postal_code, "text"),
        field("address/city", names.city, "text"),
        field("address/country", names.country, "text"),
    ]
}

fn ticks(seen: Seen<'_>, action: Action, refused: Option<&Refused<'_>>) -> Vec<Tick> {
    let tick = |name, value, label, done| Tick { name, value, label, done };
    match action {
        Action::Deliver => {
            let check = |kind: CheckKind| {
                let done = seen.sale.checks.iter().any(|check| check.kind == kind);
                tick("checks", kind.as_str(), (seen.words.check)(kind), done)
            };
            CheckKind::ALL.map(check).into()
        }
        // Asked only once it turned out to be so.
        Action::Correct
            if refused
                .is_some_and(|refused| refused.problem.kind() == ProblemType::EmailOfAnother) =>
        {
            vec![tick("known_customer", "true", seen.words.fields.known_customer, false)]
        }
        _ => Vec::new(),
    }
}

/// What an element for a moment takes, by the dealership's clock.
fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).datetime().strftime("%Y-%m-%dT%H:%M").to_string()
}

impl<P: Parts> Desk<'_, P> {
    /// Does what a form of a sale's page asks for, then shows the sale; what is refused is said
    /// where it was asked for, with all that was typed.
    pub(crate) async fn act(
        &self,
        frame: Frame,
        employee: &Employee,
        (id, path): (&str, &str),
        fresh: Fresh,
        request: &Request,
        form: &Form,
    ) -> Result<Page, Problem> {
        let Some(action) = Action::parse(path) else { return Ok(frame.nothing()) };
        employee.may(action.operation())?;
        let (sale, details) = self.own_sale(employee, id).await?;
        let asked = crate::asked::asked(action, form, &sale, &details);
        let request = request.of_page(employee, Some(("sale_id", id)), form.field("key"), &asked);
        let now = request.now();
        match self.ask(action, &fresh, request).await {
            Ok(()) => Ok(frame.redirect(&format!("sales/{id}?notice=done"))),
            Err(problem) if problem.kind().status() >= 500 => Err(problem),
            Err(problem) => {
                // It may be refused for what happened meanwhile.
                let (sale, details) = self.own_sale(employee, id).await?;
                let status = problem.kind().status();
                let (words, bounds) = (frame.words, self.bounds);
                let (sale, details) = (&sale, &details);
                let seen = Seen { sale, details, employee, words, bounds, now };
                let refused = Refused { action, form, problem };
                let view = SaleView::new(seen, frame.language, Some(&refused), &fresh.token);
                Ok(frame.sale(status, view))
            }
        }
    }

    async fn ask(&self, action: Action, fresh: &Fresh, request: Request) -> Result<(), Problem> {
        let (store, gateway, debit) = (self.store, self.gateway, self.bounds.debit);
        let attempt = fresh.attempt;
        let answer = match action {
            Action::PaySignal => pay_signal::handle(store, gateway, attempt, debit, request).await,
            Action::PayBalance => {
                make_final_payment::handle(store, gateway, attempt, debit, request).await
            }
            Action::Documents => record_documents::handle(store, request).await,
            Action::Deliver => prepare_delivery::handle(store, request).await,
            Action::Correct => correct_customer::handle(store, attempt, request).await,
            Action::Extend => extend_deadline::handle(store, self.bounds.extension, request).await,
            Action::Resubmit => resubmit_registration::handle(store, request).await,
            Action::CloseCase => close_case::handle(store, request).await,
            Action::Credentials => {
                resend_credentials::handle(store, self.accounts, self.queues, request).await
            }
            Action::Cancel => cancel_sale::handle(store, gateway, request).await,
            Action::Erase => erase_customer::handle(store, attempt, request).await,
        };
        answer.map(drop)
    }
}

/// The language that a customer is written to, by its own name.
pub(crate) fn language_name(language: Language) -> &'static str {
    LANGUAGES.into_iter().find(|(other, _)| *other == language).map_or("", |(_, name)| name)
}
