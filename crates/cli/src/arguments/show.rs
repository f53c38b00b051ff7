//! What `redress show` is given.

use std::ffi::OsString;

use clap::Args;

use super::Format;

/// `redress show`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress show refunds.policy
  redress show refunds.policy > whole.policy

What it prints is a policy of its own, with the same fingerprint; it builds on no other policy.
Above each piece stands where it comes from. A vocabulary and packs of your own are still named,
by paths from the current folder.")]
pub struct Show {
    /// The policy: a file, `-`, or a bundled one by its name, such as `default`
    #[arg(value_name = "FILE")]
    pub file: OsString,
    /// How the policy is written
    #[arg(long, default_value = "human")]
    pub format: Format,
}
