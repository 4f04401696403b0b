//! `POST /sales/{sale_id}/customer-correction`: the desk corrects what it captured of a customer,
//! or what has changed since.

use domain::ports::{CorrectionStore, ErasureStore, SaleStore};
use domain::use_cases::correct_customer::{
    CorrectCustomerError, Corrected, Input, correct_customer,
};
use domain::{AttemptId, EmailAddress, FullName, Language, Reason};
use edge::customer::address;
use edge::representation::SaleView;
use edge::{Fault, Operation, Problem, ProblemType, Reply, Request, UnknownFields};

/// Corrects; who, when, why and which fields stay with the sale.
pub async fn handle(
    store: &(impl SaleStore + ErasureStore + CorrectionStore),
    attempt: AttemptId,
    request: Request,
) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::CorrectCustomer)?;
    let country = employee.country;
    let sale = request.sale_id()?;
    let (reason, corrected, known_customer) =
        request.json()?.read(UnknownFields::Refused, |body| {
            let reason = body.text("reason", Reason::parse);
            let full_name = body.optional_text("full_name", FullName::parse);
            let email = body.optional_text("email", EmailAddress::parse);
            let phone = body.optional_text("phone", |text| people::phone_number(text, country));
            let language = body.optional_text("language", Language::parse);
            let address = body.optional_object("address", address);
            let lives_in = address.as_ref().map(|address| address.country);
            let countries = || [country].into_iter().chain(lives_in);
            let tax_id = body.optional_text("tax_id", |text| people::tax_id(text, countries()));
            let known_customer = body.flag("known_customer");
            let (full_name, email, phone) = (full_name?, email?, phone?);
            let (language, tax_id) = (language?, tax_id?);
            let corrected = Corrected { full_name, email, phone, address, language, tax_id };
            Some((reason?, corrected, known_customer?))
        })?;
    if corrected == Corrected::default() {
        let detail = "must have one of full_name, email, phone, address, language and tax_id";
        return Err(Problem::invalid(vec![Fault::new("", detail)]));
    }
    let (dealership, by) = (employee.dealership, employee.id);
    let input = Input { sale, dealership, by, reason, corrected, known_customer, attempt };
    let (sale, details) =
        correct_customer(store, input, request.now()).await.map_err(|failure| match failure {
            CorrectCustomerError::TooMany => {
                Problem::new(ProblemType::TooManyCorrections).detail(failure.to_string())
            }
            CorrectCustomerError::EmailOfAnother(why) => why.into(),
            CorrectCustomerError::Failed(failure) => failure.into(),
        })?;
    Reply::ok(&SaleView::new(&sale, &details))
}

#[cfg(test)]
mod tests;
