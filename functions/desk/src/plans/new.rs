//! The form by which a plan comercial is added: first its code, platform, countries and options,
//! then the prices and names that these have.

use super::{Compared, Market, Outline, PlanForm, at_fields, changes, digest, groups};
use crate::field::{Field, Group};
use crate::pages::Frame;
use crate::{Desk, Parts};
use domain::plan::CommercialPlan;
use domain::{BasePlatform, CountryCode, Currency, OptionCode, Plan, PlanCode};
use edge::http::Page;
use edge::{Employee, Fault, Operation, Problem, Request};
use web::Form;

/// What a plan begins with, by the names of its fields.
const CODE: &str = "plan_code";
const PLATFORM: &str = "base_platform";
const COUNTRIES: &str = "countries";
const OPTIONS: &str = "option_codes";

/// What was typed of a new plan before its prices.
struct Draft {
    /// Empty where it is no code.
    code: String,
    outline: Outline,
    /// The fields that can't be read.
    faults: Vec<Fault>,
}

impl Draft {
    fn of(form: &Form) -> Self {
        let countries = each(form.field(COUNTRIES), market);
        let options = each(form.field(OPTIONS), |code| OptionCode::parse(code).ok());
        let code = PlanCode::parse(form.field(CODE).trim());
        let base_platform = form.field(PLATFORM).trim().to_owned();
        let is_market = |(place, market): (usize, &Market)| {
            countries.0.iter().take(place).all(|other| other.country != market.country)
        };
        let is_option = |(place, code)| !options.0.iter().take(place).any(|other| other == code);
        let is_fine = [
            (CODE, code.is_ok()),
            (PLATFORM, BasePlatform::parse(&base_platform).is_ok()),
            (
                COUNTRIES,
                countries.1
                    && (1..=CommercialPlan::MAX_TARIFFS).contains(&countries.0.len())
                    && countries.0.iter().enumerate().all(is_market),
            ),
            (
                OPTIONS,
                options.1
                    && options.0.len() <= Plan::MAX_OPTIONS
                    && options.0.iter().enumerate().all(is_option),
            ),
        ];
        let faults = is_fine.into_iter().filter(|(_, is_fine)| !is_fine);
        let faults = faults.map(|(name, _)| fault(name)).collect();
        let code = code.map(|code| code.as_str().to_owned()).unwrap_or_default();
        let outline = Outline { base_platform, options: options.0, countries: countries.0 };
        Self { code, outline, faults }
    }
}

fn fault(field: &str) -> Fault {
    Fault::new(format!("/{field}"), "can't be read")
}

/// What is listed with commas between, and whether all of it can be read.
fn each<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> (Vec<T>, bool) {
    let listed: Vec<&str> =
        text.split(',').map(str::trim).filter(|text| !text.is_empty()).collect();
    let found: Vec<T> = listed.iter().filter_map(|text| read(text)).collect();
    let is_whole = found.len() == listed.len();
    (found, is_whole)
}

/// Such as `ES EUR`.
fn market(text: &str) -> Option<Market> {
    let (country, currency) = text.split_once(' ')?;
    let country = CountryCode::parse(country).ok()?;
    Some(Market { country, currency: Currency::from_code(currency.trim())? })
}

impl PlanForm {
    /// A plan that there is not yet: with what was typed, and what of it was refused.
    fn added(draft: &Draft, frame: &Frame, form: &Form, problem: Option<&Problem>) -> Self {
        let words = &frame.words.plan_form;
        let none = Problem::invalid(Vec::new());
        let field = |name, label, hint: &str| {
            let field =
                Field::new(name, label, "text").typed(form, problem.unwrap_or(&none), frame.words);
            Field { hint: (!hint.is_empty()).then(|| hint.to_owned()), ..field }
        };
        let fields = vec![
            field(CODE, words.code, words.code_hint),
            field(PLATFORM, words.platform, ""),
            field(COUNTRIES, words.countries, words.countries_hint),
            Field { required: false, ..field(OPTIONS, words.options, words.options_hint) },
        ];
        let outline = Group { name: frame.words.plan.into(), fields, folded: false };
        let is_whole = !draft.outline.countries.is_empty();
        let parts = if is_whole { draft.outline.parts(None, frame) } else { Vec::new() };
        let groups = groups(parts, frame, (form, problem), false);
        Self {
            path: "new".to_owned(),
            title: words.new.to_owned(),
            lead: words.new_lead,
            put_by: String::new(),
            groups: [outline].into_iter().chain(groups).collect(),
            is_whole,
            compared: None,
        }
    }
}

impl<P: Parts> Desk<'_, P> {
    /// The empty form by which a plan is added.
    pub(crate) fn new_plan_form(frame: Frame, employee: &Employee) -> Result<Page, Problem> {
        employee.may(Operation::PutPlan)?;
        let form = Form::default();
        let shown = PlanForm::added(&Draft::of(&form), &frame, &form, None);
        Ok(frame.plan(200, shown))
    }

    /// Asks for the prices of what was outlined, shows what is put, or puts what was shown. A form
    /// that comes again is done.
    pub(crate) async fn add_plan(
        &self,
        frame: Frame,
        employee: &Employee,
        request: &Request,
        form: &Form,
    ) -> Result<Page, Problem> {
        employee.may(Operation::PutPlan)?;
        let draft = Draft::of(form);
        let refused = |frame: Frame, problem: Problem| {
            let frame = frame.clone().fault((frame.words.problem)(problem.kind()));
            let shown = PlanForm::added(&draft, &frame, form, Some(&problem));
            Ok(frame.plan(problem.kind().status(), shown))
        };
        if !draft.faults.is_empty() {
            return refused(frame, Problem::invalid(draft.faults.clone()));
        }
        let there = self.plan(&draft.code).await?;
        let body = draft.outline.asked(form, frame.formats());
        let asked = request.of_page(employee, Some(("plan_code", &draft.code)), "", &body);
        let read = put_plan::read(&asked);
        let is_same = |new: &CommercialPlan| {
            there.as_ref().is_some_and(|there| {
                there.base_platform == new.base_platform
                    && there.tariffs == new.tariffs
                    && there.names == new.names
                    && there.option_names == new.option_names
            })
        };
        let step = form.field("step");
        let done = format!("plans/{}?notice=done", draft.code);
        if step == "save" && read.as_ref().is_ok_and(is_same) {
            return Ok(frame.redirect(&done));
        }
        // Another plan's code is taken: that one is changed on its own page.
        if there.is_some() {
            return refused(frame, Problem::invalid(vec![fault(CODE)]));
        }
        if step == "outline" {
            return Ok(frame.clone().plan(200, PlanForm::added(&draft, &frame, form, None)));
        }
        let new = match read {
            Ok(new) => new,
            Err(problem) if problem.kind().status() >= 500 => return Err(problem),
            Err(problem) => return refused(frame, at_fields(problem, &body)),
        };
        let seen = digest(None, &draft.code, &body)?;
        let (saves, is_seen) = (step == "save", form.field("seen") == seen);
        if saves && is_seen {
            put_plan::handle(self.plans, asked).await?;
            return Ok(frame.redirect(&done));
        }
        let frame =
            if saves { frame.clone().fault(frame.words.plan_form.overtaken) } else { frame };
        let (before, after) =
            (draft.outline.parts(None, &frame), draft.outline.parts(Some(&new), &frame));
        let changes = changes(&before, &after, frame.formats());
        let shown = PlanForm::added(&draft, &frame, form, None);
        let compared = Some(Compared { changes, seen });
        Ok(frame.plan(if saves { 409 } else { 200 }, PlanForm { compared, ..shown }))
    }
}
