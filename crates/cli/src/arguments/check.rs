//! What `redress check` is given.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiagnosticFormat {
    /// For people, with excerpts of the source
    Human,
    /// One object for all files
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
}

/// `redress check`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress check refunds.policy
  redress check --deny-warnings policies/
  redress check --notes refunds.policy
  redress check --fix refunds.policy
  redress check --format sarif policies/ > redress.sarif")]
pub struct Check {
    /// Policies, vocabularies and packs; folders, for every `*.policy` below them; `-` for standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<OsString>,
    /// Take warnings for errors
    #[arg(long)]
    pub deny_warnings: bool,
    /// Also tell what is worth knowing though nothing is wrong, such as which rules overlap
    #[arg(long)]
    pub notes: bool,
    /// Apply the fixes that guess nothing to the files given, then check what is left
    #[arg(long)]
    pub fix: bool,
    /// How many steps one question of the exact analysis may take before it cannot tell [default: 4000000]
    #[arg(long, value_name = "STEPS")]
    pub analysis_steps: Option<usize>,
    /// How the problems are written
    #[arg(long, default_value = "human")]
    pub format: DiagnosticFormat,
}
