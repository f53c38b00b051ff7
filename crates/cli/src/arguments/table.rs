//! What `redress table` is given.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// For a terminal
    Text,
    /// A Markdown table
    Markdown,
    /// A small page of its own
    Html,
    /// Comma-separated values with a header
    Csv,
    /// An object with facts and rows
    Json,
}

/// `redress table`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress table refunds.policy
  redress table default --format html > default.html")]
pub struct Table {
    /// The policy: a file, `-`, or a bundled one by its name, such as `default`
    #[arg(value_name = "FILE")]
    pub file: OsString,
    /// How the table is written
    #[arg(long, default_value = "text")]
    pub format: TableFormat,
}
