//! Who calls, and who may call what.

use crate::problem::{Problem, ProblemType};
use domain::{CountryCode, DealershipId, EmployeeId};
use std::collections::HashMap;
use strum::{IntoStaticStr, VariantArray};

/// What an employee can be (claim `roles` of the corporate issuer's token). Roles that we don't
/// know mean nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Role {
    /// Sells: registers sales and takes payments.
    Sales,
    /// Runs a dealership: what a seller may, and decisions about sales, cases and customers.
    DealershipManager,
    /// Reads what the dealership's people read, and changes nothing.
    Auditor,
    /// Makes the plans comerciales.
    Product,
}

impl Role {
    /// Every role that we know.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::VARIANTS.iter().copied()
    }

    /// The name in the token.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What can be asked for; the functions' names. Partners' webhooks are not here: their signature
/// says who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Operation {
    /// `POST /sales`: registers a sale.
    RegisterSale,
    /// `POST /sales/{sale_id}/signal-payment`: pays the señal at the desk.
    PaySignal,
    /// `POST /sales/{sale_id}/final-payment`: pays the balance at the desk.
    MakeFinalPayment,
    /// `POST /sales/{sale_id}/cancellation`: cancels a sale before its factory order.
    CancelSale,
    /// `POST /sales/{sale_id}/deadline-extension`: gives the customer longer for the balance.
    ExtendDeadline,
    /// `GET /sales/{sale_id}`: reads a sale of the own dealership.
    GetSale,
    /// `GET /sales`: lists the dealership's sales.
    ListSales,
    /// `POST /sales/search`: looks a sale up by what is in hand.
    FindSales,
    /// `GET /reports/{month}`: reports on a month's sales.
    Report,
    /// `GET /cases`: lists what people have to look at.
    ListCases,
    /// `POST /sales/{sale_id}/case-closure`: closes a case that the system can't settle.
    CloseCase,
    /// `POST /sales/{sale_id}/customer-correction`: corrects a customer's data before the order.
    CorrectCustomer,
    /// `POST /sales/{sale_id}/documents`: puts documents on file for the authority.
    RecordDocuments,
    /// `POST /sales/{sale_id}/registration`: has the authority asked again.
    ResubmitRegistration,
    /// `POST /sales/{sale_id}/delivery`: ticks the checklist, sets day and place.
    PrepareDelivery,
    /// `POST /sales/{sale_id}/credentials`: sends new credentials; the old are void.
    ResendCredentials,
    /// `POST /sales/{sale_id}/customer-erasure`: erases a customer's personal data.
    EraseCustomer,
    /// `GET /expediente`: lists the customer's own purchases.
    ListExpedientes,
    /// `GET /expediente/{sale_id}`: reads an own purchase.
    GetExpediente,
    /// `POST /expediente/{sale_id}/final-payment`: pays the balance of an own purchase.
    PayBalance,
    /// `GET /stock`: lists the vehicles that are sin asignar.
    ListStock,
    /// `GET /vehicles/{vehicle_id}`: reads a vehicle's own record.
    GetVehicle,
    /// `GET /plans`: lists the plans comerciales.
    ListPlans,
    /// `PUT /plans/{plan_code}`: puts a plan comercial.
    PutPlan,
    /// `POST /account/activation`: trades the initial credentials for a password.
    ActivateAccount,
    /// `POST /account/sessions`: opens a session.
    LogIn,
    /// `DELETE /account/sessions/current`: ends the session.
    LogOut,
    /// `POST /account/password`: changes the password.
    ChangePassword,
    /// `GET /account/preferences`: reads by which channels to be told.
    GetPreferences,
    /// `PUT /account/preferences`: chooses by which channels to be told.
    PutPreferences,
    /// `POST /account/devices`: has news shown on a device.
    RegisterDevice,
    /// `POST /account/password-reset`: has a reset link mailed.
    RequestPasswordReset,
    /// `PUT /account/password-reset`: trades a reset link for a password.
    ResetPassword,
}

impl Operation {
    /// Every operation, in the order of the list above.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::VARIANTS.iter().copied()
    }

    /// The function's name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The table: who may.
    pub fn callers(self) -> Callers {
        match self {
            Self::RegisterSale
            | Self::PaySignal
            | Self::MakeFinalPayment
            | Self::CorrectCustomer
            | Self::PrepareDelivery => Callers::Employees(&[Role::Sales, Role::DealershipManager]),
            Self::GetSale
            | Self::ListSales
            | Self::FindSales
            | Self::ListStock
            | Self::GetVehicle => {
                Callers::Employees(&[Role::Sales, Role::DealershipManager, Role::Auditor])
            }
            Self::ListCases | Self::Report => {
                Callers::Employees(&[Role::DealershipManager, Role::Auditor])
            }
            Self::CancelSale
            | Self::ExtendDeadline
            | Self::CloseCase
            | Self::RecordDocuments
            | Self::ResubmitRegistration
            | Self::ResendCredentials
            | Self::EraseCustomer => Callers::Employees(&[Role::DealershipManager]),
            Self::ListExpedientes
            | Self::GetExpediente
            | Self::PayBalance
            | Self::ChangePassword
            | Self::GetPreferences
            | Self::PutPreferences
            | Self::RegisterDevice
            | Self::LogOut => Callers::Customers,
            Self::ListPlans => Callers::Employees(&[
                Role::Sales,
                Role::DealershipManager,
                Role::Auditor,
                Role::Product,
            ]),
            Self::PutPlan => Callers::Employees(&[Role::Product]),
            Self::ActivateAccount
            | Self::LogIn
            | Self::RequestPasswordReset
            | Self::ResetPassword => Callers::Anybody,
        }
    }

    /// The employees' roles that may.
    fn roles(self) -> &'static [Role] {
        match self.callers() {
            Callers::Employees(roles) => roles,
            Callers::Customers | Callers::Anybody => &[],
        }
    }
}

/// Who may ask for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callers {
    /// Employees with one of these roles, each for its own dealership only.
    Employees(&'static [Role]),
    /// Customers with a session, each for itself only.
    Customers,
    /// Anybody: what the request carries is what is checked.
    Anybody,
}

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

    #[test]
    fn the_description_has_the_same_table() {
        let description = include_str!("../../../infra/openapi.yaml");
        for operation in Operation::all() {
            let described = description
                .split("operationId: ")
                .find(|part| part.starts_with(&format!("{}\n", operation.as_str())))
                .unwrap();
            let line = match operation.callers() {
                Callers::Employees(roles) => {
                    let roles: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
                    format!("x-roles: [{}]\n", roles.join(", "))
                }
                Callers::Customers => "x-callers: customers\n".to_owned(),
                Callers::Anybody => "x-callers: anybody\n".to_owned(),
            };
            assert!(described.contains(&line), "{operation:?}");
        }
    }
}
