//! A failure is reported, and what became of it is said.

use redress::Decision;
use redress_scenarios::slips;
use redress_store::{Kept, Report, Reported};

use super::job::Job;
use super::step::Ended;
use super::{by, say};
use crate::commands::without_runner::missing_runner;
use crate::commands::wording::for_shell;
use crate::configuration::command;
use crate::failure::Status;
use crate::terminal;
use crate::times::{self, Relative};

impl Job<'_> {
    /// Reports a failure, and says what becomes of it.
    pub fn report_failure(&self, report: Report, ended: &Ended) -> Status {
        self.say_what_is_misspelt(&report);
        let status = match self.kept.executions.report(report, times::now()) {
            Ok(reported) => self.told(&reported, ended),
            Err(error) => {
                terminal::complain(format_args!(
                    "the command {ended}, and nothing of it is kept: {error}"
                ));
                ended.status()
            }
        };
        self.say_if_off();
        status
    }

    /// Reports a failure whose next try in place was interrupted, or did not come to begin: it has happened, and counts.
    pub fn report_given_up(&self, report: Report, ended: &Ended, attempt: u32) {
        match self.kept.executions.report(report, times::now()) {
            Ok(Reported::Decided(decision)) => say(format_args!(
                "interrupted at try {attempt}; before, the command {ended}: {}, and nothing of it is kept: it is not tried \
                 again unless you start it",
                wants(&decision)
            )),
            Ok(reported) => {
                say(format_args!("interrupted at try {attempt}; what failed before is told"));
                self.told(&reported, ended);
            }
            Err(error) => terminal::complain(format_args!(
                "interrupted at try {attempt}; before, the command {ended}, and nothing of it is kept: {error}"
            )),
        }
        self.say_if_off();
    }

    fn told(&self, reported: &Reported, ended: &Ended) -> Status {
        match reported {
            Reported::Stored(kept) => self.kept_as(kept, "keeps it as", ended),
            Reported::Known(kept) => self.kept_as(kept, "kept it before as", ended),
            Reported::Decided(decision) => decided(decision, ended),
            Reported::StoringOff(decision) => {
                let decided = wants(decision);
                say(format_args!("the command {ended}; {decided}, but `storing` is off: it fails"));
                ended.status()
            }
            Reported::Lost(decision, full) => {
                say(format_args!(
                    "the command {ended}; {}, but it is lost: {full}",
                    wants(decision)
                ));
                ended.status()
            }
        }
    }

    fn kept_as(&self, kept: &Kept, keeps: &str, ended: &Ended) -> Status {
        let name = self.name_of(kept);
        let line = format!("the command {ended}; {} {keeps} {name}", by(&kept.decision));
        let see = command(format_args!("executions show {name}"));
        let Some(due) = kept.due else {
            say(line);
            say(format_args!("a person has to look at it: {see}"));
            return ended.status();
        };
        if let Some(missing) = missing_runner(self.kept.scenarios.configuration(), self.scenario) {
            // Nobody but a person can help it, so a person is told.
            say(line);
            say(format_args!("{missing}: {see}"));
            return ended.status();
        }
        if !self.quiet {
            let again = Relative { now: times::now(), at: due };
            say(line);
            say(format_args!("it is tried again {again}: {see}"));
        }
        Status::Done
    }

    /// What a person calls it; its id where it is gone already.
    fn name_of(&self, kept: &Kept) -> String {
        match self.kept.executions.get(kept.id) {
            Ok(Some(execution)) => {
                for_shell(&format!("{}/{}", execution.scenario, execution.sequence))
            }
            _ => kept.id.to_string(),
        }
    }

    /// The policy takes a name that is misspelt for one that nobody has declared.
    fn say_what_is_misspelt(&self, report: &Report) {
        let policy = &self.kept.executions.scenario_settings(self.scenario).policy;
        let Some(facts) = report.event.as_object() else { return };
        slips(policy, facts).into_iter().for_each(say);
    }

    fn say_if_off(&self) {
        let off = self.kept.executions.scenario(self.scenario).ok().and_then(|state| state.off);
        if let Some(off) = off {
            say(format_args!(
                "`{}` is switched off now: {}; no run begins until: {}",
                self.scenario,
                off.why,
                command(format_args!("executions switch-on {}", for_shell(self.scenario)))
            ));
        }
    }
}

/// The end of a run of which nothing is kept; some outcomes say that it is as good as a success.
fn decided(decision: &Decision, ended: &Ended) -> Status {
    match decision.outcome.name.as_str() {
        "ignore" | "commit" | "resume" => {
            say(format_args!("the command {ended}; {}, and it counts as done", wants(decision)));
            Status::Done
        }
        "retry" => {
            say(format_args!(
                "the command {ended}; {}, but no try is left: it fails",
                wants(decision)
            ));
            ended.status()
        }
        _ => {
            say(format_args!(
                "the command {ended}; {}, and nothing of it is kept",
                wants(decision)
            ));
            ended.status()
        }
    }
}

/// Which rule wants what.
fn wants(decision: &Decision) -> String {
    format!("{} decides `{}`", by(decision), decision.display)
}
