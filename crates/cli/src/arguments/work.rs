//! What `redress work` is given.

use std::num::NonZeroUsize;

use clap::Args;

use super::ConfigurationOption;

/// `redress work`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress work                 until it is interrupted
  redress work --once --quiet  for cron: what is due, and no more

Each scenario's retries run as its `command` or `url` in redress.toml says; with `rerun = true`, or without a \
redress.toml, what `redress run` was given is run again. Several of these may work on one store.

Interrupted, it begins nothing more and waits for what runs; interrupted again, it kills that, which is tried \
again when its lease has run out.")]
pub struct Work {
    #[command(flatten)]
    pub configuration: ConfigurationOption,
    /// Run what is due, until nothing is, and end
    #[arg(long)]
    pub once: bool,
    /// How many run at once, of all scenarios together
    #[arg(long, value_name = "NUMBER", default_value = "16", value_parser = at_least_one)]
    pub parallel: NonZeroUsize,
    /// Say nothing of tries that succeed or are tried again, nor of what waits
    #[arg(short, long)]
    pub quiet: bool,
}

fn at_least_one(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "expected a whole number, 1 or more".to_owned())
}
