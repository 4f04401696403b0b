//! The ports in memory keep the contracts that the real adapters keep.

use jiff::Timestamp;
use testkit::contract::Outcome;
use testkit::faults::Plan;
use testkit::memory::{Ports, World};

fn world() -> World {
    World::new(1, Timestamp::UNIX_EPOCH, Plan::Calm, false)
}

macro_rules! in_memory {
    ($suite:ident: $($check:ident),+) => {
        mod $suite {
            $(
                #[tokio::test]
                async fn $check() -> super::Outcome {
                    let world = super::world();
                    testkit::contract::$suite::$check(&super::port(&world)).await
                }
            )+
        }
    };
}

fn port(world: &World) -> Ports<'_> {
    Ports::new(world, "contract")
}

testkit::sale_store!(in_memory);
testkit::sale_lists!(in_memory);
testkit::sale_index!(in_memory);
testkit::customer_store!(in_memory);
testkit::notification_log!(in_memory);
testkit::contact_store!(in_memory);
testkit::plan_store!(in_memory);
testkit::unpaid_reservations!(in_memory);
testkit::erasure_store!(in_memory);
testkit::correction_store!(in_memory);
testkit::vehicle_store!(in_memory);
testkit::factory!(in_memory);
testkit::registry!(in_memory);

macro_rules! with_an_invited_customer {
    ($suite:ident: $($check:ident),+) => {
        mod $suite {
            use testkit::accounts::Accounts;
            use testkit::contract::Sample;
            use testkit::contract::account_store::{Invited, invited, recipient};

            $(
                #[tokio::test]
                async fn $check() -> super::Outcome {
                    let sample = Sample::new()?;
                    let store = Accounts::default().with(sample.details.customer.id, recipient(&sample), invited());
                    let guest = Invited { store, customer: sample.sale.customer };
                    testkit::contract::$suite::$check(&guest).await
                }
            )+
        }
    };
}

testkit::account_store!(with_an_invited_customer);

macro_rules! at_a_desk {
    ($suite:ident: $($check:ident),+) => {
        mod $suite {
            $(
                #[tokio::test]
                async fn $check() -> super::Outcome {
                    testkit::contract::$suite::$check(&testkit::accounts::Desk::default()).await
                }
            )+
        }
    };
}

testkit::desk_sessions!(at_a_desk);

macro_rules! with_a_till {
    ($suite:ident: $($check:ident),+) => {
        mod $suite {
            use domain::ids::PaymentMethodToken;
            use testkit::contract::gateway::Till;

            $(
                #[tokio::test]
                async fn $check() -> super::Outcome {
                    let world = super::world();
                    let token = PaymentMethodToken::parse;
                    let till = Till {
                        gateway: super::port(&world),
                        good: token("pm_card")?,
                        bad: token("pm_declined")?,
                        asked: token("pm_challenge")?,
                        slow: token("pm_bank")?,
                    };
                    testkit::contract::$suite::$check(&till).await
                }
            )+
        }
    };
}

testkit::gateway!(with_a_till);

#[tokio::test]
async fn what_is_pending_is_registered_in_the_end() -> Outcome {
    let world = world();
    let registry = port(&world);
    // The registry keeps every third sale waiting, beginning with the second.
    testkit::contract::registry::a_vehicle_is_registered_once_however_often_it_is_asked(&registry)
        .await?;
    testkit::contract::registry::what_is_pending_is_registered_in_the_end(&registry, async |_| ())
        .await
}
