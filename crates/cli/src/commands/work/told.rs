//! What is said of the work, line by line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use redress_scenarios::{Change, Configuration, Notice, slips};
use redress_store::{
    Execution, Executions, Off, Resolution, SealError, State, Status as ExecutionStatus,
    StoreError, Tended,
};

use crate::commands::Count;
use crate::commands::executions::last_line;
use crate::commands::wording::for_shell;
use crate::configuration::command;
use crate::failure::Status;
use crate::terminal::{self, Visible};
use crate::times::{self, InWords, Relative};
use crate::wrapping::cut;

/// Says what happens, and counts it.
pub struct Told {
    executions: Arc<Executions>,
    quiet: bool,
    running: AtomicUsize,
    tried: AtomicUsize,
    resolved: AtomicUsize,
    troubles: AtomicUsize,
    /// The scenarios of which it was said that something does not open.
    unopened: Mutex<BTreeSet<String>>,
}

impl Told {
    /// Nothing was said yet.
    pub fn new(executions: Arc<Executions>, quiet: bool) -> Self {
        let zero = || AtomicUsize::new(0);
        Told {
            executions,
            quiet,
            running: zero(),
            tried: zero(),
            resolved: zero(),
            troubles: zero(),
            unopened: Mutex::default(),
        }
    }

    /// How many tries run.
    pub fn running(&self) -> usize {
        self.running.load(Ordering::Relaxed)
    }

    /// Whether the store did what it had to.
    pub fn status(&self) -> Status {
        Status::fails_if(self.troubles.load(Ordering::Relaxed) > 0)
    }

    /// Says what happened.
    pub fn tell(&self, notice: Notice) {
        match notice {
            Notice::Began(_) => {
                self.running.fetch_add(1, Ordering::Relaxed);
                self.tried.fetch_add(1, Ordering::Relaxed);
            }
            Notice::Ended(execution, took) => {
                self.running.fetch_sub(1, Ordering::Relaxed);
                self.tell_end(&execution, took);
            }
            Notice::Interrupted(execution) => self.tell_interrupted(&execution),
            Notice::Vanished(scenario) => tell_vanished(&[scenario]),
            Notice::Unopened(execution, why) => self.tell_unopened(&execution, why),
            Notice::WentOff(scenario, off) => tell_went_off(&scenario, &off),
            Notice::Store(error) => self.trouble(&error),
            Notice::End(id, error) => {
                self.running.fetch_sub(1, Ordering::Relaxed);
                self.trouble(&format_args!("the end of a try of {id} is not taken: {error}"));
            }
        }
    }

    /// Says of which scenarios something waits that does not open, which somebody has to know, however quiet it should be.
    pub fn tell_what_does_not_open(&self, configuration: &Configuration) -> Result<(), StoreError> {
        for scenario in self.executions.scenarios()? {
            // Of a key that cannot be read it was said.
            if configuration.scenario(&scenario).locked.is_none()
                && let Some((first, why)) = self.executions.first_unopened(&scenario)?
            {
                self.tell_unopened(&first, why);
            }
        }
        Ok(())
    }

    /// Says it once of a scenario: where its key is another one, it holds for whatever was kept before.
    fn tell_unopened(&self, execution: &Execution, why: SealError) {
        let scenario = &execution.scenario;
        let mut told = self.unopened.lock().unwrap_or_else(PoisonError::into_inner);
        if told.insert(scenario.clone()) {
            let name = for_shell(&format!("{scenario}/{}", execution.sequence));
            self.trouble(&format_args!(
                "what is kept of `{scenario}` does not open, {name} for one: {why}; it waits, and uses up no try, \
                 until its `key_file` has the key that it was kept with"
            ));
        }
    }

    fn trouble(&self, what: &dyn fmt::Display) {
        self.troubles.fetch_add(1, Ordering::Relaxed);
        terminal::complain(what);
    }

    fn tell_end(&self, execution: &Execution, took: Duration) {
        let name = for_shell(&format!("{}/{}", execution.scenario, execution.sequence));
        let (attempt, took) = (execution.tries, InWords(took));
        let failed = format!("try {attempt} failed after {took}, {}", error(execution));
        match &execution.state {
            State::Resolved { how, .. } => {
                self.resolved.fetch_add(1, Ordering::Relaxed);
                let how = match how {
                    Resolution::Continued(_) => "; a later step of it failed, and is kept",
                    _ => "",
                };
                self.say(format_args!(
                    "{name}: resolved: try {attempt} succeeded after {took}{how}"
                ));
            }
            State::Pending { due, .. } => {
                let again = match self.is_off(&execution.scenario) {
                    true => "it waits until its scenario is switched on".to_owned(),
                    false => {
                        format!("it is tried again {}", Relative { now: times::now(), at: *due })
                    }
                };
                self.say(format_args!("{name}: {failed}; {again}"));
            }
            // Somebody has to know, however quiet it should be.
            _ => say(format_args!(
                "{name}: {failed}; a person has to look at it: {}",
                command(format_args!("executions show {name}"))
            )),
        }
        if execution.status() != ExecutionStatus::Resolved {
            self.say_what_is_misspelt(execution);
        }
    }

