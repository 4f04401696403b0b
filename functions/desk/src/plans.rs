//! The plans comerciales, and the form by which their prices and names are changed: what changes is
//! shown before it is saved, and nothing but what was shown is saved.

mod new;

use crate::field::{Field, Group};
use crate::lists::{Row, WorkList};
use crate::pages::Frame;
use crate::{Desk, Parts};
use domain::ids::ShortDigest;
use domain::money::Terms;
use domain::plan::{CommercialPlan, Tariff};
use domain::ports::PlanStore;
use domain::{CountryCode, Currency, Language, Money, Names, OptionCode};
use edge::http::Page;
use edge::{Employee, Fault, Operation, Problem, ProblemType, Request};
use mail::formats::Formats;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use web::{Form, LANGUAGES};

/// What of a plan can be changed.
#[derive(Clone, PartialEq)]
enum Part {
    /// `None` where it isn't sold yet.
    Price(Option<Money>),
    /// Empty where there is none.
    Name(String),
}

impl Part {
    /// As its field has it.
    fn typed(&self, formats: &Formats) -> String {
        match self {
            Self::Price(money) => money.map(|money| formats.amount(money)).unwrap_or_default(),
            Self::Name(name) => name.clone(),
        }
    }

    /// As it is read.
    fn said(&self, formats: &Formats) -> String {
        match self {
            Self::Price(Some(money)) => formats.money(*money),
            Self::Name(name) if !name.is_empty() => name.clone(),
            Self::Price(None) | Self::Name(_) => "–".to_owned(),
        }
    }
}

/// A part of a plan with its place in the form.
struct Placed {
    /// The heading that it is under.
    group: String,
    /// Its field's name, which has codes where the body has places in lists: what the plan gains or
    /// loses meanwhile moves nothing to another's place.
    name: String,
    label: Cow<'static, str>,
    part: Part,
}

/// What a plan has prices and names for.
struct Outline {
    base_platform: String,
    /// Each once, wherever it is offered.
    options: Vec<OptionCode>,
    countries: Vec<Market>,
}

/// A country in which a plan is sold.
struct Market {
    country: CountryCode,
    currency: Currency,
}

/// The field of an option's price in a country; one that is empty isn't offered there.
fn option_price(country: CountryCode, option: &OptionCode) -> String {
    format!("tariffs/{country}/options/{}/price", option.as_str())
}

impl Outline {
    fn of(plan: &CommercialPlan) -> Self {
        let mut options: Vec<OptionCode> = Vec::new();
        for option in plan.tariffs.iter().flat_map(Tariff::options) {
            if !options.contains(&option.code) {
                options.push(option.code.clone());
            }
        }
        let market = |tariff: &Tariff| Market {
            country: tariff.country(),
            currency: tariff.terms().price().currency(),
        };
        Self {
            base_platform: plan.base_platform.as_str().to_owned(),
            options,
            countries: plan.tariffs.iter().map(market).collect(),
        }
    }

    /// All that can be changed, in the order of the form, as it is in this plan.
    fn parts(&self, plan: Option<&CommercialPlan>, frame: &Frame) -> Vec<Placed> {
        let words = frame.words;
        let names = |group: String, folder: String, names: Option<&Names>| {
            let named = LANGUAGES.map(|(language, label)| Placed {
                group: group.clone(),
                name: format!("{folder}names/{}", language.code()),
                label: label.into(),
                part: Part::Name(
                    names.and_then(|names| names.of(language)).unwrap_or("").to_owned(),
                ),
            });
            named.into_iter()
        };
        let of_options = self.options.iter().flat_map(|code| {
            let group = format!("{} · {}", words.plan_form.names, code.as_str());
            let now = plan.and_then(|plan| plan.option_names.get(code));
            names(group, format!("options/{}/", code.as_str()), now)
        });
        let of_market = |market: &Market| market.parts(&self.options, plan, frame);
        let own = names(words.plan_form.names.to_owned(), String::new(), plan.map(|it| &it.names));
        self.countries.iter().flat_map(of_market).chain(own).chain(of_options).collect()
    }

