//! Who calls: a dealership's employee, by the claims of the token.

use crate::operation::{Operation, Role};
use crate::problem::{Problem, ProblemType};
use domain::country::Country;
use domain::desk::DeskSession;
use domain::{CountryCode, DealershipId, EmployeeId, ZoneName};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

/// A dealership's employee, as the token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employee {
    /// The employee's id (claim `sub`).
    pub id: EmployeeId,
    /// The employee's dealership, whose sales alone there are.
    pub dealership: DealershipId,
    /// The dealership's country.
    pub country: CountryCode,
    /// The dealership's zone: what the token says, or the country's (R-132).
    pub zone: ZoneName,
    /// What the employee is, as far as we know the roles.
    pub roles: Vec<Role>,
}

/// A token's claims, as the API's authorizer hands them on.
pub type Claims = HashMap<String, String>;

/// Under which names the issuer says what an employee is (R-130): a claim's own name, which may be
/// a URL (`https://dealers.example/roles`), or the way to what is within one
/// (`realm_access.roles`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimNames {
    /// The claim that has the roles.
    pub roles: String,
    /// The claim that has the dealership's id.
    pub dealership: String,
    /// The claim that has the dealership's country.
    pub country: String,
    /// The claim that has the dealership's zone, where it isn't its country's.
    pub zone: String,
}

/// Set once, as the log is, before the first request: no handler has a use for them.
static NAMES: OnceLock<ClaimNames> = OnceLock::new();

impl Default for ClaimNames {
    fn default() -> Self {
        // The last is OpenID Connect's own name.
        let names = ["roles", "dealership_id", "country", "zoneinfo"];
        let [roles, dealership, country, zone] = names.map(str::to_owned);
        Self { roles, dealership, country, zone }
    }
}

impl ClaimNames {
    /// Has tokens read by these names from now on; later calls change nothing.
    pub fn install(self) {
        NAMES.get_or_init(|| self);
    }
}

impl Employee {
    /// Reads the claims that the API's authorizer checked. None at all: nobody. Some that can't be
    /// used: not allowed.
    pub fn from_claims(claims: Option<&Claims>) -> Result<Self, Problem> {
        Self::from_named(claims, NAMES.get_or_init(ClaimNames::default))
    }

    fn from_named(claims: Option<&Claims>, names: &ClaimNames) -> Result<Self, Problem> {
        let claims = claims.ok_or(ProblemType::Unauthenticated)?;
        let ClaimNames { roles, dealership, country, zone } = names;
        let country = usable(claims, country, |text| CountryCode::parse(text).ok())?;
        let zone = find(claims, zone).and_then(|zone| ZoneName::parse(&zone).ok());
        Ok(Self {
            id: usable(claims, "sub", |text| EmployeeId::parse(text).ok())?,
            dealership: usable(claims, dealership, |text| DealershipId::parse(text).ok())?,
            country,
            zone: zone.unwrap_or_else(|| Country::zone_of(country)),
            roles: usable(claims, roles, |text| Some(self::roles(text)))?,
        })
    }

    /// The employee of a session at the desk.
    pub fn of_session(session: &DeskSession) -> Self {
        let roles =
            Role::all().filter(|role| session.roles.iter().any(|name| name == role.as_str()));
        Self {
            id: session.employee.clone(),
            dealership: session.dealership.clone(),
            country: session.country,
            zone: session.zone.clone(),
            roles: roles.collect(),
        }
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
    let claim = find(claims, name);
    let fault = if claim.is_some() { "can't be used" } else { "is missing" };
    claim.and_then(|claim| parse(&claim)).ok_or_else(|| {
        let detail = format!("the token's claim {name} {fault}");
        Problem::new(ProblemType::Forbidden).detail(detail)
    })
}

/// The claim of this name, or what is within one by this way.
fn find<'a>(claims: &'a Claims, name: &str) -> Option<Cow<'a, str>> {
    if let Some(claim) = claims.get(name) {
        return Some(Cow::Borrowed(claim));
    }
    name.match_indices('.').find_map(|(dot, _)| {
        let (outer, way) = (name.get(..dot)?, name.get(dot..)?.strip_prefix('.')?);
        within(claims.get(outer)?, way).map(Cow::Owned)
    })
}

/// What a claim that is an object has at this way. API Gateway hands every claim on as a text and
/// doesn't say which: objects are seen as JSON and as `map[roles:[sales auditor]]`.
fn within(claim: &str, way: &str) -> Option<String> {
    if let Ok(object) = serde_json::from_str::<Value>(claim) {
        let found = way.split('.').try_fold(&object, |object, key| object.get(key))?;
        return Some(found.as_str().map_or_else(|| found.to_string(), str::to_owned));
    }
    way.split('.').try_fold(claim.to_owned(), |object, key| of_map(&object, key))
}

