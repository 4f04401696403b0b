//! A new sale, by one form: who buys, what, where it goes.

use crate::actions::said;
use crate::field::{Field, Group, body, put};
use crate::lists::{every, options};
use crate::pages::Frame;
use crate::{Desk, Fresh, Parts};
use domain::country::{Country, DocumentKind};
use domain::plan::CommercialPlan;
use domain::ports::PlanStore;
use domain::sale::DeliveryPlace;
use domain::use_cases::list_stock::list_stock;
use domain::vehicle::StockVehicle;
use domain::{CountryCode, Language, OptionCode};
use edge::http::Page;
use edge::{Employee, Operation, Problem, ProblemType, Request};
use serde_json::{Value, json};
use web::Form;

/// The fields of the customer, by their places in the body.
const CUSTOMER: [&str; 9] = [
    "customer/full_name",
    "customer/email",
    "customer/phone",
    "customer/language",
    "customer/tax_id",
    "customer/address/street",
    "customer/address/postal_code",
    "customer/address/city",
    "customer/address/country",
];
/// Where the vehicle goes, if not to the dealership or the customer's own address.
const PLACE: [&str; 4] = [
    "delivery/address/street",
    "delivery/address/postal_code",
    "delivery/address/city",
    "delivery/address/country",
];

/// A plan that can be sold, with what can be added to it.
pub(crate) struct Offer {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) price: String,
    pub(crate) chosen: bool,
    pub(crate) options: Vec<Extra>,
}

/// An option that adds to the price.
pub(crate) struct Extra {
    /// The plan and the option, so that only the chosen plan's count.
    pub(crate) value: String,
    pub(crate) name: String,
    pub(crate) price: String,
    pub(crate) chosen: bool,
}

/// The form as it is shown.
pub(crate) struct SellForm {
    pub(crate) key: String,
    pub(crate) groups: Vec<Group>,
    pub(crate) offers: Vec<Offer>,
    /// What is wrong with what was chosen of the plans.
    pub(crate) plan_fault: Option<&'static str>,
    pub(crate) stock: Field,
    /// What the choice costs, and its señal.
    pub(crate) price: Option<(String, String)>,
    /// Whether to ask if it is the customer whom the address belongs to.
    pub(crate) asks_known: bool,
}

/// What the form is made of.
struct Shop<'a> {
    plans: &'a [CommercialPlan],
    stock: &'a [StockVehicle],
    employee: &'a Employee,
    frame: &'a Frame,
}

impl SellForm {
    /// The form with what was typed, and what of it was refused.
    fn new(shop: &Shop<'_>, form: &Form, problem: Option<&Problem>, key: String) -> Self {
        let Shop { frame, employee, .. } = shop;
        let (words, formats) = (frame.words, frame.formats());
        let names = &words.fields;
        let none = Problem::invalid(Vec::new());
        let fill = |field: Field| {
            if form.is_empty() { field } else { field.typed(form, problem.unwrap_or(&none), words) }
        };
        let country = employee.country.as_str();
        let customer = vec![
            Field::new(CUSTOMER[0], names.full_name, "text"),
            Field::new(CUSTOMER[1], names.email, "email"),
            Field::new(CUSTOMER[2], names.phone, "tel"),
            Field::language(CUSTOMER[3], names.language, home_language(employee.country)),
            Field::optional(CUSTOMER[4], names.tax_id, "text"),
            Field::new(CUSTOMER[5], names.street, "text"),
            Field::new(CUSTOMER[6], names.postal_code, "text"),
            Field::new(CUSTOMER[7], names.city, "text"),
            Field::new(CUSTOMER[8], names.country, "text").with(country),
        ];
        let places = DeliveryPlace::ALL.map(|place| (place.as_str(), (words.place)(place)));
        let delivery = vec![Field::chosen("delivery/to", names.place, places)];
        let labels = [names.street, names.postal_code, names.city, names.country];
        let elsewhere =
            PLACE.into_iter().zip(labels).map(|(name, label)| Field::optional(name, label, "text"));
        let documents = DocumentKind::ALL
            .into_iter()
            .zip(DOCUMENTS)
            .map(|(kind, name)| Field::optional(name, (words.document)(kind), "digest"));
        let group = |name: &'static str, fields: Vec<Field>, folded| {
            let fields: Vec<Field> = fields.into_iter().map(fill).collect();
            // What has a fault isn't hidden, nor what was typed.
            let folded = folded
                && fields.iter().all(|field| field.fault.is_none() && field.value.is_empty());
            Group { name: name.into(), fields, folded }
        };
        let mut groups = vec![
            group(words.customer, customer, false),
            group(words.delivery, delivery, false),
            group(words.elsewhere, elsewhere.collect(), true),
        ];
        if employee.may(Operation::RecordDocuments).is_ok() {
            groups.push(group(words.documents, documents.collect(), true));
        }
        let stock = shop.stock.iter().map(|stock| {
            let plan = &stock.plan;
            let name = format!(
                "{} · {} {} · {}",
                stock.vehicle,
                plan.code.as_str(),
                plan.shown(frame.language),
                options(plan, frame.language)
            );
            (stock.vehicle.to_string(), name)
        });
        let stock: Vec<_> = stock.collect();
        let built = [("", words.from_factory)].into_iter();
        let stock = built.chain(stock.iter().map(|(vin, name)| (vin.as_str(), name.as_str())));
        let stock =
            fill(Field { required: false, ..Field::chosen("vehicle_id", words.from, stock) });
        let refused = problem.map(edge::Problem::kind);
        let of_plan = |fault: &edge::Fault| fault.pointer.starts_with("/plan");
        let plan_fault = problem
            .filter(|problem| problem.errors().iter().any(of_plan))
            .map(|_| (words.fault)("plan/code"));
        let sold = priced(shop, form);
        Self {
            key,
            groups,
            offers: offers(shop, form),
            plan_fault,
            stock,
            price: sold.map(|terms| (formats.money(terms.0), formats.money(terms.1))),
            asks_known: refused == Some(ProblemType::EmailOfAnother),
        }
    }
}