    /// The body of the operation: what was typed in the place of prices and names.
    fn asked(&self, form: &Form, formats: &Formats) -> Value {
        let names = |folder: &str| {
            let named = Language::ALL.into_iter().filter_map(|language| {
                let name = form.field(&format!("{folder}names/{}", language.code())).trim();
                (!name.is_empty()).then(|| (language.code().to_owned(), json!(name)))
            });
            Value::Object(named.collect::<Map<_, _>>())
        };
        let is_offered = |code: &&OptionCode| {
            let price = |market: &Market| option_price(market.country, code);
            self.countries.iter().any(|market| !form.field(&price(market)).trim().is_empty())
        };
        let of_options = self.options.iter().filter(is_offered).filter_map(|code| {
            let names = names(&format!("options/{}/", code.as_str()));
            names
                .as_object()
                .is_some_and(|names| !names.is_empty())
                .then(|| json!({ "code": code, "names": names }))
        });
        let tariffs =
            self.countries.iter().map(|market| market.asked(&self.options, form, formats));
        json!({
            "base_platform": self.base_platform,
            "names": names(""),
            "options": of_options.collect::<Vec<_>>(),
            "tariffs": tariffs.collect::<Vec<_>>(),
        })
    }
}

impl Market {
    fn parts(
        &self,
        options: &[OptionCode],
        plan: Option<&CommercialPlan>,
        frame: &Frame,
    ) -> Vec<Placed> {
        let (country, words) = (self.country, frame.words);
        let tariff = plan.and_then(|plan| plan.tariff(country));
        let terms = tariff.map(Tariff::terms);
        let placed = |name: String, label: Cow<'static, str>, money| Placed {
            group: format!("{country} · {}", self.currency.code()),
            name,
            label,
            part: Part::Price(money),
        };
        let whole = |name: &str| format!("tariffs/{country}/{name}");
        let whole = [
            placed(whole("price"), words.price.into(), terms.map(Terms::price)),
            placed(whole("signal"), words.signal.into(), terms.map(Terms::signal)),
        ];
        let options = options.iter().map(|code| {
            let shown = plan.map_or(code.as_str(), |plan| plan.option_shown(code, frame.language));
            let offered = tariff.map(Tariff::options).unwrap_or_default();
            let offered = offered.iter().find(|option| option.code == *code);
            let price = offered.map(|option| option.price);
            placed(option_price(country, code), shown.to_owned().into(), price)
        });
        whole.into_iter().chain(options).collect()
    }

    fn asked(&self, options: &[OptionCode], form: &Form, formats: &Formats) -> Value {
        let (country, currency) = (self.country, self.currency);
        // What is no amount is refused at its field by the operation.
        let amount = |name: &str| {
            let typed = form.field(name).trim();
            formats.minor(typed, currency).map_or_else(|| json!(typed), |minor| json!(minor))
        };
        let options = options.iter().filter_map(|code| {
            let name = option_price(country, code);
            let is_offered = !form.field(&name).trim().is_empty();
            is_offered.then(|| json!({ "code": code, "price": amount(&name) }))
        });
        json!({
            "country": country,
            "currency": currency.code(),
            "price": amount(&format!("tariffs/{country}/price")),
            "signal": amount(&format!("tariffs/{country}/signal")),
            "options": options.collect::<Vec<_>>(),
        })
    }
}

/// The same problem with its faults at the form's fields; one of all options of a country together
/// is at the country's price.
fn at_fields(problem: Problem, body: &Value) -> Problem {
    let place = |pointer: &str| {
        let (mut here, mut name) = (Some(body), String::new());
        for step in pointer.split('/').skip(1) {
            let list = here.and_then(Value::as_array);
            let element = list.zip(step.parse::<usize>().ok());
            here = match element {
                Some((list, number)) => list.get(number),
                None => here.and_then(|object| object.get(step)),
            };
            let code = element.and(here).and_then(|element| {
                element.get("code").or_else(|| element.get("country"))?.as_str()
            });
            name = format!("{name}/{}", code.unwrap_or(step));
        }
        name.strip_suffix("/options").map(|tariff| format!("{tariff}/price")).unwrap_or(name)
    };
    let faults: Vec<_> = problem
        .errors()
        .iter()
        .map(|fault| Fault::new(place(&fault.pointer), fault.detail.clone()))
        .collect();
    problem.at(faults)
}

/// A part that changes.
pub(crate) struct Change {
    pub(crate) what: String,
    pub(crate) before: String,
    pub(crate) after: String,
    /// How far a price is from what it was.
    pub(crate) difference: String,
}

/// What changes from the one plan to the other.
fn changes(before: &[Placed], after: &[Placed], formats: &Formats) -> Vec<Change> {
    let change = |new: &Placed| {
        let old = before.iter().find(|old| old.name == new.name)?;
        (old.part != new.part).then(|| Change {
            what: format!("{} · {}", new.group, new.label),
            before: old.part.said(formats),
            after: new.part.said(formats),
            difference: match (&old.part, &new.part) {
                (Part::Price(Some(old)), Part::Price(Some(new))) => difference(*old, *new, formats),
                _ => String::new(),
            },
        })
    };
    after.iter().filter_map(change).collect()
}

