//! What `redress init` is given.

use std::path::PathBuf;

use clap::Args;

/// `redress init`
#[derive(Debug, Args)]
pub struct Init {
    /// The folder to begin in; it is made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    pub directory: PathBuf,
}
