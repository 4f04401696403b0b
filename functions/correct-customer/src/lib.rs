//! `POST /sales/{sale_id}/customer-correction`: the desk corrects what it captured of a customer,
//! before the factory has it.

use domain::ports::SaleStore;
use domain::use_cases::correct_customer::{
    CorrectCustomerError, Corrected, Input, correct_customer,
};
use domain::{FullName, Language, Reason};
use edge::customer::address;
use edge::representation::SaleView;
use edge::{Fault, Operation, Problem, ProblemType, Reply, Request, UnknownFields};

/// Corrects; who, when, why and which fields stay with the sale.
pub async fn handle(store: &impl SaleStore, request: Request) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::CorrectCustomer)?;
    let country = employee.country;
    let sale = request.sale_id()?;
    let (reason, corrected) = request.json()?.read(UnknownFields::Refused, |body| {
        let reason = body.text("reason", Reason::parse);
        let full_name = body.optional_text("full_name", FullName::parse);
        let phone = body.optional_text("phone", |text| people::phone_number(text, country));
        let language = body.optional_text("language", Language::parse);
        let address = body.optional_object("address", address);
        Some((
            reason?,
            Corrected { full_name: full_name?, phone: phone?, address, language: language? },
        ))
    })?;
    if corrected == Corrected::default() {
        let detail = "must have one of full_name, phone, address and language; another e-mail address is another customer";
        return Err(Problem::invalid(vec![Fault::new("", detail)]));
    }
    let input = Input { sale, dealership: employee.dealership, by: employee.id, reason, corrected };
    let (sale, details) =
        correct_customer(store, input, request.now()).await.map_err(|failure| match failure {
            CorrectCustomerError::TooMany => {
                Problem::new(ProblemType::TooManyCorrections).detail(failure.to_string())
            }
            CorrectCustomerError::Failed(failure) => failure.into(),
        })?;
    Reply::ok(&SaleView::new(&sale, &details))
}

#[cfg(test)]
mod tests;
