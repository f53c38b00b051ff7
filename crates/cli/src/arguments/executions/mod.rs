//! What `redress executions` is given.

mod look;
mod manage;
mod transfer;
mod which;

use clap::{Args, Subcommand};

use super::ConfigurationOption;

pub use look::{Groups, List, Log, Payload, Scenarios, Show};
pub use manage::{Close, Delete, Resolve, Retry, Switch};
pub use transfer::{Export, Import};
pub use which::{FilterOptions, Which, Who};

/// `redress executions`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress executions list
  redress executions show refunds/17
  redress executions retry refunds/17
  redress executions resolve refunds/17 --edit --reason 'a slip'
  redress executions retry --all --error RateLimitError --every 2s

An execution is called by its scenario and its number, such as refunds/17, by its id, or by the beginning of \
its id.

Exit status:
  0  done
  1  something was refused: no such execution, one that
     is in progress, one that has changed since
  2  it could not be carried out: wrong usage, a store
     that cannot be opened, nobody to confirm it")]
pub struct Executions {
    #[command(flatten)]
    pub configuration: ConfigurationOption,
    /// What is to be done.
    #[command(subcommand)]
    pub command: ExecutionsCommand,
}

/// The subcommands of `redress executions`.
#[derive(Debug, Subcommand)]
pub enum ExecutionsCommand {
    /// List what is kept: first what waits for a person, then what is tried, then what is going to be
    List(List),
    /// Count what is not resolved by scenario, error and rule
    Groups(Groups),
    /// Show what failed, why it was decided so, what was tried, and what can be done now
    Show(Show),
    /// Show everything that happened to an execution
    Log(Log),
    /// Write the payload of an execution to standard output
    Payload(Payload),
    /// Try executions again as soon as a place is free
    Retry(Retry),
    /// Try an execution again with another payload
    Resolve(Resolve),
    /// Close executions: nothing is left to do, for a reason
    Close(Close),
    /// Delete executions; a line in the log of their scenario is left
    Delete(Delete),
    /// Write executions to standard output, one a line, for another store
    Export(Export),
    /// Take executions that were exported
    Import(Import),
    /// Show the scenarios: whether they are on, what they keep, what they lost
    Scenarios(Scenarios),
    /// Switch a scenario on
    SwitchOn(Switch),
    /// Switch a scenario off: no run of it begins
    SwitchOff(Switch),
}
