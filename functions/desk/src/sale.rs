//! A sale's page: where it stands, what happened and who did it, its money, documents and cases.

use crate::actions::{ActionForm, Refused, Seen, language_name};
use crate::board::Need;
use crate::pages::Frame;
use crate::words::Words;
use crate::{Desk, Fresh, Parts, qr};
use domain::sale::{
    Attempt, AttemptState, FactKind, Movement, NextAction, Notification, Part, PaymentKind,
    Posting, Sale,
};
use domain::{Delivery, Language, Money};
use edge::http::Page;
use edge::{Employee, Problem, Request};
use jiff::Timestamp;
use mail::formats::Formats;

/// A name and what it is.
pub(crate) type Line = (&'static str, String);

/// Something that happened.
pub(crate) struct Happened {
    at: Timestamp,
    pub(crate) moment: String,
    pub(crate) what: String,
    /// Who did it, where a person did.
    pub(crate) who: String,
    /// In that person's words.
    pub(crate) why: String,
}

/// One of the two payments.
pub(crate) struct Payment {
    pub(crate) name: &'static str,
    pub(crate) amount: String,
    pub(crate) attempts: Vec<Tried>,
}

/// An attempt to pay.
pub(crate) struct Tried {
    pub(crate) moment: String,
    pub(crate) method: &'static str,
    pub(crate) state: &'static str,
}

/// What a payment asks of the customer now.
pub(crate) struct Asked {
    pub(crate) name: &'static str,
    pub(crate) amount: String,
    pub(crate) way: Way,
}

/// How the customer does it.
pub(crate) enum Way {
    /// On the bank's or the gateway's page; the same for a phone's camera.
    Page(String, Option<String>),
    /// By sending the money there.
    Transfer(Vec<Line>),
}

/// A movement of money.
pub(crate) struct Moved {
    pub(crate) moment: String,
    pub(crate) what: &'static str,
    pub(crate) amount: String,
}

/// A case, and since when it is open.
pub(crate) struct Open {
    pub(crate) what: &'static str,
    pub(crate) since: String,
    pub(crate) done: bool,
}

/// All that the page shows.
pub(crate) struct SaleView {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) status: &'static str,
    pub(crate) need: &'static str,
    pub(crate) class: &'static str,
    pub(crate) facts: Vec<Line>,
    pub(crate) customer: Vec<Line>,
    pub(crate) asked: Vec<Asked>,
    pub(crate) payments: Vec<Payment>,
    pub(crate) ledger: Vec<Moved>,
    pub(crate) documents: Vec<Line>,
    pub(crate) missing: Vec<&'static str>,
    pub(crate) cases: Vec<Open>,
    pub(crate) messages: Vec<(String, &'static str)>,
    pub(crate) history: Vec<Happened>,
    pub(crate) actions: Vec<ActionForm>,
}

impl SaleView {
    /// The sale as this employee sees it; `key` is a fresh token for its forms.
    pub(crate) fn new(
        seen: Seen<'_>,
        language: Language,
        refused: Option<&Refused<'_>>,
        key: &str,
    ) -> Self {
        let Seen { sale, details, words, now, .. } = seen;
        let formats = mail::formats(language);
        let zone = sale.zone().time_zone();
        let moment = |at: Timestamp| formats.moment(at, &zone);
        let need = Need::of(sale, now);
        let told = sale.facts.iter().rev();
        let told = told.filter_map(|fact| Some((fact.1, Notification::of(fact.0)?)));
        let (balance, signal) = (sale.terms.balance(), sale.terms.signal());
        let messages = told.map(|(at, notification)| {
            (moment(at), mail::told(language, notification, balance, signal).headline)
        });
        let documents = details.documents.iter();
        let documents = documents.map(|document| {
            ((words.document)(document.kind), format!("{} · {}", moment(document.at), document.by))
        });
        let missing = sale.missing_documents().into_iter().map(words.document);
        let cases = sale.cases.iter().map(|case| Open {
            what: (words.case)(case.kind),
            since: moment(case.opened_at),
            done: case.closed_at.is_some(),
        });
        let movements = sale.ledger.iter().map(|Posting(movement, part, at)| Moved {
            moment: moment(*at),
            what: (words.movement)(*movement),
            amount: amount(sale, *movement, *part, formats),
        });
        Self {
            id: sale.id.to_string(),
            title: details.customer.full_name.as_str().to_owned(),
            status: (words.status)(sale.status()),
            need: need.said(words),
            class: need.class(),
            facts: facts(seen, language),
            customer: customer(seen),
            asked: PaymentKind::ALL
                .into_iter()
                .filter_map(|kind| asked(seen, kind, formats))
                .collect(),
            payments: PaymentKind::ALL.map(|kind| payment(seen, kind, formats)).into(),
            ledger: movements.collect(),
            documents: documents.collect(),
            missing: missing.collect(),
            cases: cases.collect(),
            messages: messages.collect(),
            history: history(seen, formats),
            actions: ActionForm::all(seen, refused, key),
        }
    }
}

fn amount(sale: &Sale, _: Movement, part: Part, formats: &Formats) -> String {
    let money = match part {
        Part::Signal => Some(sale.terms.signal()),
        Part::Balance => Some(sale.terms.balance()),
        Part::Minor(minor) => Money::new(minor, sale.terms.price().currency()).ok(),
    };
    money.map(|money| formats.money(money)).unwrap_or_default()
}

fn facts(Seen { sale, details, words, .. }: Seen<'_>, language: Language) -> Vec<Line> {
    let (zone, formats) = (sale.zone().time_zone(), mail::formats(language));
    let options = crate::lists::options(&details.plan, language);
    let arranged = sale.appointment.as_ref().map(|arranged| {
        format!("{}, {}", formats.slot(&arranged.slot), (words.place)(arranged.slot.place))
    });
    let captured = match &details.delivery {
        Delivery::Dealership => (words.place)(domain::sale::DeliveryPlace::Dealership),
        Delivery::CustomerAddress { .. } => {
            (words.place)(domain::sale::DeliveryPlace::CustomerAddress)
        }
    };
    let plan = format!("{} · {}", details.plan.code.as_str(), details.plan.shown(language));
    let lines = [
        (words.plan, Some(plan)),
        (words.options, Some(options).filter(|options| !options.is_empty())),
        (words.price, Some(formats.money(sale.terms.price()))),
        (words.due_by, sale.due_at().map(|due| formats.moment(due, &zone))),
        (words.order, sale.order().map(|order| order.id.as_str().to_owned())),
        (words.estimated, sale.estimate().map(|day| formats.date(day))),
        (words.vehicle, sale.vehicle().map(ToString::to_string)),
        (words.plate, sale.registration().map(|found| found.plate.as_str().to_owned())),
        (words.refusal, sale.refusal().map(str::to_owned)),
        (words.delivery, Some(arranged.unwrap_or_else(|| captured.to_owned()))),
        (words.seller, Some(sale.registered_by.to_string())),
    ];
    lines.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
}

fn customer(Seen { sale, details, words, .. }: Seen<'_>) -> Vec<Line> {
    if sale.erasure.is_some() {
        return vec![(words.customer, words.erased.to_owned())];
    }
    let (customer, names) = (&details.customer, &words.fields);
    let at = &customer.address;
    let address = format!(
        "{}, {} {}, {}",
        at.street.as_str(),
        at.postal_code.as_str(),
        at.city.as_str(),
        at.country.as_str()
    );
    let tax_id = customer.tax_id.as_ref().map(|id| (names.tax_id, id.as_str().to_owned()));
    let lines = [
        (names.email, customer.email.as_str().to_owned()),
        (names.phone, customer.phone.as_str().to_owned()),
        (names.address, address),
        (names.language, language_name(customer.language).to_owned()),
    ];
    lines.into_iter().chain(tax_id).collect()
}

fn name_of(kind: PaymentKind, words: &Words) -> &'static str {
    match kind {
        PaymentKind::Signal => words.signal,
        PaymentKind::Balance => words.balance,
    }
}

