//! `POST /sales`: an employee registers a sale. 201 and its representation; the same
//! `Idempotency-Key` gets the same sale.

mod body;

use domain::ports::{PlanStore, SaleStore, UnpaidLimits};
use domain::use_cases::register_sale::{self, Done, Input};
use domain::{Customer, CustomerId, SaleId};
use edge::representation::RegisteredSale;
use edge::{Operation, Problem, Reply, Request, UnknownFields};
use jiff::SignedDuration;

/// Fresh ids, made by the wiring.
#[derive(Debug, Clone, Copy)]
pub struct Fresh {
    /// For the sale.
    pub sale: SaleId,
    /// For a customer whose e-mail address is new.
    pub customer: CustomerId,
}

/// How long customers have to pay, and how many may owe a dealership their señal.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// How long the customer has for the señal, from the registration on.
    pub signal: SignedDuration,
    /// The balance of a stock vehicle, from then on.
    pub balance: SignedDuration,
    /// How many sales may wait for their señal.
    pub limits: UnpaidLimits,
}

/// Parses, registers, answers.
pub async fn handle(
    store: &impl SaleStore,
    plans: &impl PlanStore,
    bounds: Bounds,
    fresh: Fresh,
    request: Request,
) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::RegisterSale)?;
    let body = request.json()?;
    let key = request.key(&employee, Operation::RegisterSale, None, &body)?;
    let new = body.read(UnknownFields::Refused, |body| body::new_sale(body, employee.country))?;
    if !new.documents.is_empty() {
        employee.may(Operation::RecordDocuments)?;
    }
    let body::NewCustomer { full_name, email, phone, address, language, tax_id } =
        new.customer.clone();
    let customer =
        Customer { id: fresh.customer, full_name, email, phone, address, language, tax_id };
    let priced = register_sale::price(plans, &new.plan, &new.options, employee.country).await;
    let sold = match (priced, &key) {
        (Ok(sold), _) => sold,
        (Err(fault), None) => return Err(fault.into()),
        (Err(fault), Some(key)) => {
            let first = register_sale::answered(store, key).await?.ok_or(fault)?;
            return reply(&first, &customer, &new);
        }
    };
    let input = Input {
        id: fresh.sale,
        dealership: employee.dealership,
        country: employee.country,
        zone: employee.zone,
        employee: employee.id,
        customer: customer.clone(),
        known_customer: new.known_customer,
        sold,
        delivery: new.delivery.clone(),
        documents: new.documents.clone(),
        vehicle: new.vehicle.clone(),
        signal_payment_window: bounds.signal,
        final_payment_window: bounds.balance,
        limits: bounds.limits,
        request: key,
    };
    let done = register_sale::register_sale(store, input, request.now()).await?;
    reply(&done, &customer, &new)
}

fn reply(
    Done { sale, sold }: &Done,
    customer: &Customer,
    new: &body::NewSale,
) -> Result<Reply, Problem> {
    edge::log::sale(*sale);
    let answer = RegisteredSale::new(*sale, sold, customer, new.vehicle.as_ref(), &new.delivery);
    Reply::created(format!("/sales/{sale}"), &answer)
}

#[cfg(test)]
mod tests;
