//! `GET /expediente`: a customer's purchases, newest first.

use domain::account::AccountStore;
use domain::ports::SaleStore;
use domain::use_cases::read_expediente::list_expedientes;
use edge::representation::ExpedienteView;
use edge::{Problem, Reply, Request, session};
use serde_json::json;

/// Reads; none is a list, too: the customer keeps access. 304 for a version that the client has.
pub async fn handle(
    store: &(impl SaleStore + AccountStore),
    request: Request,
) -> Result<Reply, Problem> {
    let (session, _) = session::customer(store, &request).await?;
    let found = list_expedientes(store, &session.customer).await?;
    let list: Vec<ExpedienteView<'_>> =
        found.iter().map(|(sale, details)| ExpedienteView::new(sale, details)).collect();
    Reply::versioned(&json!({ "expedientes": list }), request.headers())
}
