//! `POST /sales`: an employee registers a sale. 201 and its representation; the same `Idempotency-Key` gets the same sale.

mod body;

use domain::ports::SaleStore;
use domain::use_cases::register_sale::{Input, register_sale};
use domain::{Customer, CustomerId, SaleId};
use edge::representation::RegisteredSale;
use edge::{Operation, Problem, Reply, Request, UnknownFields};
use jiff::SignedDuration;
use serde_json::json;

/// Fresh ids, made by the wiring.
#[derive(Debug, Clone, Copy)]
pub struct Fresh {
    /// For the sale.
    pub sale: SaleId,
    /// For a customer whose e-mail address is new.
    pub customer: CustomerId,
}

/// Parses, registers, answers.
pub async fn handle(
    store: &impl SaleStore,
    signal_payment_window: SignedDuration,
    fresh: Fresh,
    request: Request,
) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::RegisterSale)?;
    let body = request.json()?;
    let key = request.key(&employee, Operation::RegisterSale, None, &body)?;
    let new = body.read(UnknownFields::Refused, body::new_sale)?;
    let body::NewCustomer { full_name, email, phone, address, language } = new.customer;
    let customer = Customer { id: fresh.customer, full_name, email, phone, address, language };
    let input = Input {
        id: fresh.sale,
        dealership: employee.dealership,
        country: employee.country,
        employee: employee.id,
        customer: customer.clone(),
        plan: new.plan.clone(),
        terms: new.terms,
        delivery: new.delivery.clone(),
        signal_payment_window,
        request: key,
    };
    let id = register_sale(store, input, request.now()).await?;
    edge::log::sale(id);
    let answer = RegisteredSale::new(id, new.terms, &customer, &new.plan, &new.delivery);
    Ok(Reply::created(format!("/sales/{id}"), json!(answer)))
}

#[cfg(test)]
mod tests;