/// A field for each kind of document, in the order of the kinds.
const DOCUMENTS: [&str; DocumentKind::ALL.len()] = [
    "document/identity",
    "document/proof-of-address",
    "document/certificate-of-conformity",
    "document/tax-declaration",
    "document/insurance",
];

/// What most customers of a country read: what its authority is dealt with in.
fn home_language(country: CountryCode) -> Language {
    Country::of(country).map_or(Language::En, |country| country.language)
}

fn offers(Shop { plans, employee, frame, .. }: &Shop<'_>, form: &Form) -> Vec<Offer> {
    let (formats, language) = (frame.formats(), frame.language);
    let (plan, ticked): (&str, Vec<&str>) =
        (form.field("plan/code"), form.fields("options").collect());
    let offer = |offered: &CommercialPlan| {
        let tariff = offered.tariff(employee.country)?;
        let code = offered.code.as_str();
        let options = tariff.options().iter().map(|option| {
            let value = format!("{code}/{}", option.code.as_str());
            Extra {
                chosen: ticked.contains(&value.as_str()),
                value,
                name: offered.option_shown(&option.code, language).to_owned(),
                price: formats.money(option.price),
            }
        });
        Some(Offer {
            code: code.to_owned(),
            name: offered.shown(language).to_owned(),
            price: formats.money(tariff.terms().price()),
            chosen: plan == code,
            options: options.collect(),
        })
    };
    plans.iter().filter_map(offer).collect()
}

/// The options that were ticked at the plan that was chosen.
fn ticked<'a>(form: &'a Form, plan: &str) -> Vec<&'a str> {
    let of_plan = |value: &'a str| {
        let (code, option) = value.split_once('/')?;
        (code == plan).then_some(option)
    };
    form.fields("options").filter_map(of_plan).collect()
}

/// Price and señal of what was chosen, if that is sold.
fn priced(
    Shop { plans, employee, .. }: &Shop<'_>,
    form: &Form,
) -> Option<(domain::Money, domain::Money)> {
    let code = form.field("plan/code");
    let plan = plans.iter().find(|plan| plan.code.as_str() == code)?;
    let options: Result<Vec<OptionCode>, _> =
        ticked(form, code).into_iter().map(OptionCode::parse).collect();
    let sold = plan.sell(employee.country, &options.ok()?).ok()?;
    Some((sold.terms.price(), sold.terms.signal()))
}

/// The body of the registration.
fn asked(form: &Form) -> Value {
    let mut body =
        body(form, CUSTOMER.into_iter().chain(["plan/code", "delivery/to", "vehicle_id"]));
    put(&mut body, "plan/options", json!(ticked(form, form.field("plan/code"))));
    if form.field("delivery/to") == DeliveryPlace::CustomerAddress.as_str() {
        // The customer's own address, unless another was written.
        let written = PLACE.iter().any(|name| !form.field(name).trim().is_empty());
        let part = |name: &str| if written { name.to_owned() } else { own(name) };
        for name in PLACE {
            let text = form.field(&part(name)).trim();
            if !text.is_empty() {
                put(&mut body, name, json!(text));
            }
        }
    }
    let documents: Vec<Value> = DocumentKind::ALL
        .into_iter()
        .zip(DOCUMENTS)
        .filter(|(_, name)| !form.field(name).trim().is_empty())
        .map(|(kind, name)| json!({ "kind": kind.as_str(), "sha256": form.field(name).trim() }))
        .collect();
    if !documents.is_empty() {
        put(&mut body, "documents", json!(documents));
    }
    if form.field("known_customer") == "true" {
        put(&mut body, "known_customer", json!(true));
    }
    body
}