    /// A time that does not come is not promised.
    fn is_off(&self, scenario: &str) -> bool {
        self.executions.scenario(scenario).is_ok_and(|state| state.off.is_some())
    }

    /// The policy takes a name that is misspelt for one that nobody has declared.
    fn say_what_is_misspelt(&self, execution: &Execution) {
        let policy = &self.executions.scenario_settings(&execution.scenario).policy;
        slips(policy, &execution.event).into_iter().for_each(|slip| self.say(slip));
    }

    /// Says of which executions a try was given up, and of which scenarios runs are not heard of any more.
    pub fn tell_tended(&self, tended: &Tended) {
        tended.interrupted.iter().for_each(|execution| self.tell_interrupted(execution));
        tell_vanished(&tended.vanished);
    }

    fn tell_interrupted(&self, execution: &Execution) {
        let name = for_shell(&format!("{}/{}", execution.scenario, execution.sequence));
        let what =
            format!("{name}: try {} was interrupted, its worker was not heard of", execution.tries);
        match execution.due() {
            Some(at) => {
                let again = Relative { now: times::now(), at };
                self.say(format_args!("{what}; it is tried again {again}"));
            }
            None => say(format_args!(
                "{what}; a person has to look at it: {}",
                command(format_args!("executions show {name}"))
            )),
        }
    }

    /// Says what became of a policy whose file changed.
    pub fn tell_change(&self, change: &Change) {
        match change {
            Change::Swapped { policy, from, to } => say(format_args!(
                "the policy `{policy}` has changed: {to} decides from now on, in the place of {from}"
            )),
            Change::Loaded { policy, to } => say(format_args!(
                "the policy `{policy}` loads by now: {to} decides from now on, and what waited for it is run"
            )),
            Change::StillWrong { policy, why } => terminal::complain(format_args!(
                "the policy `{policy}` has changed, and is wrong still; what it should decide waits:\n{why}"
            )),
            Change::Mended { policy } => say(format_args!(
                "the policy `{policy}` is right again, and as it was: what decided all along goes on deciding"
            )),
            Change::File { path } => say(format_args!(
                "`{}` has changed; it is read when the work begins: start it again",
                path.display()
            )),
            Change::Refused { policy, why } => terminal::complain(format_args!(
                "the policy `{policy}` has changed, but is wrong; the last good one goes on deciding:\n{why}"
            )),
        }
    }

    /// Says what came of all of it, and when there is something to do next.
    pub fn say_sum(&self, next: Option<Timestamp>, now: Timestamp) {
        let tried = self.tried.load(Ordering::Relaxed);
        let resolved = self.resolved.load(Ordering::Relaxed);
        let waits = next.is_some_and(|next| next <= now);
        let next = match next {
            None => "nothing else is due".to_owned(),
            Some(_) if waits => "what is due waits".to_owned(),
            Some(at) => format!("next {}", Relative { now, at }),
        };
        match tried {
            0 if waits => self.say(format_args!("nothing was begun; {next}")),
            0 => self.say(format_args!("nothing was due; {next}")),
            _ => self.say(format_args!("{}, {resolved} resolved; {next}", Count(tried, "try"))),
        }
    }

    fn say(&self, line: impl fmt::Display) {
        if !self.quiet {
            say(line);
        }
    }
}

/// Says that a guard has switched a scenario off, which somebody has to know, however quiet it should be.
fn tell_went_off(scenario: &str, off: &Off) {
    let shown = for_shell(scenario);
    say(format_args!(
        "`{scenario}` is switched off now: {}; only what a person asks for is tried until: {}",
        off.why,
        command(format_args!("executions switch-on {shown}"))
    ));
}

/// Says which scenarios are off when the work begins, which somebody has to know, however quiet it should be.
pub fn tell_what_is_off(executions: &Executions, now: Timestamp) -> Result<(), StoreError> {
    for scenario in executions.scenarios()? {
        if let Some(off) = executions.scenario(&scenario)?.off {
            let on = command(format_args!("executions switch-on {}", for_shell(&scenario)));
            let since = Relative { now, at: off.since };
            let what = format!("`{scenario}` was switched off {since}: {}", off.why);
            say(format_args!("{what}; only what a person asks for is tried until: {on}"));
        }
    }
    Ok(())
}

/// Says of which scenarios runs are not heard of any more, which somebody has to know, however quiet it should be.
fn tell_vanished(scenarios: &[String]) {
    let mut runs: BTreeMap<&str, usize> = BTreeMap::new();
    scenarios.iter().for_each(|scenario| *runs.entry(scenario).or_default() += 1);
    for (scenario, runs) in runs {
        let are = if runs == 1 { "is" } else { "are" };
        say(format_args!(
            "{} of `{scenario}` {are} not heard of any more, and nothing else is known; when: {}",
            Count(runs, "run"),
            command(format_args!("executions scenarios {}", for_shell(scenario)))
        ));
    }
}

fn say(line: impl fmt::Display) {
    terminal::tell(format_args!("redress: {}", Visible(&line.to_string())));
}

/// The type of the last error, and the beginning of its message, on one line.
fn error(execution: &Execution) -> String {
    let message = cut(last_line(execution.message()), 80);
    match message.is_empty() {
        true => execution.error().to_owned(),
        false => format!("{} ({message})", execution.error()),
    }
}
