//! What the subcommands that only look are given.

use clap::{Args, ValueEnum};
use redress_store::Order;

use super::FilterOptions;
use crate::arguments::Format;

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListOrder {
    /// What was stored last comes first
    Newest,
    /// What was stored first comes first
    Oldest,
    /// What is due first comes first; only what is pending is due
    Due,
}

impl From<ListOrder> for Order {
    fn from(order: ListOrder) -> Order {
        match order {
            ListOrder::Newest => Order::Newest,
            ListOrder::Oldest => Order::Oldest,
            ListOrder::Due => Order::Due,
        }
    }
}

/// `redress executions list`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress executions list
  redress executions list --scenario refunds --older 2d
  redress executions list --status resolved --newer 1h --format json

Without --status and --order everything is listed that is not resolved, what waits for a person first. \
Where there is a next page, its --after is told; what changes its status meanwhile moves to another \
part of the list, so it may be seen twice or not at all.")]
pub struct List {
    #[command(flatten)]
    pub filter: FilterOptions,
    /// In what order
    #[arg(long)]
    pub order: Option<ListOrder>,
    /// No more than so many, 1000 at most
    #[arg(long, value_name = "NUMBER", default_value = "50", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub limit: u16,
    /// Behind this place, where the page before ended
    #[arg(long, value_name = "PLACE")]
    pub after: Option<String>,
    /// How it is written
    #[arg(long, default_value = "human")]
    pub format: Format,
}

/// `redress executions groups`
#[derive(Debug, Args)]
pub struct Groups {
    /// Of this scenario only
    #[arg(short, long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// Only those with this text in the message of their last error; what is confidential never has it
    #[arg(long, value_name = "TEXT")]
    pub message: Option<String>,
    /// No more than so many, the largest
    #[arg(long, value_name = "NUMBER", default_value = "50")]
    pub limit: usize,
    /// How it is written
    #[arg(long, default_value = "human")]
    pub format: Format,
}

/// `redress executions show`
#[derive(Debug, Args)]
pub struct Show {
    /// Which one: scenario and number, such as refunds/17, an id, or the beginning of one
    #[arg(value_name = "EXECUTION")]
    pub execution: String,
    /// How it is written
    #[arg(long, default_value = "human")]
    pub format: Format,
}

/// `redress executions log`
#[derive(Debug, Args)]
pub struct Log {
    /// Which one: scenario and number, such as refunds/17, an id, or the beginning of one
    #[arg(value_name = "EXECUTION")]
    pub execution: String,
    /// How it is written
    #[arg(long, default_value = "human")]
    pub format: Format,
}

/// `redress executions payload`
#[derive(Debug, Args)]
pub struct Payload {
    /// Which one: scenario and number, such as refunds/17, an id, or the beginning of one
    #[arg(value_name = "EXECUTION")]
    pub execution: String,
    /// Which edition of it: 1 is the original [default: the last]
    #[arg(long, value_name = "NUMBER")]
    pub edition: Option<u32>,
}

/// `redress executions scenarios`
#[derive(Debug, Args)]
pub struct Scenarios {
    /// Only this one, with its log: when and why it was switched off and on, what was deleted and why
    #[arg(value_name = "SCENARIO")]
    pub scenario: Option<String>,
    /// No more than so many lines of its log, the newest
    #[arg(long, value_name = "NUMBER", default_value = "50", requires = "scenario")]
    pub limit: usize,
    /// How it is written
    #[arg(long, default_value = "human")]
    pub format: Format,
}