/// The field of the customer's own address beside one of the delivery's.
fn own(name: &str) -> String {
    name.replacen("delivery", "customer", 1)
}

/// A fault of the n-th document is one of the n-th field that was filled in; one of an address that
/// was taken over is one of the customer's.
fn at_fields(problem: Problem, form: &Form) -> Problem {
    let filled: Vec<&str> =
        DOCUMENTS.into_iter().filter(|name| !form.field(name).trim().is_empty()).collect();
    let place = |pointer: &str| -> Option<String> {
        let rest = pointer.strip_prefix("/documents/")?;
        let number: usize = rest.split('/').next()?.parse().ok()?;
        Some(format!("/{}", filled.get(number)?))
    };
    let faults = problem.errors().iter().map(|fault| {
        let pointer = place(&fault.pointer).unwrap_or_else(|| fault.pointer.clone());
        edge::Fault::new(pointer, fault.detail.clone())
    });
    let faults: Vec<_> = faults.collect();
    if faults.is_empty() { problem } else { problem.at(faults) }
}

impl<P: Parts> Desk<'_, P> {
    /// The empty form; with a vehicle of the stock, if the address names one.
    pub(crate) async fn sell_form(
        &self,
        frame: Frame,
        employee: &Employee,
        fresh: &Fresh,
        request: &Request,
    ) -> Result<Page, Problem> {
        employee.may(Operation::RegisterSale)?;
        let (form, key) = (Form::default(), fresh.token.clone());
        let vehicle = request.query("vehicle").unwrap_or_default();
        self.shown(200, frame, employee, (&form, vehicle), None, key, request).await
    }

    /// Registers what the form says, and goes on to the sale; what is refused is said at its
    /// fields. Asked for the price alone, says that.
    pub(crate) async fn sell(
        &self,
        frame: Frame,
        employee: &Employee,
        fresh: Fresh,
        request: &Request,
        form: &Form,
    ) -> Result<Page, Problem> {
        employee.may(Operation::RegisterSale)?;
        let key = form.field("key").to_owned();
        if form.field("step") == "price" {
            return self.shown(200, frame, employee, (form, ""), None, key, request).await;
        }
        let asked = request.of_page(employee, None, &key, &asked(form));
        let ids = register_sale::Fresh { sale: fresh.sale, customer: fresh.customer };
        let bounds = self.bounds.sale;
        match register_sale::handle(self.store, self.plans, bounds, ids, asked).await {
            Ok(reply) => {
                let sale = reply.value();
                let id = sale.get("sale_id").and_then(Value::as_str).unwrap_or_default();
                Ok(frame.redirect(&format!("sales/{id}?notice=sold")))
            }
            Err(problem) if problem.kind().status() >= 500 => Err(problem),
            Err(problem) => {
                let is_used = problem.kind() == ProblemType::IdempotencyKeyReused;
                let key = if is_used { fresh.token } else { key };
                let frame = frame.clone().fault(said(&problem, frame.words));
                let status = problem.kind().status();
                let problem = at_fields(problem, form);
                self.shown(status, frame, employee, (form, ""), Some(&problem), key, request).await
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what a page is made of, each once")]
    async fn shown(
        &self,
        status: u16,
        frame: Frame,
        employee: &Employee,
        (form, vehicle): (&Form, &str),
        problem: Option<&Problem>,
        key: String,
        request: &Request,
    ) -> Result<Page, Problem> {
        let plans = self.plans.plans().await?;
        let stock = list_stock(self.store, every(employee), request.now()).await?.vehicles;
        let shop = Shop { plans: &plans, stock: &stock, employee, frame: &frame };
        let mut view = SellForm::new(&shop, form, problem, key);
        if let Some(taken) = stock.iter().find(|stock| stock.vehicle.to_string() == vehicle) {
            view.take(taken);
        }
        Ok(frame.sell(status, view))
    }
}

impl SellForm {
    /// Chooses a vehicle of the stock, and the plan that it is.
    fn take(&mut self, stock: &StockVehicle) {
        self.stock.value = stock.vehicle.to_string();
        for offer in &mut self.offers {
            offer.chosen = offer.code == stock.plan.code.as_str();
            for extra in offer.options.iter_mut().filter(|_| offer.chosen) {
                let is_built = |option: &OptionCode| {
                    extra.value == format!("{}/{}", offer.code, option.as_str())
                };
                extra.chosen = stock.plan.options.iter().any(is_built);
            }
        }
    }
}
