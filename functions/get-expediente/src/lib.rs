//! `GET /expediente/{sale_id}`: a purchase as its customer sees it.

use domain::account::AccountStore;
use domain::ports::SaleStore;
use domain::use_cases::read_expediente::read_expediente;
use edge::representation::ExpedienteView;
use edge::{Problem, ProblemType, Reply, Request, session};

/// Reads; another customer's purchase doesn't exist. 304 for a version that the client has.
pub async fn handle(
    store: &(impl SaleStore + AccountStore),
    request: Request,
) -> Result<Reply, Problem> {
    let (session, _) = session::customer(store, &request).await?;
    let found = read_expediente(store, request.sale_id()?, &session.customer).await?;
    let (sale, details) = found.ok_or(ProblemType::SaleNotFound)?;
    Reply::versioned(&ExpedienteView::new(&sale, &details), request.headers())
}
