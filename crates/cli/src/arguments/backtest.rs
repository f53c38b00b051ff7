//! What `redress backtest` is given.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::{Format, InputFormat};

/// `redress backtest`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress backtest --events events.jsonl --policy new.policy --against old.policy
  redress decide --events events.jsonl --with-event > recorded.jsonl
  redress backtest --events recorded.jsonl --policy new.policy

RECORDED has events, as `redress decide --events` reads them, or decisions with their events, as
it writes them under `--with-event`. What was decided is what --against decides, or what is recorded.")]
pub struct Backtest {
    /// What was recorded (`-` is standard input): events, or decisions with their events
    #[arg(short, long, value_name = "RECORDED")]
    pub events: PathBuf,
    /// The policy to try: a file, `-`, or a bundled one by its name, such as `default`
    #[arg(short, long, value_name = "NEW")]
    pub policy: OsString,
    /// The policy that decided; where it is not given, the decisions have to be recorded
    #[arg(short, long, value_name = "OLD")]
    pub against: Option<OsString>,
    /// How the events are written; otherwise their first character tells
    #[arg(long, value_name = "FORMAT")]
    pub input_format: Option<InputFormat>,
    /// End with status 1 if any decision changes
    #[arg(long)]
    pub exit_code: bool,
    /// How the changes are written
    #[arg(long, default_value = "human")]
    pub format: Format,
}
