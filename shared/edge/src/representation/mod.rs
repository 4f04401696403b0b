//! What the API gives of the domain. No token, no digest, no hash is in here.

mod authority;
mod case;
mod customer;
mod delivery;
mod expediente;
mod line;
mod manager;
mod payment;
mod plan;
mod progress;
mod report;
mod sale;
mod vehicle;

pub use delivery::PreparationView;
pub use expediente::ExpedienteView;
pub use line::SaleLine;
pub(crate) use payment::NextActionView;
pub use plan::PlanView;
pub use report::ReportView;
pub use sale::{RegisteredSale, SaleView};
pub use vehicle::{StockVehicleView, VehicleView};
