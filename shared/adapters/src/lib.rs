//! The domain's ports, for real: DynamoDB, Step Functions, SQS, SES, SNS, `EventBridge` and Secrets
//! Manager by AWS's own clients; the payment gateway, the factory, the registries and the issuer over HTTPS;
//! the operating system's randomness.
//!
//! An adapter translates and has deadlines; it decides nothing about a sale. What it logs names the
//! call and the reason, never a person, a secret or a whole answer.

mod call_error;
mod clients;
pub mod credentials;
mod dynamo;
mod events;
mod factory;
mod gateway;
mod mailer;
mod partner;
mod queues;
pub mod random;
mod registry;
mod secrets;
mod sns;
mod web;
mod workflow;

pub use clients::{Aws, AwsSettings, ClientError, Reach};
pub use dynamo::{DynamoSales, Image, RememberedPlans, UnreadableChange, change_from_stream};
pub use events::EventBridge;
pub use factory::HttpFactory;
pub use gateway::{GatewaySettings, StripeGateway};
pub use mailer::{MailSettings, SesMailer};
pub use partner::{Partner, PartnerSettings};
pub use queues::{QueueUrls, SqsQueues};
pub use registry::HttpRegistry;
pub use secrets::{Clock, Secret, SecretError, Secrets};
pub use sns::{MessageSettings, SnsMessages};
pub use web::Web;
pub use workflow::StepFunctions;
