//! What keeps a sale from being registered.

use super::{Problem, ProblemType};
use crate::fault::Fault;
use domain::plan::NotOffered;
use domain::use_cases::register_sale;
use domain::vehicle::NotInStock;

impl Problem {
    /// A plan that isn't sold so, and which part of the request says it.
    pub fn not_offered(why: &NotOffered) -> Self {
        let pointers = match why {
            NotOffered::Plan | NotOffered::Country(_) => vec!["/plan/code".to_owned()],
            NotOffered::Options(places) => {
                places.iter().map(|place| format!("/plan/options/{place}")).collect()
            }
            NotOffered::Price => return ProblemType::InternalError.into(),
        };
        let errors =
            pointers.into_iter().map(|pointer| Fault::new(pointer, why.to_string())).collect();
        Self { errors, ..Self::new(ProblemType::NotOffered) }
    }
}

impl From<register_sale::EmailOfAnother> for Problem {
    /// Whose the address is, is not told.
    fn from(why: register_sale::EmailOfAnother) -> Self {
        Self::new(ProblemType::EmailOfAnother).detail(format!(
            "{why}: take the customer's own address; or, if it is the same person, or both share \
             the account and see each other's purchases, send known_customer: true"
        ))
    }
}

impl From<register_sale::Error> for Problem {
    fn from(failure: register_sale::Error) -> Self {
        match failure {
            register_sale::Error::KeyReused => ProblemType::IdempotencyKeyReused.into(),
            register_sale::Error::EmailOfAnother(why) => why.into(),
            register_sale::Error::NotInStock(why) => Self::new(match why {
                NotInStock::Unknown => ProblemType::VehicleNotFound,
                NotInStock::Held => ProblemType::VehicleHeld,
                NotInStock::OtherBuild => ProblemType::VehicleDiffers,
            }),
            register_sale::Error::TooManyUnpaid(whose) => Self::new(ProblemType::TooManyUnpaid)
                .detail(format!("{whose}: have the señal of others paid, or cancel them, before you register another sale")),
            register_sale::Error::NotOffered(why) => Self::not_offered(&why),
            register_sale::Error::Store(fault) => fault.into(),
        }
    }
}
