//! The body of a registration (R-02 of `docs/requirements.md`).

use domain::country::DocumentKind;
use domain::ids::FileDigest;
use domain::{
    Address, CountryCode, Delivery, EmailAddress, FullName, Language, OptionCode, PhoneNumber,
    Plan, PlanCode, TaxId, Vin,
};
use edge::Object;
use edge::customer::address;
use edge::document::{MAX_DOCUMENTS, document};

/// What the body says.
pub(crate) struct NewSale {
    pub(crate) customer: NewCustomer,
    pub(crate) known_customer: bool,
    pub(crate) plan: PlanCode,
    pub(crate) options: Vec<OptionCode>,
    pub(crate) vehicle: Option<Vin>,
    pub(crate) delivery: Delivery,
    pub(crate) documents: Vec<(DocumentKind, FileDigest)>,
}

/// A customer as captured: without an id.
#[derive(Clone)]
pub(crate) struct NewCustomer {
    pub(crate) full_name: FullName,
    pub(crate) email: EmailAddress,
    pub(crate) phone: PhoneNumber,
    pub(crate) address: Address,
    pub(crate) language: Language,
    pub(crate) tax_id: Option<TaxId>,
}

/// Reads what was captured in a dealership of this country.
pub(crate) fn new_sale(body: &Object<'_>, country: CountryCode) -> Option<NewSale> {
    let customer = body.object("customer", |body| customer(body, country));
    let known_customer = body.flag("known_customer");
    let plan = body.object("plan", plan);
    let vehicle = body.optional_text("vehicle_id", Vin::parse);
    let delivery = body.object("delivery", delivery);
    let documents = body.optional_objects("documents", MAX_DOCUMENTS, document);
    let (customer, (plan, options)) = (customer?, plan?);
    Some(NewSale {
        customer,
        known_customer: known_customer?,
        plan,
        options,
        vehicle: vehicle?,
        delivery: delivery?,
        documents: documents?,
    })
}

fn customer(body: &Object<'_>, country: CountryCode) -> Option<NewCustomer> {
    let full_name = body.text("full_name", FullName::parse);
    let email = body.text("email", EmailAddress::parse);
    let phone = body.text("phone", |text| people::phone_number(text, country));
    let address = body.object("address", address);
    let language = body.text("language", Language::parse);
    let lives_in = address.as_ref().map(|address| address.country);
    let countries = || [country].into_iter().chain(lives_in);
    let tax_id = body.optional_text("tax_id", |text| people::tax_id(text, countries()));
    Some(NewCustomer {
        full_name: full_name?,
        email: email?,
        phone: phone?,
        address: address?,
        language: language?,
        tax_id: tax_id?,
    })
}

fn plan(body: &Object<'_>) -> Option<(PlanCode, Vec<OptionCode>)> {
    let code = body.text("code", PlanCode::parse);
    let options = body.texts("options", Plan::MAX_OPTIONS, OptionCode::parse);
    Some((code?, options?))
}

fn delivery(body: &Object<'_>) -> Option<Delivery> {
    let to = body.text("to", |to| match to {
        "dealership" | "customer_address" => Ok(to == "customer_address"),
        _ => Err("must be dealership or customer_address"),
    });
    match to {
        Some(true) => {
            body.object("address", address).map(|address| Delivery::CustomerAddress { address })
        }
        Some(false) => Some(Delivery::Dealership),
        None => {
            body.known("address");
            None
        }
    }
}