/// What a payment of this kind asks of the customer, as long as it can be done.
fn asked(seen: Seen<'_>, kind: PaymentKind, formats: &Formats) -> Option<Asked> {
    let Seen { sale, words, now, .. } = seen;
    let attempt = sale.open_attempt(kind)?;
    sale.payment_deadline(kind)?;
    let is_open = sale.open_until(kind, attempt).is_some_and(|until| now < until);
    let due = sale.amount_due(kind);
    let way = match attempt.next_action().filter(|_| is_open)? {
        NextAction::Confirm { url } | NextAction::Pay { url } => {
            Way::Page(url.clone(), qr::svg(url))
        }
        NextAction::Transfer(to) => {
            let remaining = Money::new(to.remaining, due.currency());
            let remaining = remaining.map(|money| formats.money(money)).unwrap_or_default();
            Way::Transfer(vec![
                (words.missing_amount, remaining),
                ("IBAN", to.iban.clone()),
                ("BIC", to.bic.clone()),
                (words.holder, to.holder.clone()),
                (words.reference, to.reference.clone()),
            ])
        }
    };
    Some(Asked { name: name_of(kind, words), amount: formats.money(due), way })
}

fn payment(seen: Seen<'_>, kind: PaymentKind, formats: &Formats) -> Payment {
    let Seen { sale, words, .. } = seen;
    let zone = sale.zone().time_zone();
    let paid = match kind {
        PaymentKind::Signal => FactKind::ReservationPaid,
        PaymentKind::Balance => FactKind::PaymentReceived,
    };
    let paid = sale.facts.iter().rfind(|fact| fact.0 == paid).map(|fact| fact.1);
    let tried = |attempt: &Attempt| {
        // When it was made, as soon as it is.
        let made = paid.filter(|_| matches!(attempt.state, AttemptState::Captured(_)));
        Tried {
            moment: formats.moment(made.unwrap_or(attempt.started_at), &zone),
            method: (words.method)(attempt.means.method()),
            state: (words.attempt)(&attempt.state),
        }
    };
    let attempts = sale.attempts(kind).iter().rev().map(tried).collect();
    let amount = formats.money(sale.amount_due(kind));
    Payment { name: name_of(kind, words), amount, attempts }
}

