//! `redress run`: a command with the whole system in front of it.

mod gate;
mod job;
mod report;
mod step;

use std::time::Duration;

use redress::{Argument, Decision};
use redress_store::{Executions, Report, asked_to_wait, delay};

use self::gate::Entered;
use self::job::Job;
pub use self::job::read_payload;
use self::step::Ended;
use crate::arguments::Run;
use crate::failure::{Failure, Result, Status};
use crate::signals::Signals;
use crate::terminal::{self, Visible};
use crate::times::{self, InWords};

/// The run could not begin, and may when it is tried again: `EX_TEMPFAIL` of `sysexits.h`.
const NOT_NOW: Status = Status::OfCommand(75);

/// The run could not begin for a reason of our own, as `env` and `timeout` say it.
const NOT_BEGUN: Status = Status::OfCommand(125);

/// Runs the command, and does what its policy decides where it fails.
pub fn run(arguments: &Run) -> Result {
    // Whoever gives this status to a command of theirs has to tell it from the command's own.
    let not_begun = |failure: Failure| failure.report().map(|_| NOT_BEGUN);
    let job = match Job::of(arguments) {
        Ok(job) => job,
        Err(failure) => return not_begun(failure),
    };
    let signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => return not_begun(Failure::impossible(error)),
    };
    let hold = match gate::enter(&job, arguments.wait.map(Duration::from), &signals) {
        Ok(Entered::Yes(hold)) => hold,
        Ok(Entered::No(why)) => {
            terminal::complain(why);
            return Ok(NOT_NOW);
        }
        Err(error) => return not_begun(Failure::impossible(error)),
    };
    let status = job.until_decided(&signals);
    hold.let_go();
    Ok(status)
}

/// Writes a line of redress's own to standard error, among those of the command.
fn say(line: impl std::fmt::Display) {
    terminal::tell(format_args!("redress: {}", Visible(&line.to_string())));
}

impl Job<'_> {
    /// Runs the command until it succeeds or its policy wants anything but another try at once.
    fn until_decided(&self, signals: &Signals) -> Status {
        // The failure that is being tried again.
        let mut failed: Option<(Report, Ended)> = None;
        for attempt in 1.. {
            let ended = step::run(self, attempt, signals);
            if ended.is_success() {
                return self.succeeded();
            }
            if ended.is_interrupted() {
                if let Some((report, before)) = failed {
                    self.report_given_up(report, &before, attempt);
                } else {
                    say("it was interrupted; nothing of it is kept");
                }
                return ended.status();
            }
            let report = self.report(&ended, attempt);
            let decided = self.executions().decide(report.clone(), times::now());
            let again = decided.ok().and_then(|decision| in_place(&decision, &report, attempt));
            let Some((wait, decision)) = again else { return self.report_failure(report, &ended) };
            self.say_again(&ended, &decision, wait);
            if signals.sleep(wait).is_some() {
                self.report_given_up(report, &ended, attempt + 1);
                return ended.status();
            }
            failed = Some((report, ended));
        }
        // As many tries as there are numbers.
        NOT_BEGUN
    }

    fn succeeded(&self) -> Status {
        if let Err(error) = self.executions().run_succeeded(self.scenario) {
            terminal::complain(format_args!(
                "the command succeeded, which cannot be written down: {error}"
            ));
        }
        Status::Done
    }

    fn say_again(&self, ended: &Ended, decision: &Decision, wait: Duration) {
        if self.quiet {
            return;
        }
        say(format_args!(
            "the command {ended}; {} tries it again in {}",
            by(decision),
            InWords(wait)
        ));
    }

    fn executions(&self) -> &Executions {
        &self.kept.executions
    }
}

/// How long to wait before the next try, where the policy wants one in place: the outcome `retry` with a schedule.
///
/// Steps are counted by the tries of this run; what the failing service asks to wait takes the place of one.
fn in_place(decision: &Decision, report: &Report, attempt: u32) -> Option<(Duration, Decision)> {
    let Some(Argument::Schedule(schedule)) = decision.outcome.argument("after") else {
        return None;
    };
    if decision.outcome.name != "retry" {
        return None;
    }
    let step = delay(schedule, attempt, fastrand::f64())?;
    let asked = report.event.as_object().and_then(asked_to_wait);
    Some((asked.unwrap_or(step), decision.clone()))
}

/// Which rule decided, in words.
fn by(decision: &Decision) -> String {
    match &decision.rule {
        Some(rule) => format!("rule `{rule}`"),
        None => format!("the rule at {}", decision.at),
    }
}