/// The value of a key of `map[key:value key:[several values] key:map[…]]`.
fn of_map(object: &str, key: &str) -> Option<String> {
    let fields = object.trim().strip_prefix("map[")?.strip_suffix(']')?;
    let mut depth = 0_usize;
    let parted = fields.split(|c: char| {
        depth = match c {
            '[' => depth.saturating_add(1),
            ']' => depth.saturating_sub(1),
            _ => depth,
        };
        c == ' ' && depth == 0
    });
    parted
        .filter_map(|field| field.split_once(':'))
        .find_map(|(name, value)| (name == key).then(|| value.to_owned()))
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
            let missing = format!("the token's claim {name} is missing");
            assert_eq!(problem.body("r")["detail"], missing);
        }
        let mut spain = claims("sales");
        spain.insert("country".to_owned(), "Spain".to_owned());
        assert_eq!(Employee::from_claims(Some(&spain)).unwrap_err().kind(), ProblemType::Forbidden);
    }

    #[test]
    fn an_employee_is_called_whatever_the_issuer_calls_people() {
        for sub in ["auth0|64c0ffee", "samlp|corp|ana/garcia", "Ana.Garcia+1@dealer.example"] {
            let mut claims = claims("[sales]");
            claims.insert("sub".to_owned(), sub.to_owned());
            assert_eq!(Employee::from_claims(Some(&claims)).unwrap().id.as_str(), sub);
        }
        for sub in ["", "a\nb", "jos\u{e9}", &"x".repeat(256)] {
            let mut claims = claims("[sales]");
            claims.insert("sub".to_owned(), sub.to_owned());
            let problem = Employee::from_claims(Some(&claims)).unwrap_err();
            assert_eq!(problem.body("r")["detail"], "the token's claim sub can't be used");
        }
    }

    #[test]
    fn claims_have_the_names_that_the_issuer_gives_them() {
        let all = claims("");
        for (name, outer, claim) in [
            ("realm_access.roles", "realm_access", r#"{"roles":["offline_access","sales"]}"#),
            ("realm_access.roles", "realm_access", "map[x:[a b] roles:[offline_access sales] y:c]"),
            ("resource_access.web.roles", "resource_access", "map[web:map[roles:[sales]] y:c]"),
            ("resource_access.web.roles", "resource_access", r#"{"web":{"roles":["sales"]}}"#),
            ("cognito:groups", "cognito:groups", "[sales]"),
            ("https://dealers.example/roles", "https://dealers.example/roles", "[sales]"),
            (
                "https://dealers.example/app.roles",
                "https://dealers.example/app",
                "map[roles:sales]",
            ),
        ] {
            let mut claims = all.clone();
            claims.insert(outer.to_owned(), claim.to_owned());
            let names = ClaimNames { roles: name.to_owned(), ..ClaimNames::default() };
            let employee = Employee::from_named(Some(&claims), &names).unwrap();
            assert_eq!(employee.roles, [Role::Sales], "{name} in {claim}");
            claims.remove(outer);
            let problem = Employee::from_named(Some(&claims), &names).unwrap_err();
            let missing = format!("the token's claim {name} is missing");
            assert_eq!(problem.body("r")["detail"], missing);
        }
    }

    #[test]
    fn a_dealership_s_zone_is_the_token_s_or_its_country_s() {
        let zone = |zone: Option<&str>| {
            let mut claims = claims("[sales]");
            claims.extend(zone.map(|zone| ("zoneinfo".to_owned(), zone.to_owned())));
            Employee::from_claims(Some(&claims)).unwrap().zone.to_string()
        };
        assert_eq!(zone(None), "Europe/Madrid");
        assert_eq!(zone(Some("Atlantic/Canary")), "Atlantic/Canary");
        assert_eq!(zone(Some("Romance Standard Time")), "Europe/Madrid");
    }

    /// Which operation is whose is in the table, and again in the API's description, with which
    /// `operation.rs` compares it.
    #[test]
    fn auditors_read_and_managers_decide() {
        let may = |roles: &str, operation| {
            Employee::from_claims(Some(&claims(roles))).unwrap().may(operation).is_ok()
        };
        for operation in Operation::all() {
            for role in Role::all() {
                let listed = operation.roles().contains(&role);
                assert_eq!(may(role.as_str(), operation), listed, "{role:?} {operation:?}");
            }
            // What a search looks for is in its body, and so in no log of addresses.
            let reads = operation.route().0 == "GET" || operation == Operation::FindSales;
            assert!(reads || !may("auditor", operation), "{operation:?}");
            let puts_plans = operation == Operation::PutPlan;
            assert!(reads || may("product", operation) == puts_plans, "{operation:?}");
            let manages = may("dealership-manager", operation);
            assert!(manages || !may("sales", operation), "{operation:?}");
            assert!(!may("[]", operation), "{operation:?}");
        }
        for decision in [
            Operation::CancelSale,
            Operation::ExtendDeadline,
            Operation::ResendCredentials,
            Operation::CloseCase,
            Operation::RecordDocuments,
            Operation::ResubmitRegistration,
            Operation::EraseCustomer,
        ] {
            let whose = ["sales", "dealership-manager"].map(|role| may(role, decision));
            assert_eq!(whose, [false, true], "{decision:?}");
        }
    }
}
