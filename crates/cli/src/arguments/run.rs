//! What `redress run` is given.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use redress::Duration;

use super::{ConfigurationOption, duration};

/// `redress run`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress run --scenario nightly --quiet -- ./backup.sh /srv
  redress run -s refunds -p refund.json -- ./refund
  redress run --scenario orders --wait 5m -- ./import-orders

Where the command fails, the policy of the scenario decides from how it ended: its exit status, the \
signal that ended it, the time it took, the end of its standard error, and, where the last line of \
that is a JSON object, the facts in it.

Exit status:
  0    it succeeded; or it failed, is kept, and is tried
       again without anybody's help
  75   it was not begun: the scenario is switched off,
       or waits for earlier executions
  125  it was not begun: the configuration, a key, the
       store or the payload cannot be read
  126  it cannot be run; 127: there is no such command;
       unless it is kept for another try
  any other
       the command's own, where it failed and a person
       has to know; 128 and the number of the signal
       that ended it")]
pub struct Run {
    #[command(flatten)]
    pub configuration: ConfigurationOption,
    /// What runs: a name under which its failures are decided and kept
    #[arg(short, long, value_name = "NAME")]
    pub scenario: String,
    /// Which step of its workflow it is; of the first, which only starts one, the default policy keeps nothing
    #[arg(short, long, value_name = "NUMBER", default_value_t = 2, value_parser = position)]
    pub module: u32,
    /// What has to happen in order, in a scenario that is sequential: an order, a customer
    #[arg(short, long, value_name = "KEY")]
    pub key: Option<String>,
    /// What makes it the same run when it is started again: its failure is kept once
    #[arg(long, value_name = "KEY")]
    pub once: Option<String>,
    /// The standard input of the command and of its retries: a file, or `-`; else the command has that of redress,
    /// its retries none
    #[arg(short, long, value_name = "FILE")]
    pub payload: Option<PathBuf>,
    /// Wait so long for the scenario to be switched on, or for earlier executions to be resolved, before giving up
    #[arg(short, long, value_name = "DURATION", value_parser = duration)]
    pub wait: Option<Duration>,
    /// Say nothing of a failure that is going to be tried again; what the command says goes through
    #[arg(short, long)]
    pub quiet: bool,
    /// The command and its arguments
    #[arg(value_name = "COMMAND", required = true, last = true)]
    pub command: Vec<OsString>,
}

fn position(text: &str) -> Result<u32, String> {
    let position = text.parse().ok().filter(|position| *position > 0);
    position.ok_or_else(|| "expected a position, counted from 1".to_owned())
}
