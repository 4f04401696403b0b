//! What the use cases need from outside. Each port has a real adapter (`adapters`), an in-memory
//! one (`testkit`), and one contract suite that both pass.

mod authority;
mod customers;
mod delivery;
mod details;
mod factory;
mod gateway;
mod notification;
mod partner;
mod plans;
mod queues;
mod sale_index;
mod sale_store;
mod store;
mod vehicles;
mod workflow;

pub use authority::{RegistrationRequest, Registry, RegistryError};
pub use customers::{
    ContactStore, CredentialsState, CustomerStore, DeviceError, StoredCredentials,
};
pub use delivery::DeliverySubsystem;
pub use details::{Correction, Details, Document};
pub use factory::{DeliveryLocation, Factory, FactoryError, OrderReport, OrderRequest};
pub use gateway::{BankAccounts, Charge, PaymentGateway};
pub use notification::{
    Arranged, AskedPayment, MailContent, Mailer, MovedEstimate, NotificationLog, PushError,
    PushService, Recipient, TextMessages,
};
pub use partner::{PartnerError, SendError};
pub use plans::PlanStore;
pub use queues::{Message, Queues};
pub use sale_index::{OpenCases, SALES_PAGE, SaleFilter, SaleIndex, SalePlace, UnsettledSales};
pub use sale_store::{
    Accounts, CorrectionStore, ErasureStore, KnownCustomer, MOST_SALES_LISTED, Moved, NewSale,
    Registered, RequestKey, SaleStore, TooManyUnpaid, UnpaidLimits, UnpaidReservations,
};
pub use store::{CommitError, StoreError};
pub use vehicles::{STOCK_PAGE, VehicleStore};
pub use workflow::{TaskToken, Workflow};
