//! What differs between one local stack and another.

/// What differs between one local stack and another.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a customer has to pay the señal, in seconds.
    pub signal_payment_window: u64,
    /// How long a customer has to pay the balance, in seconds.
    pub final_payment_window: u64,
    /// How long the factory may be silent, in seconds.
    pub vehicle_window: u64,
    /// How often what is on its way is asked for, in seconds.
    pub recheck: u64,
    /// After how many seconds a message that failed comes again.
    pub queue_visibility: u64,
    /// How often a change of a sale is tried until it is given up.
    pub relay_retries: u32,
    /// How long a milestone's notification waits for the next one, in seconds.
    pub burst: u64,
    /// Whether functions' roles are enforced.
    pub enforce_roles: bool,
    /// Whether the cloud and the gateway keep their state in files, so that they can be started
    /// again.
    pub keep_state: bool,
    /// An action that no role may take, to see what happens.
    pub without: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            signal_payment_window: 900,
            final_payment_window: 900,
            vehicle_window: 3600,
            recheck: 5,
            queue_visibility: 180,
            relay_retries: 10,
            burst: 0,
            enforce_roles: true,
            keep_state: false,
            without: None,
        }
    }
}
