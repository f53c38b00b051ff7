//! What `redress explain` is given.

use clap::Args;

use super::{Format, PolicyOption, WrittenFact, written_fact};

/// `redress explain`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress explain error=ConnectionError module=3
  redress explain --policy refunds.policy --format json error=DataError module=2
  redress explain --rule first_module error=ConnectionError module=3    what would have to change")]
pub struct Explain {
    #[command(flatten)]
    pub policy: PolicyOption,
    /// Say instead what would have to change so that this rule decides: its name, or FILE:LINE
    #[arg(short, long, value_name = "NAME")]
    pub rule: Option<String>,
    /// The facts of the event
    #[arg(value_name = "KEY=VALUE", value_parser = written_fact)]
    pub facts: Vec<WrittenFact>,
    /// How the explanation is written
    #[arg(long, default_value = "human")]
    pub format: Format,
}
