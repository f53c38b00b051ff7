//! What the subcommands that change something are given.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use redress::Duration;

use super::{Which, Who};
use crate::arguments::duration;

/// `redress executions retry`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress executions retry refunds/17 refunds/19
  redress executions retry --all --scenario refunds --except refunds/18 --dry-run
  redress executions retry --all --error RateLimitError --every 2s --first 30s

`redress work` or `redress serve` runs what is due. Switching the scenario off does not call it off, since what a \
person asked for is tried all the same: `close` or `delete` those that are not to be tried, or put them off by another \
`retry --all` at a longer pace.")]
pub struct Retry {
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub who: Who,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// One after the other, the next due so much later, so that many do not trip the limit that made them fail
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub every: Option<Duration>,
    /// Begin more slowly: the next due so much later in the first minute, half that in the second, down to --every
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub first: Option<Duration>,
}

/// `redress executions resolve`
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("new").required(true)))]
#[command(after_long_help = "Examples:
  redress executions resolve refunds/17 --edit --reason 'the account was closed'
  redress executions payload refunds/17 | jq '.account = 4' > mended.json
  redress executions resolve refunds/17 --payload mended.json --reason 'the account was closed'

The original payload is kept, and so is every edition, with who made it and why.")]
pub struct Resolve {
    /// Which one: scenario and number, such as refunds/17, an id, or the beginning of one
    #[arg(value_name = "EXECUTION")]
    pub execution: String,
    /// The new payload: a file, or `-` for standard input
    #[arg(short, long, value_name = "FILE", group = "new")]
    pub payload: Option<PathBuf>,
    /// Edit the payload with the editor that the variable VISUAL or EDITOR names
    #[arg(short, long, group = "new")]
    pub edit: bool,
    /// Where the new payload is to be had
    #[arg(long, value_name = "PLACE", group = "new")]
    pub reference: Option<String>,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Only where it is at this version still, as JSON shows it
    #[arg(long, value_name = "NUMBER")]
    pub version: Option<u32>,
    #[command(flatten)]
    pub who: Who,
}

/// `redress executions close`
#[derive(Debug, Args)]
pub struct Close {
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub who: Who,
    /// Why nothing is left to do, for the log
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// `redress executions delete`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress executions delete refunds/17 --reason 'a test'
  redress executions delete --all --status resolved --older 7d --dry-run

What is in progress is not deleted.")]
pub struct Delete {
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub who: Who,
    /// Why, for the log of the scenario
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// `redress executions switch-on`, `redress executions switch-off`
#[derive(Debug, Args)]
pub struct Switch {
    /// The scenario
    #[arg(value_name = "SCENARIO")]
    pub scenario: String,
    #[command(flatten)]
    pub who: Who,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}
