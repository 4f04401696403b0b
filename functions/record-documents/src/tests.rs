use super::*;
use domain::SaleId;
use domain::ports::SaleStore;
use serde_json::Value;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::{SALE, now, post_as, registered};

async fn post(world: &World, dealership: &str, role: &str, body: &Value) -> Result<Reply, Problem> {
    let event = post_as(dealership, role, &json!({ "content-type": "application/json" }), body);
    let request = Request::new(serde_json::from_value(event).unwrap(), now()).unwrap();
    handle(&Ports::new(world, "record-documents"), request).await
}

fn file(kind: &str, digit: char) -> Value {
    json!({ "kind": kind, "sha256": digit.to_string().repeat(64) })
}

/// A world with one sale, which has every document with a digest of its own.
async fn world() -> World {
    registered(Faults::Calm).await
}

#[tokio::test]
async fn a_document_is_on_file_once_with_who_and_when() {
    let world = world().await;
    let details = async || {
        let id = SaleId::parse(SALE).unwrap();
        Ports::new(&world, "get-sale").sale_with_details(id).await.unwrap().unwrap().1
    };
    let before = details().await.documents.len();
    let body = json!({ "documents": [file("insurance", 'a'), file("identity", 'b')] });
    let reply = post(&world, "MAD-01", "dealership-manager", &body).await.unwrap();
    assert_eq!(
        reply.value(),
        json!({ "sale_id": SALE, "status": "SaleRegistered", "missing_documents": [] })
    );
    let commits = world.with(|state| state.stream.len());
    assert_eq!(post(&world, "MAD-01", "dealership-manager", &body).await.unwrap(), reply);
    assert_eq!(world.with(|state| state.stream.len()), commits, "a repeat writes nothing");
    let documents = details().await.documents;
    assert_eq!(documents.len(), before + 2);
    let last = documents.last().unwrap();
    assert_eq!(
        (last.kind.as_str(), last.by.to_string(), last.at),
        ("identity", "e-1".to_owned(), now())
    );
    assert_eq!(last.sha256.as_str(), "b".repeat(64));
}

#[tokio::test]
async fn nobody_else_records_and_nothing_else_is_recorded() {
    let world = world().await;
    let body = json!({ "documents": [file("identity", 'c')] });
    for role in ["sales", "auditor"] {
        assert_eq!(
            post(&world, "MAD-01", role, &body).await.unwrap_err().kind(),
            ProblemType::Forbidden
        );
    }
    assert_eq!(
        post(&world, "LIS-02", "dealership-manager", &body).await.unwrap_err().kind(),
        ProblemType::SaleNotFound
    );
    for (body, pointers) in [
        (json!({}), vec!["/documents"]),
        (json!({ "documents": [] }), vec!["/documents"]),
        (
            json!({ "documents": [{ "kind": "a poem", "sha256": "x" }] }),
            vec!["/documents/0/kind", "/documents/0/sha256"],
        ),
    ] {
        let problem = post(&world, "MAD-01", "dealership-manager", &body).await.unwrap_err();
        let found: Vec<&str> =
            problem.errors().iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(found, pointers);
    }
}

#[tokio::test]
async fn a_sale_has_so_many_documents_and_no_more() {
    let world = world().await;
    let hex = |number: usize| json!({ "kind": "identity", "sha256": format!("{number:064x}") });
    let mut refused = None;
    for batch in 0..5 {
        let documents: Vec<Value> = (0..10).map(|number| hex(batch * 10 + number)).collect();
        refused = post(&world, "MAD-01", "dealership-manager", &json!({ "documents": documents }))
            .await
            .err();
    }
    assert_eq!(refused.unwrap().kind(), ProblemType::TooManyDocuments);
}
