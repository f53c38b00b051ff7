//! Where the configuration is.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};

/// Where the configuration is.
#[derive(Debug, Args)]
pub struct ConfigurationOption {
    /// What says which scenarios there are and where executions are kept [default: redress.toml, where there is one]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "REDRESS_CONFIG",
        hide_env_values = true,
        // A variable may be empty, which is as good as none; the parser of paths refuses that.
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    pub config: Option<PathBuf>,
}
