//! What can go wrong at a call, and when it does.

use crate::rng::Rng;

/// Where the system calls something outside itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is a port's method")]
pub enum Site {
    StoreRegister,
    StoreAnswered,
    PlanRead,
    PlanPut,
    StockRead,
    VehicleRead,
    StoreRead,
    StoreReadDetails,
    StoreList,
    StoreCommit,
    StoreMove,
    StoreUnsettled,
    StoreCases,
    IndexRead,
    SalesRead,
    CredentialsRead,
    CredentialsStore,
    CredentialsSent,
    NotificationRead,
    NotificationRecord,
    GatewayCharge,
    GatewayLookUp,
    GatewayEnd,
    GatewayOwner,
    GatewayMoneyBack,
    GatewayRefund,
    FactoryPlace,
    FactoryReport,
    RegistryRegister,
    WorkflowStart,
    WorkflowResume,
    DeliveryTakeOver,
    ReservationRelease,
    ErasureBegin,
    Erase,
    QueueSend,
    MailSend,
    ContactRead,
    ContactChange,
    PushRegister,
    PushSend,
    TextSend,
    TokenStore,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// The process dies before the call.
    CrashBefore,
    /// The call happens, then the process dies.
    CrashAfter,
    /// The request never arrives; the caller sees a time-out.
    LostRequest,
    /// The call happens; the caller sees a time-out.
    LostAnswer,
    /// Refused for the moment: nothing happens.
    Throttled,
    /// A 5xx: nothing happens.
    ServerError,
    /// The client's transport sends it twice; the caller sees the second answer.
    Twice,
    /// It takes minutes, so that everything else overtakes it.
    Delayed,
}

impl Fault {
    /// Every kind of fault, from which a random plan chooses.
    pub const ALL: [Self; 8] = [
        Self::CrashBefore,
        Self::CrashAfter,
        Self::LostRequest,
        Self::LostAnswer,
        Self::Throttled,
        Self::ServerError,
        Self::Twice,
        Self::Delayed,
    ];
}

/// When faults happen.
#[derive(Debug, Clone)]
pub enum Plan {
    /// No fault at any call.
    Calm,
    /// At random, this many times in a thousand calls.
    Random {
        /// Faults in a thousand calls.
        per_mille: u64,
    },
    /// At the numbered calls (from 0), and no others.
    Scripted(Vec<(u64, Fault)>),
}

impl Plan {
    /// The fault of call number `call`, if any.
    pub fn fault(&self, call: u64, rng: &mut Rng) -> Option<Fault> {
        match self {
            Self::Calm => None,
            Self::Random { per_mille } => {
                if rng.below(1000) < *per_mille {
                    rng.pick(&Fault::ALL).copied()
                } else {
                    None
                }
            }
            Self::Scripted(faults) => {
                faults.iter().find(|(at, _)| *at == call).map(|(_, fault)| *fault)
            }
        }
    }
}
