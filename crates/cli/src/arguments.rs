//! The command line: every subcommand, every option, every line of help.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// A small, checked policy language for what becomes of a failed workflow step.
#[derive(Debug, Parser)]
#[command(name = "redress", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_long_help = "Exit status:
  0  done, and nothing is wrong
  1  what was asked for fails: errors in a policy, a bad event, a file that is not formatted,
     with --exit-code a decision that changes
  2  the command could not be carried out: wrong usage, a file that cannot be read
  3  the tests pass, but cover less than --min-coverage asks for, or miss a change of --mutate

Examples:
  redress init                                    start with a policy, a case file and a snapshot
  redress check redress.policy                    everything that is wrong or suspicious
  redress decide error=ConnectionError module=3   what becomes of one event
  redress explain error=DataError module=1        and why
  redress diff old.policy new.policy              what another policy decides otherwise")]
pub struct Arguments {
    /// What is to be done.
    #[command(subcommand)]
    pub command: Command,
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

/// A fact of an event as it is written on the command line.
#[derive(Clone, Debug)]
pub struct WrittenFact {
    /// The fact's name.
    pub key: String,
    /// Its value as written.
    pub value: String,
}

fn written_fact(text: &str) -> Result<WrittenFact, String> {
    let Some((key, value)) = text.split_once('=') else {
        let how = "a fact is given as KEY=VALUE, without spaces, such as module=3";
        return Err(format!("there is no `=` in it; {how}"));
    };
    let (name, trimmed) = (key.trim(), value.trim());
    if name.is_empty() {
        let value = if trimmed.is_empty() { "3" } else { trimmed };
        return Err(format!("the name of the fact is missing before `=`; write module={value}"));
    }
    if name != key {
        return Err(format!("no spaces stand around `=`; write {name}={trimmed}"));
    }
    Ok(WrittenFact { key: key.to_owned(), value: value.to_owned() })
}

fn percentage(text: &str) -> Result<u8, String> {
    let number = text.parse().ok();
    number
        .filter(|percent| *percent <= 100)
        .ok_or_else(|| "it is no number from 0 to 100".to_owned())
}

/// People or programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Human,
    /// For programs
    Json,
}

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

/// How a file of events is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum InputFormat {
    /// JSON Lines: objects one behind the other, each on a line or on several
    Jsonl,
    /// One JSON array of objects
    Json,
    /// Comma-separated values, the first line naming the facts
    Csv,
}

/// `redress decide`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress decide error=ConnectionError module=3
  redress decide --policy refunds.policy --format json error=DataError module=2 status=422
  redress decide --events events.jsonl > decisions.jsonl
  journal | redress decide --events -

Every event of a file gets exactly one line, in order. A bad one is answered in its place by
{\"error\":\"…\",\"line\":17} and reported on standard error; the run goes on and ends with status 1.")]
pub struct Decide {
    #[command(flatten)]
    pub policy: PolicyOption,
    /// The facts of one event
    #[arg(value_name = "KEY=VALUE", value_parser = written_fact)]
    pub facts: Vec<WrittenFact>,
    /// Decide every event of this file (`-` is standard input): JSON Lines, a JSON array, or CSV with a header
    #[arg(short, long, value_name = "FILE", conflicts_with = "facts")]
    pub events: Option<PathBuf>,
    /// How the events are written; otherwise their first character tells
    #[arg(long, value_name = "FORMAT", requires = "events", conflicts_with = "facts")]
    pub input_format: Option<InputFormat>,
    /// By how many threads a file of events is decided; a pipe is read by one [default: as many as there are cores]
    #[arg(long, value_name = "NUMBER", requires = "events", conflicts_with = "facts")]
    pub threads: Option<NonZeroUsize>,
    /// Write each event along with its decision, for `redress backtest`
    #[arg(long, requires = "events", conflicts_with = "facts")]
    pub with_event: bool,
    /// How decisions are written [default: human, with --events json]
    #[arg(long)]
    pub format: Option<Format>,
}

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

/// `redress fmt`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress fmt                    every `*.policy` below the current folder
  redress fmt --check            what would change, and status 1 if anything would
  redress fmt - < refunds.policy")]
pub struct Fmt {
    /// Files to rewrite; folders, for every `*.policy` below them; `-` from standard input to standard output
    #[arg(value_name = "FILE", default_value = ".", hide_default_value = true)]
    pub files: Vec<OsString>,
    /// Change nothing; show what would change, with status 1 if anything would
    #[arg(long)]
    pub check: bool,
}

/// `redress init`
#[derive(Debug, Args)]
pub struct Init {
    /// The folder to begin in; it is made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    pub directory: PathBuf,
}

/// `redress import`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress import state.asl.json > state.policy
  redress import workflow.asl.json --out policies
  redress import workflow.asl.json --only 'Charge the card'
  redress import service_config.json --out policies

Read are the `Retry` and `Catch` of every state of a definition in Amazon States Language, those in
Map and Parallel states too, and every `retryPolicy` of a gRPC service config, as JSON. Each becomes a
policy of its own. What is not carried over, and what can never fire, is told on standard error and
in the comment above the policy.")]
pub struct Import {
    /// The definition or the config (`-` is standard input)
    #[arg(value_name = "FILE")]
    pub file: OsString,
    /// Write one policy a state or group of methods into this folder; it is made if it is not there
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Only the state, or the group of methods, of this name or with this path
    #[arg(long, value_name = "NAME")]
    pub only: Option<String>,
    /// Write over policies that are there already
    #[arg(long, requires = "out")]
    pub force: bool,
}

/// What a policy is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// `Retry` and `Catch` of a state in Amazon States Language
    Asl,
    /// A gRPC service config
    Grpc,
}

/// `redress export`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress export --to asl refunds.policy
  redress export --to asl refunds.policy module=2 handler=false
  redress export --to grpc calls.policy > service_config.json

A state or a call knows its error and how often it was tried. Whatever else a decision hangs on has to
be given; and what the format cannot express is refused, each rule with the reason.")]
pub struct Export {
    /// What it is written as
    #[arg(long, value_name = "FORMAT")]
    pub to: ExportFormat,
    /// The policy: a file, `-`, or a bundled one, such as `default` or `aws`
    #[arg(value_name = "POLICY")]
    pub policy: OsString,
    /// What the other facts always are
    #[arg(value_name = "KEY=VALUE", value_parser = written_fact)]
    pub facts: Vec<WrittenFact>,
}

/// `redress completions`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress completions bash > ~/.local/share/bash-completion/completions/redress
  redress completions fish > ~/.config/fish/completions/redress.fish")]
pub struct Completions {
    /// The shell
    pub shell: Shell,
}

/// `redress man`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress man | man -l -
  redress man --dir /usr/local/share/man/man1")]
pub struct Man {
    /// Write one page for the command and one for each subcommand into this folder instead
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}
