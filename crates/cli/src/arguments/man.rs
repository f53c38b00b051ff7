//! What `redress man` is given.

use std::path::PathBuf;

use clap::Args;

/// `redress man`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress man | man -l -
  redress man --dir /usr/local/share/man/man1")]
pub struct Man {
    /// Write one page for the command and one for each subcommand into this folder instead
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}
