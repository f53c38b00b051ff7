//! What `redress test` is given.

use std::path::PathBuf;

use clap::Args;

/// `redress test`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress test                         all below the current folder
  redress test refunds.policy          its examples and its snapshot
  redress test --filter ledger         the cases and files with this in their name
  redress test --update                write the snapshot of every policy
  redress test --junit results.xml
  redress test --coverage              what the tests leave out, and an event for each
  redress test refunds.policy --generate more.cases.toml
  redress test --min-coverage 90       and status 3 where they cover less

Tested are X.policy, that it loads and its examples hold; X.behaviour beside it, that it says
what the policy does; and the cases of X.cases.toml. A policy that loads has neither passed nor
failed where nothing else was tried of it.")]
pub struct Test {
    /// Policies, case files, snapshots; folders, for all of them below it; a bundled policy by its name, such as `default`
    #[arg(value_name = "PATH", default_value = ".", hide_default_value = true)]
    pub paths: Vec<PathBuf>,
    /// Write the snapshot of every policy instead of comparing those that are there
    #[arg(long)]
    pub update: bool,
    /// Run only the tests with this text in their name or their file's path
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// Also write the results to this file as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Also say which rules and conditions the tests put to use, and what they leave out
    #[arg(long)]
    pub coverage: bool,
    /// Also write the coverage to this file as a page with the policy's text
    #[arg(long, value_name = "FILE")]
    pub coverage_html: Option<PathBuf>,
    /// Also write the coverage to this file as JSON
    #[arg(long, value_name = "FILE")]
    pub coverage_json: Option<PathBuf>,
    /// Write cases that show what the tests of a policy leave out to a new file, for you to look at
    #[arg(long, value_name = "FILE")]
    pub generate: Option<PathBuf>,
    /// Try small changes to each policy, and end with status 3 where no example and no case notices one
    #[arg(long)]
    pub mutate: bool,
    /// The same, and also write what came of the changes to this file as JSON
    #[arg(long, value_name = "FILE")]
    pub mutate_json: Option<PathBuf>,
    /// End with status 3 where the tests pass but cover less of all policies together
    #[arg(long, value_name = "PERCENT", value_parser = percentage)]
    pub min_coverage: Option<u8>,
}

fn percentage(text: &str) -> Result<u8, String> {
    let number = text.parse().ok();
    number
        .filter(|percent| *percent <= 100)
        .ok_or_else(|| "it is no number from 0 to 100".to_owned())
}
