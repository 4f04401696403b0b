//! Messages of the refund queue: gives back what a refused order or a late capture owes.

use domain::ports::{Message, PaymentGateway, SaleStore};
use domain::use_cases::refund::refund_payments;
use edge::batch::Failed;
use jiff::Timestamp;

/// Refunds every payment of the sale that is due.
pub async fn handle(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    message: Message,
    now: Timestamp,
) -> Result<&'static str, Failed> {
    let Message::Refund { sale } = message else {
        return Err(Failed::because("the message is another queue's"));
    };
    edge::log::sale(sale);
    match refund_payments(store, gateway, sale, now).await? {
        0 => Ok("nothing is due"),
        _ => Ok("refunded"),
    }
}