/// Such as `+600,00 € (+2,5 %)`: by the percentage a digit too many is seen.
fn difference(before: Money, after: Money, formats: &Formats) -> String {
    let signed = |money: Money| i64::try_from(money.minor()).unwrap_or(i64::MAX);
    let difference = signed(after).saturating_sub(signed(before));
    let sign = if difference > 0 { "+" } else { "−" };
    // Rounded: twice the tenths, and one more, halved.
    let twice = i128::from(difference.unsigned_abs()) * 2000 / i128::from(signed(before).max(1));
    let tenths = (twice + 1) / 2;
    let percent = formats.number(&format!("{}.{}", tenths / 10, tenths % 10));
    let plus = if difference > 0 { sign } else { "" };
    format!("{plus}{} ({sign}{percent} %)", formats.sum(difference, after.currency()))
}

/// The form of a plan as it is shown.
pub(crate) struct PlanForm {
    /// Where it is sent, below the plans.
    pub(crate) path: String,
    pub(crate) title: String,
    /// What is to be known of the plan before it is changed.
    pub(crate) lead: &'static str,
    pub(crate) put_by: String,
    pub(crate) groups: Vec<Group>,
    /// Whether prices and names can be compared yet.
    pub(crate) is_whole: bool,
    /// What was typed, once it was compared with the plan.
    pub(crate) compared: Option<Compared>,
}

/// What saving the form would do.
pub(crate) struct Compared {
    pub(crate) changes: Vec<Change>,
    /// What was compared with what: only that is saved.
    pub(crate) seen: String,
}

impl PlanForm {
    /// The plan as it is; with what was typed, and what of it was refused.
    fn new(
        plan: &CommercialPlan,
        frame: &Frame,
        (form, problem): (&Form, Option<&Problem>),
        zone: &jiff::tz::TimeZone,
    ) -> Self {
        let words = frame.words;
        let moment = frame.formats().moment(plan.updated_at, zone);
        let parts = Outline::of(plan).parts(Some(plan), frame);
        Self {
            path: plan.code.as_str().to_owned(),
            title: format!("{} · {}", plan.shown(frame.language), plan.code.as_str()),
            lead: words.plan_form.keeps,
            put_by: format!("{} {} · {moment}", words.plan_form.put_by, plan.updated_by),
            groups: groups(parts, frame, (form, problem), true),
            is_whole: true,
            compared: None,
        }
    }
}

/// The fields of these parts under their headings; with what was typed, and what of it was refused.
/// What `folds` may be folded away while it is unchanged.
fn groups(
    parts: Vec<Placed>,
    frame: &Frame,
    (form, problem): (&Form, Option<&Problem>),
    folds: bool,
) -> Vec<Group> {
    let (words, formats) = (frame.words, frame.formats());
    let none = Problem::invalid(Vec::new());
    let mut groups: Vec<Group> = Vec::new();
    for Placed { group, name, label, part } in parts {
        let now = part.typed(formats);
        let is_price = matches!(part, Part::Price(_));
        // A browser shows nothing of a field that is missing where it is folded away: what has
        // to be there is said by the operation.
        let field = Field::optional(name, label, "text");
        let mut field = if form.is_empty() {
            field.with(now.clone())
        } else {
            field.typed(form, problem.unwrap_or(&none), words)
        };
        let is_changed = field.value.trim() != now || field.fault.is_some();
        let said = || format!("{}: {}", words.plan_form.now, part.said(formats));
        field.hint = (folds && (is_price || is_changed)).then(said);
        let folded = folds && !is_changed;
        if let Some(last) = groups.last_mut().filter(|last| last.name == group) {
            last.folded &= folded;
            last.fields.push(field);
        } else {
            groups.push(Group { name: group.into(), fields: vec![field], folded });
        }
    }
    groups
}

