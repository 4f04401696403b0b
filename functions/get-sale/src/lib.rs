//! `GET /sales/{sale_id}`: a sale as its dealership sees it.

use domain::ports::SaleStore;
use domain::use_cases::read_sale::read_sale;
use edge::representation::SaleView;
use edge::{Operation, Problem, ProblemType, Reply, Request};

/// Reads; another dealership's sale doesn't exist.
pub async fn handle(store: &impl SaleStore, request: Request) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::GetSale)?;
    let found = read_sale(store, request.sale_id()?, &employee.dealership).await?;
    let (sale, details) = found.ok_or(ProblemType::SaleNotFound)?;
    Reply::ok(&SaleView::new(&sale, &details))
}
