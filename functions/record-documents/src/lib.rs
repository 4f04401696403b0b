//! `POST /sales/{sale_id}/documents`: a manager puts documents on file for the authority.

use domain::ports::SaleStore;
use domain::use_cases::record_documents::{Input, RecordDocumentsError, record_documents};
use edge::document::{MAX_DOCUMENTS, document};
use edge::{Fault, Operation, Problem, ProblemType, Reply, Request, UnknownFields};
use serde_json::json;

/// Records each once. A registration that waits for the last of them goes on.
pub async fn handle(store: &impl SaleStore, request: Request) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::RecordDocuments)?;
    let sale = request.sale_id()?;
    let read = |body: &edge::Object<'_>| body.objects("documents", MAX_DOCUMENTS, document);
    let documents = request.json()?.read(UnknownFields::Refused, read)?;
    if documents.is_empty() {
        return Err(Problem::invalid(vec![Fault::new("/documents", "must have at least 1 entry")]));
    }
    let input = Input { sale, dealership: employee.dealership, by: employee.id, documents };
    let (sale, _) =
        record_documents(store, input, request.now()).await.map_err(|failure| match failure {
            RecordDocumentsError::TooMany => {
                Problem::new(ProblemType::TooManyDocuments).detail(failure.to_string())
            }
            RecordDocumentsError::Failed(failure) => failure.into(),
        })?;
    Reply::ok(
        &json!({ "sale_id": sale.id, "status": sale.status(), "missing_documents": sale.missing_documents() }),
    )
}

#[cfg(test)]
mod tests;
