//! Which executions are meant, and who wants what.

use std::convert::Infallible;

use clap::{ArgGroup, Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use redress::Duration;
use redress_store::{Filter, Status};

use crate::arguments::duration;

/// What executions have in common.
#[derive(Debug, Default, PartialEq, Args)]
pub struct FilterOptions {
    /// Those of this scenario
    #[arg(short, long, value_name = "NAME", help_heading = "Which ones")]
    pub scenario: Option<String>,
    /// Those of this status
    #[arg(long, help_heading = "Which ones")]
    pub status: Option<StatusName>,
    /// Those whose last error is of this type
    #[arg(long, value_name = "TYPE", help_heading = "Which ones")]
    pub error: Option<String>,
    /// Those whose last error was decided by this rule
    #[arg(long, value_name = "NAME", help_heading = "Which ones")]
    pub rule: Option<String>,
    /// Those with this text in the message of their last error, as the list has it; what is confidential never has it
    #[arg(long, value_name = "TEXT", help_heading = "Which ones")]
    pub message: Option<String>,
    /// Those that were stored longer ago than this
    #[arg(long, value_name = "DURATION", value_parser = duration, help_heading = "Which ones")]
    pub older: Option<Duration>,
    /// Those that were stored no longer ago than this
    #[arg(long, value_name = "DURATION", value_parser = duration, help_heading = "Which ones")]
    pub newer: Option<Duration>,
}

/// The statuses as they are written on a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StatusName {
    /// A person has to look at it
    Unresolved,
    /// It is going to be tried
    Pending,
    /// It is being tried
    InProgress,
    /// Nothing is left to do
    Resolved,
}

impl From<StatusName> for Status {
    fn from(name: StatusName) -> Status {
        match name {
            StatusName::Unresolved => Status::Unresolved,
            StatusName::Pending => Status::Pending,
            StatusName::InProgress => Status::InProgress,
            StatusName::Resolved => Status::Resolved,
        }
    }
}

impl FilterOptions {
    /// The filter, at this time.
    pub fn at(&self, now: Timestamp) -> Filter {
        let ago = |age: &Option<Duration>| age.map(|age| before(now, age));
        Filter {
            scenario: self.scenario.clone(),
            status: self.status.map(Status::from),
            error: self.error.clone(),
            rule: self.rule.clone(),
            message: self.message.clone(),
            since: ago(&self.newer),
            before: ago(&self.older),
        }
    }
}

/// The time so long before, or the first there is.
fn before(now: Timestamp, age: Duration) -> Timestamp {
    let age = SignedDuration::from_millis(age.milliseconds());
    now.checked_sub(age).unwrap_or(Timestamp::MIN)
}

/// One, many, all, all but some.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("meant").required(true).args(["named", "all"])))]
pub struct Which {
    /// Which ones: scenario and number, such as refunds/17, an id, or the beginning of one
    #[arg(value_name = "EXECUTION")]
    pub named: Vec<String>,
    /// All that are not resolved, or all that the options below mean
    #[arg(long, help_heading = "Which ones")]
    pub all: bool,
    /// With --all: all but these, one or more
    #[arg(long, value_name = "EXECUTION", num_args = 1.., requires = "all", help_heading = "Which ones")]
    pub except: Vec<String>,
    #[command(flatten)]
    pub filter: FilterOptions,
    /// Only say what would be done
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
}

/// Who wants something, for the log.
#[derive(Debug, Args)]
pub struct Who {
    /// Who wants it, for the log
    #[arg(
        long,
        value_name = "NAME",
        env = "USER",
        hide_env_values = true,
        default_value = SOMEBODY,
        hide_default_value = true,
        value_parser = who
    )]
    pub by: String,
}

/// Who it is where nobody says.
const SOMEBODY: &str = "somebody";

/// A name that is empty, as a variable may be, is as good as none.
fn who(text: &str) -> Result<String, Infallible> {
    Ok(if text.trim().is_empty() { SOMEBODY } else { text }.to_owned())
}
