//! What `redress fmt` is given.

use std::ffi::OsString;

use clap::Args;

/// `redress fmt`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress fmt                    every `*.policy` below the current folder
  redress fmt --check            what would change, and status 1 if anything would
  redress fmt - < refunds.policy")]
pub struct Fmt {
    /// Files to rewrite; folders, for every `*.policy` below them; `-` from standard input to standard output
    #[arg(value_name = "FILE", default_value = ".", hide_default_value = true)]
    pub files: Vec<OsString>,
    /// Change nothing; show what would change, with status 1 if anything would
    #[arg(long)]
    pub check: bool,
}
