//! What `redress import` is given.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

/// `redress import`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress import state.asl.json > state.policy
  redress import workflow.asl.json --out policies
  redress import workflow.asl.json --only 'Charge the card'
  redress import service_config.json --out policies

Read are the `Retry` and `Catch` of every state of a definition in Amazon States Language, those in
Map and Parallel states too, and every `retryPolicy` of a gRPC service config, as JSON. Each becomes a
policy of its own. What is not carried over, and what can never fire, is told on standard error and
in the comment above the policy.")]
pub struct Import {
    /// The definition or the config (`-` is standard input)
    #[arg(value_name = "FILE")]
    pub file: OsString,
    /// Write one policy a state or group of methods into this folder; it is made if it is not there
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Only the state, or the group of methods, of this name or with this path
    #[arg(long, value_name = "NAME")]
    pub only: Option<String>,
    /// Write over policies that are there already
    #[arg(long, requires = "out")]
    pub force: bool,
}