impl<P: Parts> Desk<'_, P> {
    /// The plans, with what they cost in the employee's country.
    pub(crate) async fn offered(&self, frame: Frame, employee: &Employee) -> Result<Page, Problem> {
        employee.may(Operation::ListPlans)?;
        let may_put = employee.may(Operation::PutPlan).is_ok();
        let (words, formats, language) = (frame.words, frame.formats(), frame.language);
        let zone = employee.zone.time_zone();
        let rows = self.plans.plans().await?;
        let rows = rows.iter().map(|plan| {
            let (code, edit) = (plan.code.as_str(), words.plan_form.edit);
            Row {
                name: format!("{} · {code}", plan.shown(language)),
                text: costs(plan, employee.country, &frame),
                at: formats.moment(plan.updated_at, &zone),
                way: may_put.then(|| (format!("plans/{code}"), edit)),
            }
        });
        let rows = rows.collect();
        let way = may_put.then_some(("plans/new", words.plan_form.new));
        Ok(frame.list(WorkList { rows, way, ..WorkList::new(words.plans) }))
    }

    /// The form by which a plan is changed.
    pub(crate) async fn plan_form(
        &self,
        frame: Frame,
        employee: &Employee,
        code: &str,
    ) -> Result<Page, Problem> {
        employee.may(Operation::PutPlan)?;
        let Some(plan) = self.plan(code).await? else { return Ok(frame.nothing()) };
        let zone = employee.zone.time_zone();
        let form = PlanForm::new(&plan, &frame, (&Form::default(), None), &zone);
        Ok(frame.plan(200, form))
    }

    /// Shows what a form changes of a plan, or saves what was shown. What changes nothing any more,
    /// such as a form that comes again, is done.
    pub(crate) async fn change_plan(
        &self,
        frame: Frame,
        employee: &Employee,
        code: &str,
        request: &Request,
        form: &Form,
    ) -> Result<Page, Problem> {
        employee.may(Operation::PutPlan)?;
        let Some(plan) = self.plan(code).await? else { return Ok(frame.nothing()) };
        let (zone, formats) = (employee.zone.time_zone(), frame.formats());
        let outline = Outline::of(&plan);
        let body = outline.asked(form, formats);
        let asked = request.of_page(employee, Some(("plan_code", code)), "", &body);
        let new = match put_plan::read(&asked) {
            Ok(new) => new,
            Err(problem) if problem.kind().status() >= 500 => return Err(problem),
            Err(problem) => {
                let frame = frame.clone().fault((frame.words.problem)(problem.kind()));
                let (status, problem) = (problem.kind().status(), at_fields(problem, &body));
                let form = PlanForm::new(&plan, &frame, (form, Some(&problem)), &zone);
                return Ok(frame.plan(status, form));
            }
        };
        let (old, after) = (outline.parts(Some(&plan), &frame), outline.parts(Some(&new), &frame));
        let changes = changes(&old, &after, formats);
        let seen = digest(Some(&plan), code, &body)?;
        let (saves, is_seen) = (form.field("step") == "save", form.field("seen") == seen);
        if saves && !changes.is_empty() && is_seen {
            put_plan::handle(self.plans, asked).await?;
        }
        if saves && (changes.is_empty() || is_seen) {
            return Ok(frame.redirect(&format!("plans/{code}?notice=done")));
        }
        let frame =
            if saves { frame.clone().fault(frame.words.plan_form.overtaken) } else { frame };
        let shown = PlanForm::new(&plan, &frame, (form, None), &zone);
        let compared = Some(Compared { changes, seen });
        Ok(frame.plan(if saves { 409 } else { 200 }, PlanForm { compared, ..shown }))
    }

    /// A plan as it was put last; text that is no code is no plan's.
    async fn plan(&self, code: &str) -> Result<Option<CommercialPlan>, Problem> {
        let plans = self.plans.plans().await?;
        Ok(plans.into_iter().find(|plan| plan.code.as_str() == code))
    }
}

/// What a plan and its options cost in a country, in a line; empty where it isn't sold.
fn costs(plan: &CommercialPlan, country: CountryCode, frame: &Frame) -> String {
    let Some(tariff) = plan.tariff(country) else { return String::new() };
    let formats = frame.formats();
    let options = tariff.options().iter().map(|option| {
        let name = plan.option_shown(&option.code, frame.language);
        format!("{name} {}", formats.money(option.price))
    });
    let price = formats.money(tariff.terms().price());
    [price].into_iter().chain(options).collect::<Vec<_>>().join(" · ")
}

/// Which plan was compared with which form; `None`: a new one of this code.
fn digest(plan: Option<&CommercialPlan>, code: &str, body: &Value) -> Result<String, Problem> {
    // Our own type: it can always be written.
    let plan = serde_json::to_vec(&plan).map_err(|_| ProblemType::InternalError)?;
    Ok(ShortDigest::of(&[&plan, code.as_bytes(), body.to_string().as_bytes()]).to_string())
}
