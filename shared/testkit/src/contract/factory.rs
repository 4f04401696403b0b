//! What a [`Factory`] promises.

use super::{Outcome, address, fresh_sale_id, fresh_uuid, registered_at};
use domain::ports::{DeliveryLocation, Factory, FactoryError, OrderRequest, PartnerError};
use domain::{BasePlatform, CustomerId, DealershipId, OptionCode, OrderId};
use std::error::Error;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! factory {
    ($each:ident) => {
        $each! { factory:
            an_order_is_placed_once_however_often_it_is_sent,
            what_can_t_be_built_is_refused,
            an_order_is_reported,
            an_unknown_order_is_no_answer
        }
    };
}

fn order(base_platform: &str) -> Result<OrderRequest, Box<dyn Error>> {
    Ok(OrderRequest {
        sale: fresh_sale_id(),
        customer: CustomerId::new(fresh_uuid()),
        base_platform: BasePlatform::parse(base_platform)?,
        options: vec![OptionCode::parse("TOW-BAR")?],
        delivery: DeliveryLocation::Customer(DealershipId::parse("MAD-01")?, address()?),
        order_date: registered_at(),
    })
}

/// Protects invariant 3: one sale, one order.
pub async fn an_order_is_placed_once_however_often_it_is_sent(factory: &impl Factory) -> Outcome {
    let (first, other) = (order("CITY-EV")?, order("CITY-EV")?);
    let placed = factory.place(&first).await?;
    assert!(placed.estimated_delivery.is_some());
    assert_eq!(factory.place(&first).await?, placed);
    assert_ne!(factory.place(&other).await?.id, placed.id);
    Ok(())
}

/// Protects the señal: only a clear refusal gives it back.
pub async fn what_can_t_be_built_is_refused(factory: &impl Factory) -> Outcome {
    let refused = factory.place(&order("UNBUILDABLE")?).await;
    assert!(matches!(refused, Err(FactoryError::Refused(_))), "{refused:?}");
    Ok(())
}

/// Protects a sale whose webhooks are lost: the factory says how far its order is.
pub async fn an_order_is_reported(factory: &impl Factory) -> Outcome {
    let placed = factory.place(&order("CITY-EV")?).await?;
    assert_eq!(factory.report(&placed.id).await?.milestone, None, "nobody has begun yet");
    Ok(())
}

/// Protects against guessing about an order that the factory doesn't know.
pub async fn an_unknown_order_is_no_answer(factory: &impl Factory) -> Outcome {
    assert_eq!(factory.report(&OrderId::parse("F-nobody-knows")?).await, Err(PartnerError));
    Ok(())
}