/// What happened, the newest first: the sale's own facts, and what people did to it.
fn history(Seen { sale, details, words, .. }: Seen<'_>, formats: &Formats) -> Vec<Happened> {
    let zone = sale.zone().time_zone();
    let happened = |at: Timestamp, what: String, who: &dyn std::fmt::Display, why: &str| Happened {
        at,
        moment: formats.moment(at, &zone),
        what,
        who: who.to_string(),
        why: why.to_owned(),
    };
    let own = |what: &str| what.to_owned();
    let cancelled = match &sale.stage {
        domain::sale::Stage::Cancelled { by, reason } => Some((by.to_string(), reason.as_str())),
        _ => None,
    };
    // A deadline that was moved has a line that says more.
    let is_bare = |fact: &&domain::sale::Fact| fact.0 != FactKind::DeadlineExtended;
    let facts = sale.facts.iter().filter(is_bare).map(|fact| {
        let (who, why) = match (fact.0, &cancelled) {
            (FactKind::SaleRegistered, _) => (sale.registered_by.to_string(), ""),
            (FactKind::Cancelled, Some((by, reason))) => (by.clone(), *reason),
            _ => (String::new(), ""),
        };
        happened(fact.1, own((words.fact)(fact.0)), &who, why)
    });
    let extensions = sale.extensions.iter().map(|extension| {
        let until = formats.moment(extension.to, &zone);
        let what = format!("{}: {until}", (words.fact)(FactKind::DeadlineExtended));
        happened(extension.at, what, &extension.by, extension.reason.as_str())
    });
    let closures = sale.cases.iter().filter_map(|case| {
        let (at, closure) = (case.closed_at?, case.closure.as_ref()?);
        let what = format!("{}: {}", words.doing.close_case.name, (words.case)(case.kind));
        let at = Timestamp::from_millisecond(at).ok()?;
        Some(happened(at, what, &closure.by, closure.reason.as_str()))
    });
    let corrections = details.corrections.iter().map(|correction| {
        let what = format!("{}: {}", words.doing.correct.name, correction.fields.join(", "));
        happened(correction.at, what, &correction.by, correction.reason.as_str())
    });
    let documents = details.documents.iter().map(|document| {
        happened(document.at, own((words.document)(document.kind)), &document.by, "")
    });
    let checks = sale
        .checks
        .iter()
        .map(|check| happened(check.at, own((words.check)(check.kind)), &check.by, ""));
    let erasure =
        sale.erasure.iter().map(|erasure| happened(erasure.at, own(words.erased), &erasure.by, ""));
    let mut all: Vec<Happened> = facts
        .chain(extensions)
        .chain(closures)
        .chain(corrections)
        .chain(documents)
        .chain(checks)
        .chain(erasure)
        .collect();
    // What happened at one moment stays in the order in which it did.
    all.sort_by_key(|happened| happened.at);
    all.reverse();
    all
}

impl<P: Parts> Desk<'_, P> {
    /// A sale's page.
    pub(crate) async fn sale(
        &self,
        frame: Frame,
        employee: &Employee,
        id: &str,
        fresh: &Fresh,
        request: &Request,
    ) -> Result<Page, Problem> {
        let (sale, details) = self.own_sale(employee, id).await?;
        let (words, bounds, now): (&'static Words, _, _) =
            (frame.words, self.bounds, request.now());
        let seen = Seen { sale: &sale, details: &details, employee, words, bounds, now };
        let view = SaleView::new(seen, frame.language, None, &fresh.token);
        Ok(frame.sale(200, view).versioned(request.headers(), &fresh.token))
    }
}
