//! One file a subcommand.

mod backtest;
mod check;
mod completions;
mod decide;
mod diff;
mod executions;
mod explain;
mod export;
mod fmt;
mod import;
mod init;
mod man;
mod run;
mod serve;
mod show;
mod table;
mod test;
mod unnamed;
mod waiting;
mod without_runner;
pub mod wording;
mod work;

pub use decide::write_decision;
use redress::vocabulary::Type;
use redress::{Event, EventProblem, Policy};
pub use wording::Count;

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
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Backtest(arguments) => backtest::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Fmt(arguments) => fmt::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Work(arguments) => work::run(&arguments),
        Command::Executions(arguments) => executions::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    }
}

/// Whether a fact is written `error==X` as in a policy; a text may well begin with `=`.
fn has_two_signs(policy: &Policy, fact: &WrittenFact) -> bool {
    let vocabulary = policy.vocabulary();
    let is_text = |id| vocabulary.fact(id).kind == Type::Text;
    fact.value.starts_with('=') && !vocabulary.find_fact(&fact.key).is_some_and(is_text)
}

/// The event that the facts of a command line make; every problem with them fails the command.
fn event<'p>(policy: &'p Policy, facts: &[WrittenFact]) -> Result<Event<'p>> {
    if let Some(fact) = facts.iter().find(|fact| has_two_signs(policy, fact)) {
        let WrittenFact { key, value } = fact;
        let right = value.trim_start_matches('=');
        return Err(Failure::fails(format_args!(
            "`{key}={value}` has two `=`; a fact is given as KEY=VALUE: write {key}={right}"
        )));
    }
    let builder = facts
        .iter()
        .fold(policy.event(), |builder, fact| builder.set_written(&fact.key, &fact.value));
    builder.build().map_err(|error| {
        let without_value = |problem: &EventProblem| {
            facts
                .iter()
                .find(|fact| fact.value.is_empty() && Some(fact.key.as_str()) == problem.key())
        };
        let reason = |problem: &EventProblem| match without_value(problem) {
            Some(fact) => format!("`{}=` gives no value", fact.key),
            None => problem.to_string(),
        };
        let reasons: Vec<String> = error.problems.iter().map(reason).collect();
        Failure::fails(reasons.join("\nerror: "))
    })
}
