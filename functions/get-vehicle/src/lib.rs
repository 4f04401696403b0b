//! `GET /vehicles/{vehicle_id}`: a vehicle's own record, with the sales that held it.

use domain::ports::VehicleStore;
use edge::representation::VehicleView;
use edge::{Operation, Problem, ProblemType, Reply, Request};

/// Reads; another dealership's vehicle doesn't exist.
pub async fn handle(store: &impl VehicleStore, request: Request) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::GetVehicle)?;
    let vehicle = request.vehicle_id()?;
    let found =
        store.vehicle(&employee.dealership, &vehicle).await?.ok_or(ProblemType::VehicleNotFound)?;
    Reply::ok(&VehicleView::from(&found))
}
