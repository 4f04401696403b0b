//! The table of operations: what can be asked for over HTTP, where, and who may.

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

/// Those who sell: they register sales and take payments.
const SELLERS: Callers = Callers::Employees(&[Role::Sales, Role::DealershipManager]);
/// Those who see a dealership's sales.
const READERS: Callers = Callers::Employees(&[Role::Sales, Role::DealershipManager, Role::Auditor]);
/// Those who decide.
const MANAGERS: Callers = Callers::Employees(&[Role::DealershipManager]);
/// Those who see what the decisions are about.
const OVERSEERS: Callers = Callers::Employees(&[Role::DealershipManager, Role::Auditor]);
/// Those who make the plans comerciales.
const PRODUCT: Callers = Callers::Employees(&[Role::Product]);
/// Every employee whose role we know.
const EMPLOYEES: Callers =
    Callers::Employees(&[Role::Sales, Role::DealershipManager, Role::Auditor, Role::Product]);

/// Declares the operations: name, method and path, who may call it.
macro_rules! operations {
    ($(#[doc = $doc:literal] $name:ident: $method:ident $path:literal, $callers:expr;)+) => {
        /// What can be asked for; the functions' names. A partner's webhook is not here, since its
        /// signature says who it is; nor are the portal's pages, which come to these operations.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, VariantArray)]
        #[strum(serialize_all = "kebab-case")]
        pub enum Operation {
            $(#[doc = concat!("`", stringify!($method), " ", $path, "`:", $doc)] $name,)+
        }

        impl Operation {
            /// Method and path.
            pub fn route(self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$name => (stringify!($method), $path),)+
                }
            }

            /// Who may ask for it.
            pub fn callers(self) -> Callers {
                match self {
                    $(Self::$name => $callers,)+
                }
            }
        }
    };
}

operations! {
    /// registers a sale.
    RegisterSale: POST "/sales", SELLERS;
    /// pays the señal at the desk.
    PaySignal: POST "/sales/{sale_id}/signal-payment", SELLERS;
    /// pays the balance at the desk.
    MakeFinalPayment: POST "/sales/{sale_id}/final-payment", SELLERS;
    /// cancels a sale before its factory order.
    CancelSale: POST "/sales/{sale_id}/cancellation", MANAGERS;
    /// gives the customer longer for the balance.
    ExtendDeadline: POST "/sales/{sale_id}/deadline-extension", MANAGERS;
    /// reads a sale of the own dealership.
    GetSale: GET "/sales/{sale_id}", READERS;
    /// lists the dealership's sales.
    ListSales: GET "/sales", READERS;
    /// looks a sale up by what is in hand.
    FindSales: POST "/sales/search", READERS;
    /// reports on a month's sales.
    Report: GET "/reports/{month}", OVERSEERS;
    /// lists what people have to look at.
    ListCases: GET "/cases", OVERSEERS;
    /// closes a case that the system can't settle.
    CloseCase: POST "/sales/{sale_id}/case-closure", MANAGERS;
    /// corrects a customer's data.
    CorrectCustomer: POST "/sales/{sale_id}/customer-correction", SELLERS;
    /// puts documents on file for the authority.
    RecordDocuments: POST "/sales/{sale_id}/documents", MANAGERS;
    /// has the authority asked again.
    ResubmitRegistration: POST "/sales/{sale_id}/registration", MANAGERS;
    /// ticks the checklist, sets day and place.
    PrepareDelivery: POST "/sales/{sale_id}/delivery", SELLERS;
    /// sends new credentials; the old are void.
    ResendCredentials: POST "/sales/{sale_id}/credentials", MANAGERS;
    /// erases a customer's personal data.
    EraseCustomer: POST "/sales/{sale_id}/customer-erasure", MANAGERS;
    /// lists the customer's own purchases.
    ListExpedientes: GET "/expediente", Callers::Customers;
    /// reads an own purchase.
    GetExpediente: GET "/expediente/{sale_id}", Callers::Customers;
    /// pays the balance of an own purchase.
    PayBalance: POST "/expediente/{sale_id}/final-payment", Callers::Customers;
    /// lists the vehicles that are sin asignar.
    ListStock: GET "/stock", READERS;
    /// reads a vehicle's own record.
    GetVehicle: GET "/vehicles/{vehicle_id}", READERS;
    /// lists the plans comerciales.
    ListPlans: GET "/plans", EMPLOYEES;
    /// puts a plan comercial.
    PutPlan: PUT "/plans/{plan_code}", PRODUCT;
    /// trades the initial credentials for a password.
    ActivateAccount: POST "/account/activation", Callers::Anybody;
    /// opens a session.
    LogIn: POST "/account/sessions", Callers::Anybody;
    /// ends the session.
    LogOut: DELETE "/account/sessions/current", Callers::Customers;
    /// changes the password.
    ChangePassword: POST "/account/password", Callers::Customers;
    /// reads by which channels to be told.
    GetPreferences: GET "/account/preferences", Callers::Customers;
    /// chooses by which channels to be told.
    PutPreferences: PUT "/account/preferences", Callers::Customers;
    /// has news shown on a device.
    RegisterDevice: POST "/account/devices", Callers::Customers;
    /// has news shown on a device no more.
    RemoveDevice: DELETE "/account/devices/{device_id}", Callers::Customers;
    /// has a reset link mailed.
    RequestPasswordReset: POST "/account/password-reset", Callers::Anybody;
    /// trades a reset link for a password.
    ResetPassword: PUT "/account/password-reset", Callers::Anybody;
}

impl Operation {
    /// Every operation, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::VARIANTS.iter().copied()
    }

    /// The function's name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The employees' roles that may.
    pub fn roles(self) -> &'static [Role] {
        match self.callers() {
            Callers::Employees(roles) => roles,
            Callers::Customers | Callers::Anybody => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
