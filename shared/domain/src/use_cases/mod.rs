//! What the system does, a file each: input, error, function, tests.

pub mod activate_account;
pub mod cancel_sale;
pub mod change_password;
pub mod close_case;
mod commit;
pub mod correct_customer;
pub mod erase_customer;
pub mod extend_deadline;
pub mod find_sales;
pub mod follow_factory;
pub mod issue_credentials;
pub mod list_sales;
pub mod list_stock;
pub mod log_in;
pub mod log_in_at_desk;
pub mod pay;
pub mod place_order;
pub mod prepare_delivery;
pub mod read_expediente;
pub mod read_sale;
pub mod reconcile;
pub mod record_documents;
pub mod refund;
pub mod register_sale;
pub mod register_vehicle;
pub mod relay;
pub mod report;
pub mod resend_credentials;
pub mod reset_password;
pub mod resubmit_registration;
pub mod send_notification;
pub mod take_mail_event;
pub mod take_money_back;
pub mod time_out;

pub use commit::ChangeError;
