//! What `redress executions export` and `redress executions import` are given.

use std::path::PathBuf;

use clap::Args;

use super::{FilterOptions, Who};

/// `redress executions export`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress executions export --output executions.jsonl
  redress executions export --scenario refunds --status unresolved --output refunds.jsonl

Each line is an execution with its log and its payloads. Payloads that are kept encrypted stay so, others \
are there to read: --output makes a file that only you may read, a file that the shell makes (`>`) may be \
read by whoever your umask lets.")]
pub struct Export {
    #[command(flatten)]
    pub filter: FilterOptions,
    /// Write them to this file, whole or not at all, which only its owner may read; without it, or to `-`: standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `redress executions import`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress executions import --dry-run executions.jsonl
  redress executions import executions.jsonl

What is kept already is passed over, so an import may be repeated. As long as the other store keeps them \
too, both have them run.

A line is refused, and told with its reason, where its scenario is not named and nothing would run it, or where it is encrypted \
and does not open with the key of its scenario. The file has it still: mend that, and import it again.")]
pub struct Import {
    /// What was exported (`-` is standard input)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Also take recorded commands, and executions of scenarios that run those again: whoever wrote the file says what is run here
    #[arg(long)]
    pub trust: bool,
    /// Only say what would be done
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub who: Who,
}
