//! Where the configuration is.

use std::path::PathBuf;

use clap::Args;

/// Where the configuration is.
#[derive(Debug, Args)]
pub struct ConfigurationOption {
    /// What says which scenarios there are and where executions are kept [default: redress.toml, where there is one]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "REDRESS_CONFIG",
        hide_env_values = true
    )]
    pub config: Option<PathBuf>,
}
