//! What `redress export` is given.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

use super::{WrittenFact, written_fact};

/// What a policy is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// `Retry` and `Catch` of a state in Amazon States Language
    Asl,
    /// A gRPC service config
    Grpc,
}

/// `redress export`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress export --to asl refunds.policy
  redress export --to asl refunds.policy module=2 handler=false
  redress export --to grpc calls.policy > service_config.json

A state or a call knows its error and how often it was tried. Whatever else a decision hangs on has to
be given; and what the format cannot express is refused, each rule with the reason.")]
pub struct Export {
    /// What it is written as
    #[arg(long, value_name = "FORMAT")]
    pub to: ExportFormat,
    /// The policy: a file, `-`, or a bundled one, such as `default` or `aws`
    #[arg(value_name = "POLICY")]
    pub policy: OsString,
    /// What the other facts always are
    #[arg(value_name = "KEY=VALUE", value_parser = written_fact)]
    pub facts: Vec<WrittenFact>,
}
