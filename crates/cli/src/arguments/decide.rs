//! What `redress decide` is given.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Format, PolicyOption, WrittenFact, written_fact};

/// How a file of events is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum InputFormat {
    /// JSON Lines: objects one behind the other, each on a line or on several
    Jsonl,
    /// One JSON array of objects
    Json,
    /// Comma-separated values, the first line naming the facts
    Csv,
}

/// `redress decide`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress decide error=ConnectionError module=3
  redress decide --policy refunds.policy --format json error=DataError module=2 status=422
  redress decide --events events.jsonl > decisions.jsonl
  journal | redress decide --events -

Every event of a file gets exactly one line, in order. A bad one is answered in its place by
{\"error\":\"…\",\"line\":17} and reported on standard error; the run goes on and ends with status 1.")]
pub struct Decide {
    #[command(flatten)]
    pub policy: PolicyOption,
    /// The facts of one event
    #[arg(value_name = "KEY=VALUE", value_parser = written_fact)]
    pub facts: Vec<WrittenFact>,
    /// Decide every event of this file (`-` is standard input): JSON Lines, a JSON array, or CSV with a header
    #[arg(short, long, value_name = "FILE", conflicts_with = "facts")]
    pub events: Option<PathBuf>,
    /// How the events are written; otherwise their first character tells
    #[arg(long, value_name = "FORMAT", requires = "events", conflicts_with = "facts")]
    pub input_format: Option<InputFormat>,
    /// By how many threads a file of events is decided; a pipe is read by one [default: as many as there are cores]
    #[arg(long, value_name = "NUMBER", requires = "events", conflicts_with = "facts")]
    pub threads: Option<NonZeroUsize>,
    /// Write each event along with its decision, for `redress backtest`
    #[arg(long, requires = "events", conflicts_with = "facts")]
    pub with_event: bool,
    /// How decisions are written [default: human, with --events json]
    #[arg(long)]
    pub format: Option<Format>,
}
