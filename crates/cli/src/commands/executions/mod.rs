//! `redress executions`: what is kept, and what a person does with it.

mod bulk;
mod confirm;
mod editor;
mod groups;
mod list;
mod log;
mod meant;
mod named;
mod payload;
mod refusals;
mod resolve;
mod scenarios;
mod show;
mod switch;
mod table;
mod told;
mod transfer;
mod unknown;
mod upcoming;

pub use list::last_line;

use std::fmt;
use std::io::Write;

use jiff::Timestamp;
use redress_scenarios::Configuration;
use redress_store::{Executions, Summary};
use serde::Serialize;

use super::without_runner;
use super::wording::for_shell;
use crate::arguments::{Executions as Arguments, ExecutionsCommand as Command};
use crate::configuration::{self, Kept};
use crate::failure::{Failure, Result, Status};
use crate::terminal::Visible;
use crate::times;

/// Carries out a subcommand.
pub fn run(arguments: &Arguments) -> Result {
    let configuration = configuration::find_for(&arguments.configuration, None)?;
    // For these there need not be a store yet.
    let kept = match arguments.command {
        Command::SwitchOn(_) | Command::SwitchOff(_) | Command::Import(_) => {
            Kept::open(configuration)?
        }
        _ => Kept::look(configuration)?,
    };
    let store = Store { kept, now: times::now() };
    match &arguments.command {
        Command::List(arguments) => list::run(&store, arguments),
        Command::Groups(arguments) => groups::run(&store, arguments),
        Command::Show(arguments) => show::run(&store, arguments),
        Command::Log(arguments) => log::run(&store, arguments),
        Command::Payload(arguments) => payload::run(&store, arguments),
        Command::Retry(arguments) => bulk::retry(&store, arguments),
        Command::Resolve(arguments) => resolve::run(&store, arguments),
        Command::Close(arguments) => bulk::close(&store, arguments),
        Command::Delete(arguments) => bulk::delete(&store, arguments),
        Command::Export(arguments) => transfer::export(&store, arguments),
        Command::Import(arguments) => transfer::import(&store, arguments),
        Command::Scenarios(arguments) => scenarios::run(&store, arguments),
        Command::SwitchOn(arguments) => switch::on(&store, arguments),
        Command::SwitchOff(arguments) => switch::off(&store, arguments),
    }
}

/// What is kept, and the time it is looked at.
struct Store {
    kept: Kept,
    now: Timestamp,
}

impl Store {
    fn executions(&self) -> &Executions {
        &self.kept.executions
    }

    fn configuration(&self) -> &Configuration {
        self.kept.scenarios.configuration()
    }

    /// What a scenario has to be given before anything runs its retries; nothing where it has that.
    fn missing_runner(&self, scenario: &str) -> Option<String> {
        without_runner::missing_runner(self.configuration(), scenario)
    }

    /// Warns of those whose retries nothing runs.
    fn warn_of_missing_runners<'n>(&self, scenarios: impl IntoIterator<Item = &'n str>) {
        without_runner::warn_of_missing_runners(self.configuration(), scenarios);
    }

    /// Seen from now: `in 10m`, `3h ago`.
    fn relative(&self, at: Timestamp) -> String {
        times::Relative { now: self.now, at }.to_string()
    }
}

/// What a person calls an execution, as a shell takes it: `refunds/17`.
fn name(scenario: &str, sequence: u64) -> String {
    Visible(&for_shell(&format!("{scenario}/{sequence}"))).to_string()
}

fn name_of(summary: &Summary) -> String {
    name(&summary.scenario, summary.sequence)
}

/// The store does not answer.
fn unanswered(error: impl fmt::Display) -> Failure {
    Failure::impossible(error)
}

/// Writes a value as JSON, on one line.
fn write_json(output: &mut dyn Write, value: &impl Serialize) -> Result {
    serde_json::to_writer(&mut *output, value).map_err(std::io::Error::from)?;
    writeln!(output)?;
    output.flush()?;
    Ok(Status::Done)
}
