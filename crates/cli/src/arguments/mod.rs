//! The command line: every subcommand, every option, every line of help. One file a subcommand.

mod backtest;
mod check;
mod completions;
mod configuration;
mod decide;
mod diff;
mod executions;
mod explain;
mod export;
mod fact;
mod fmt;
mod import;
mod init;
mod man;
mod run;
mod serve;
mod show;
mod table;
mod test;
mod work;

use std::ffi::OsString;

use clap::builder::Resettable;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use redress::Duration;

pub use backtest::Backtest;
pub use check::{Check, DiagnosticFormat};
pub use completions::Completions;
pub use configuration::ConfigurationOption;
pub use decide::{Decide, InputFormat};
pub use diff::{ChangeFormat, Diff};
pub use executions::{
    Close, Delete, Executions, ExecutionsCommand, Export as ExportExecutions, FilterOptions,
    Groups, Import as ImportExecutions, List, Log, Payload, Resolve, Retry, Scenarios,
    Show as ShowExecution, Switch, Which,
};
pub use explain::Explain;
pub use export::{Export, ExportFormat};
pub use fact::WrittenFact;
use fact::written_fact;
pub use fmt::Fmt;
pub use import::Import;
pub use init::Init;
pub use man::Man;
pub use run::Run;
pub use serve::Serve;
pub use show::Show;
pub use table::{Table, TableFormat};
pub use test::Test;
pub use work::Work;

/// A small, checked policy language for what becomes of a failed workflow step.
#[derive(Debug, Parser)]
#[command(name = "redress", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_long_help = "Exit status:
  0  done, and nothing is wrong
  1  what was asked for fails: errors in a policy, a bad event, a file that is not formatted,
     with --exit-code a decision that changes
  2  the command could not be carried out: wrong usage, a file that cannot be read
  3  the tests pass, but cover less than --min-coverage asks for, or miss a change of --mutate
  `redress run` ends as the command that it runs; its help says when not.

Examples:
  redress init                                    start with a policy, a case file and a snapshot
  redress check redress.policy                    everything that is wrong or suspicious
  redress decide error=ConnectionError module=3   what becomes of one event
  redress explain error=DataError module=1        and why
  redress diff old.policy new.policy              what another policy decides otherwise
  redress run --scenario nightly -- ./backup.sh   a command whose failures are decided and kept
  redress executions list                         what is kept")]
pub struct Arguments {
    /// What is to be done.
    #[command(subcommand)]
    pub command: Command,
}

impl Arguments {
    /// The arguments of the command line and the variables, or what is wrong with them.
    ///
    /// The usage that an error shows has whatever is given. What a variable gives is not the reader's to type, so such an
    /// error is made once more without them.
    pub fn read() -> Result<Self, clap::Error> {
        Arguments::try_parse().map_err(|error| {
            if !error.use_stderr() {
                return error;
            }
            match without_variables(Arguments::command()).try_get_matches() {
                Err(without) if without.kind() == error.kind() => without,
                // It is a variable that is wrong.
                _ => error,
            }
        })
    }
}

fn without_variables(command: clap::Command) -> clap::Command {
    let without = |argument: clap::Arg| argument.env(Resettable::Reset);
    command.mut_args(without).mut_subcommands(without_variables)
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Decide one event, or a file of events
    Decide(Decide),
    /// Say why an event is decided as it is
    Explain(Explain),
    /// Find everything that is wrong or suspicious in policies
    Check(Check),
    /// Show the effective policy, each rule with where it comes from
    Show(Show),
    /// Show the behaviour of a policy as a decision table
    Table(Table),
    /// Show which events another policy decides otherwise: patch, minor or major
    Diff(Diff),
    /// Try a policy on recorded events: which decisions would change
    Backtest(Backtest),
    /// Run the examples in policies, case files and behaviour snapshots
    Test(Test),
    /// Bring policies into the one layout
    Fmt(Fmt),
    /// Begin a project: a policy, a case file and a behaviour snapshot
    Init(Init),
    /// Make policies of the retry rules of Amazon States Language or of a gRPC service config
    Import(Import),
    /// Write a policy as retry rules of Amazon States Language or of gRPC
    Export(Export),
    /// Run a command; where it fails, its policy decides what becomes of it
    Run(Run),
    /// Run the retries that are due
    Work(Work),
    /// Look at what is kept, retry it, resolve it, close it, delete it
    Executions(Executions),
    /// Serve incomplete executions over HTTP, and run their retries
    Serve(Serve),
    /// Print the completions for a shell
    Completions(Completions),
    /// Print the manual as roff
    Man(Man),
}

/// Which policy decides.
#[derive(Debug, Args)]
pub struct PolicyOption {
    /// The policy that decides: a file, `-`, or a bundled one by its name, such as `default` [default: default]
    #[arg(short, long, value_name = "FILE", env = "REDRESS_POLICY", hide_env_values = true)]
    pub policy: Option<OsString>,
}

/// People or programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Human,
    /// For programs
    Json,
}

/// Reads a duration; whoever leaves out the unit, or misspells it, is told which there are.
fn duration(text: &str) -> Result<Duration, String> {
    text.parse().map_err(|error| format!("{error}; expected a duration such as 30s, 10m, 6h or 2d"))
}
