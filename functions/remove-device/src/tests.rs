use super::*;
use domain::account::{Access, Session, TokenDigest};
use domain::contact::Device;
use domain::ports::Recipient;
use domain::{CustomerId, CustomerKey, EmailAddress, FullName, Language, ZoneName};
use edge::ProblemType;
use serde_json::json;
use testkit::accounts::Accounts;
use testkit::requests::{SALE, now, post};

/// The account of this customer, with two devices.
async fn account(email: &str, token: &str) -> (Accounts, CustomerKey) {
    let email = EmailAddress::parse(email).unwrap();
    let customer = CustomerKey::of(&email);
    let recipient = Recipient {
        full_name: FullName::parse("Ana Example").unwrap(),
        email,
        language: Language::Es,
        zone: ZoneName::utc(),
    };
    let access = Access::Active { password_hash: String::new(), generation: 1, reset: None };
    let store = Accounts::default().with(CustomerId::parse(SALE).unwrap(), recipient, access);
    let session = Session {
        token: TokenDigest::of(token),
        customer: customer.clone(),
        generation: 1,
        began_at: now(),
        used_at: now(),
        device: None,
    };
    store.put_session(&session).await.unwrap();
    for device in [device("lost"), device("kept")] {
        store.add_device(&customer, &device).await.unwrap();
    }
    (store, customer)
}

fn device(name: &str) -> Device {
    Device(format!("endpoint/{name}"))
}

async fn remove(store: &Accounts, token: &str, id: &str) -> Result<Reply, Problem> {
    let mut event = post(&json!({ "authorization": format!("Bearer {token}") }), "");
    event["pathParameters"] = json!({ "device_id": id });
    event["requestContext"]["http"]["method"] = json!("DELETE");
    handle(store, Request::new(serde_json::from_value(event).unwrap(), now()).unwrap()).await
}

/// R-195 of `docs/requirements.md`: whoever finds a lost telephone reads nothing of the purchase.
#[tokio::test]
async fn a_lost_device_is_removed_from_another_one() {
    let (store, customer) = account("ana@example.com", "token").await;
    let left = async || store.contact(&customer).await.unwrap().unwrap().devices;
    // Twice, as a client does that lost the answer.
    for _ in 0..2 {
        let id = device("lost").id().to_string();
        assert_eq!(remove(&store, "token", &id).await.unwrap().status, 204);
        assert_eq!(left().await, [device("kept")]);
    }
    for nobody_s in ["endpoint/kept", "", "x"] {
        assert_eq!(remove(&store, "token", nobody_s).await.unwrap().status, 204);
    }
    assert_eq!(left().await, [device("kept")]);
}

#[tokio::test]
async fn nobody_removes_a_device_without_a_session() {
    let (store, customer) = account("ana@example.com", "token").await;
    let id = device("lost").id().to_string();
    let refused = remove(&store, "another", &id).await.unwrap_err();
    assert_eq!(refused.kind(), ProblemType::Unauthenticated);
    assert_eq!(store.contact(&customer).await.unwrap().unwrap().devices.len(), 2);
}
