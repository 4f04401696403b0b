//! How the partners are set up.

/// How the partners are set up. The keys can come from the environment, where no list of processes
/// shows them.
#[derive(Clone, clap::Parser)]
#[command(
    about = "Stands in for the factory, the registries and the token issuer in the local run"
)]
pub struct Settings {
    /// Where to listen on 127.0.0.1; 0 takes a free port.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Where the factory's webhooks go; until it is known, here or by control, they wait.
    #[arg(long)]
    pub webhook_url: Option<String>,
    /// The bearer token that the factory takes.
    #[arg(long, env = "PARTNERS_FACTORY_KEY", hide_env_values = true)]
    pub factory_key: String,
    /// The bearer token that the registries take.
    #[arg(long, env = "PARTNERS_REGISTRY_KEY", hide_env_values = true)]
    pub registry_key: String,
    /// What the factory signs its webhooks with: `whsec_` and base64, or any text.
    #[arg(long, env = "PARTNERS_FACTORY_WEBHOOK_SECRET", hide_env_values = true)]
    pub factory_webhook_secret: String,
    /// Each order advances by itself one milestone every so many milliseconds; 0 or absent, only on
    /// command.
    #[arg(long)]
    pub pace_ms: Option<u64>,
    /// Where the local cloud tells what it mailed; absent, nobody has mail.
    #[arg(long)]
    pub mails_url: Option<String>,
}
