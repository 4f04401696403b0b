//! Who calls: a dealership's employee, by the claims of the token.

use crate::operation::{Operation, Role};
use crate::problem::{Problem, ProblemType};
use domain::{CountryCode, DealershipId, EmployeeId};
use std::collections::HashMap;

/// A dealership's employee, as the token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employee {
    /// The employee's id (claim `sub`).
    pub id: EmployeeId,
    /// The employee's dealership (claim `dealership_id`), whose sales alone there are.
    pub dealership: DealershipId,
    /// The dealership's country.
    pub country: CountryCode,
    /// What the employee is (claim `roles`), as far as we know the roles.
    pub roles: Vec<Role>,
}

/// A token's claims, as the API's authorizer hands them on.
pub type Claims = HashMap<String, String>;

impl Employee {
    /// Reads the claims that the API's authorizer checked. None at all: nobody. Some that can't be
    /// used: not allowed.
    pub fn from_claims(claims: Option<&Claims>) -> Result<Self, Problem> {
        let claims = claims.ok_or(ProblemType::Unauthenticated)?;
        Ok(Self {
            id: usable(claims, "sub", |text| EmployeeId::parse(text).ok())?,
            dealership: usable(claims, "dealership_id", |text| DealershipId::parse(text).ok())?,
            country: usable(claims, "country", |text| CountryCode::parse(text).ok())?,
            roles: usable(claims, "roles", |text| Some(self::roles(text)))?,
        })
    }

    /// Whether one of the employee's roles may do this.
    pub fn may(&self, operation: Operation) -> Result<(), Problem> {
        let allowed = operation.roles();
        if self.roles.iter().any(|role| allowed.contains(role)) {
            return Ok(());
        }
        let names: Vec<&str> = allowed.iter().map(|role| role.as_str()).collect();
        Err(Problem::new(ProblemType::Forbidden).detail(format!(
            "{} needs one of the roles {}",
            operation.as_str(),
            names.join(", ")
        )))
    }
}

/// What a claim says, if it is there and says something.
fn usable<T>(
    claims: &Claims,
    name: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, Problem> {
    let unusable = || {
        let detail = format!("the token's claim {name} is missing or can't be used");
        Problem::new(ProblemType::Forbidden).detail(detail)
    };
    claims.get(name).and_then(|claim| parse(claim)).ok_or_else(unusable)
}

/// API Gateway hands a list on as `[sales auditor]`; a lone role is itself, and others write JSON.
fn roles(claim: &str) -> Vec<Role> {
    let names = claim.trim().trim_start_matches('[').trim_end_matches(']');
    let names = names.split([' ', ',']).map(|name| name.trim().trim_matches('"'));
    names.filter_map(|name| Role::all().find(|role| role.as_str() == name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(roles: &str) -> Claims {
        let claims =
            [("sub", "e-17"), ("dealership_id", "MAD-01"), ("country", "ES"), ("roles", roles)];
        claims.map(|(name, claim)| (name.to_owned(), claim.to_owned())).into()
    }

    #[test]
    fn roles_come_in_several_shapes() {
        for shape in [
            "[sales auditor]",
            "sales auditor",
            "[\"sales\",\"auditor\"]",
            "[\"sales\", \"auditor\"]",
            "[sales janitor auditor]",
        ] {
            let employee = Employee::from_claims(Some(&claims(shape))).unwrap();
            assert_eq!(employee.roles, [Role::Sales, Role::Auditor], "{shape}");
        }
        assert_eq!(
            Employee::from_claims(Some(&claims("dealership-manager"))).unwrap().roles,
            [Role::DealershipManager]
        );
        assert_eq!(Employee::from_claims(Some(&claims("[salesperson]"))).unwrap().roles, []);
    }

    #[test]
    fn a_token_without_its_claims_is_nobody_s() {
        assert_eq!(Employee::from_claims(None).unwrap_err().kind(), ProblemType::Unauthenticated);
        let mut all = claims("sales");
        all.insert("iss".to_owned(), "https://id.example".to_owned());
        for name in ["sub", "dealership_id", "country", "roles"] {
            let mut claims = all.clone();
            claims.remove(name);
            let problem = Employee::from_claims(Some(&claims)).unwrap_err();
            assert_eq!(problem.kind(), ProblemType::Forbidden);
            assert!(problem.body("r")["detail"].as_str().unwrap().contains(name));
        }
        let mut spain = claims("sales");
        spain.insert("country".to_owned(), "Spain".to_owned());
        assert_eq!(Employee::from_claims(Some(&spain)).unwrap_err().kind(), ProblemType::Forbidden);
    }

    #[test]
    fn auditors_read_and_managers_decide() {
        let may = |roles: &str| {
            let employee = Employee::from_claims(Some(&claims(roles))).unwrap();
            Operation::all().map(|operation| employee.may(operation).is_ok()).collect::<Vec<_>>()
        };
        let allowed = |operations: &[Operation]| {
            Operation::all().map(|operation| operations.contains(&operation)).collect::<Vec<_>>()
        };
        let sales = [
            Operation::RegisterSale,
            Operation::PaySignal,
            Operation::MakeFinalPayment,
            Operation::CorrectCustomer,
            Operation::PrepareDelivery,
            Operation::GetSale,
            Operation::ListSales,
            Operation::FindSales,
            Operation::ListStock,
            Operation::GetVehicle,
            Operation::ListPlans,
        ];
        let decisions = [
            Operation::CancelSale,
            Operation::ExtendDeadline,
            Operation::ResendCredentials,
            Operation::CloseCase,
            Operation::RecordDocuments,
            Operation::ResubmitRegistration,
            Operation::EraseCustomer,
        ];
        let managers = [&decisions[..], &[Operation::ListCases, Operation::Report]].concat();
        assert_eq!(may("sales"), allowed(&sales));
        assert_eq!(may("dealership-manager"), allowed(&[&sales[..], &managers[..]].concat()));
        assert_eq!(
            may("auditor"),
            allowed(&[
                Operation::GetSale,
                Operation::ListSales,
                Operation::FindSales,
                Operation::ListStock,
                Operation::GetVehicle,
                Operation::ListCases,
                Operation::Report,
                Operation::ListPlans,
            ])
        );
        assert_eq!(may("product"), allowed(&[Operation::ListPlans, Operation::PutPlan]));
        assert_eq!(may("[]"), allowed(&[]));
    }
}
