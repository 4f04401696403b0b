use super::*;
use domain::sale::{Command, decide, evolve};
use domain::{EmployeeId, Reason, SaleId};
use edge::ProblemType;
use serde_json::Value;
use testkit::accounts::Accounts;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::{SALE, now, post_as, registered};

async fn resend(world: &World) -> Result<Reply, Problem> {
    let event = post_as("MAD-01", "dealership-manager", &json!({}), &Value::Null);
    let request = Request::new(serde_json::from_value(event).unwrap(), now()).unwrap();
    let ports = Ports::new(world, "resend-credentials");
    handle(&ports, &Accounts::default(), &ports, request).await
}

/// Protects the desk from an untrue answer: an erased customer has no account, so none that could
/// be active.
#[tokio::test]
async fn who_is_erased_has_no_account_to_open() {
    let world = registered(Faults::Calm).await;
    let ports = Ports::new(&world, "erase-customer");
    let mut sale = ports.sale(SaleId::parse(SALE).unwrap()).await.unwrap().unwrap();
    let by = EmployeeId::parse("e-1").unwrap();
    let cancel = Command::Cancel { by: by.clone(), reason: Reason::parse("moves").unwrap() };
    for command in [cancel, Command::EraseCustomer { by }] {
        let events = decide(&sale, command, now()).unwrap();
        sale = evolve(&sale, &events, now());
        ports.commit(&sale, None).await.unwrap();
    }
    let problem = resend(&world).await.unwrap_err();
    assert_eq!(problem.kind(), ProblemType::SaleEnded);
    assert_eq!(problem.said(), "the customer's data are erased");
    assert!(world.with(|state| state.messages.is_empty()));
}
