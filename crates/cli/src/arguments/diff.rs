//! What `redress diff` is given.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

/// How changes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ChangeFormat {
    /// For a terminal
    Human,
    /// For programs
    Json,
    /// For the comment of a pull request
    Markdown,
}

/// `redress diff`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress diff default fusion
  redress diff old.policy new.policy --exit-code
  redress diff old.policy new.policy --format markdown > comment.md
  git show HEAD:redress.policy | redress diff - redress.policy

It compares behaviour, not text. The verdict is
  patch   every event is decided as before
  minor   events that only `otherwise` decided, or that could not be given, have a rule now
  major   any other event is decided otherwise")]
pub struct Diff {
    /// The policy that there was: a file, `-`, or a bundled one by its name, such as `default`
    #[arg(value_name = "OLD")]
    pub old: OsString,
    /// The policy that takes its place, likewise
    #[arg(value_name = "NEW")]
    pub new: OsString,
    /// End with status 1 if any event is decided otherwise
    #[arg(long)]
    pub exit_code: bool,
    /// How the changes are written
    #[arg(long, default_value = "human")]
    pub format: ChangeFormat,
}
