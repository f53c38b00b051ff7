//! One file a subcommand.

mod check;
mod completions;
mod decide;
mod explain;
mod fmt;
mod init;
mod man;
mod show;
mod table;
mod test;

pub use decide::write_decision;
use redress::{Event, Policy};

use crate::arguments::{Command, WrittenFact};
use crate::failure::{Failure, Result};

/// Carries out a subcommand.
pub fn run(command: Command) -> Result {
    match command {
        Command::Decide(arguments) => decide::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Table(arguments) => table::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Fmt(arguments) => fmt::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    }
}

/// The event that the facts of a command line make; every problem with them fails the command.
fn event<'p>(policy: &'p Policy, facts: &[WrittenFact]) -> Result<Event<'p>> {
    let builder = facts
        .iter()
        .fold(policy.event(), |builder, fact| builder.set_written(&fact.key, &fact.value));
    builder.build().map_err(|error| {
        let problems: Vec<String> = error.problems.iter().map(ToString::to_string).collect();
        Failure::fails(problems.join("\nerror: "))
    })
}
