//! When something is going to be tried, as lists say it, and why it is not.

use std::collections::BTreeMap;

use jiff::Timestamp;
use redress_store::{Cause, ExecutionId, Off, State};

use super::{Store, unanswered};
use crate::commands::wording::for_shell;
use crate::configuration::command;
use crate::failure::Result;
use crate::terminal::{self, Visible};

/// Says when, and remembers which scenarios are the reason where nobody can say.
pub struct Upcoming<'s> {
    store: &'s Store,
    /// What was looked up: since when and why scenarios are off.
    off: BTreeMap<String, Option<Off>>,
    /// The scenarios of which something is due.
    due: Vec<String>,
    /// The scenarios that have a try whose worker is silent, and since when.
    silent: BTreeMap<String, Timestamp>,
}

impl<'s> Upcoming<'s> {
    pub fn of(store: &'s Store) -> Self {
        Upcoming { store, off: BTreeMap::new(), due: Vec::new(), silent: BTreeMap::new() }
    }

    /// The same of what may be in progress, until a lease runs out: whether its worker is silent.
    pub fn next_or_silent(
        &mut self,
        (scenario, due): (&str, Option<Timestamp>),
        lease: Option<Timestamp>,
        id: Option<ExecutionId>,
    ) -> Result<String> {
        let Some(since) = lease.filter(|lease| *lease <= self.store.now) else {
            return self.next(scenario, due, id);
        };
        let first = self.silent.entry(scenario.to_owned()).or_insert(since);
        *first = since.min(*first);
        Ok("silent".to_owned())
    }

    /// When one of a scenario is tried that is due then. What a person asked for is tried while the scenario is off; that is
    /// known of the one whose id is given.
    fn next(
        &mut self,
        scenario: &str,
        due: Option<Timestamp>,
        id: Option<ExecutionId>,
    ) -> Result<String> {
        let Some(due) = due else { return Ok("-".to_owned()) };
        self.due.push(scenario.to_owned());
        if self.is_off(scenario)? && !self.is_asked_for(id)? {
            return Ok("off".to_owned());
        }
        if self.store.missing_runner(scenario).is_some() {
            return Ok("waits".to_owned());
        }
        Ok(if due <= self.store.now { "now".to_owned() } else { self.store.relative(due) })
    }

    fn is_off(&mut self, scenario: &str) -> Result<bool> {
        if let Some(known) = self.off.get(scenario) {
            return Ok(known.is_some());
        }
        let off = self.store.executions().scenario(scenario).map_err(unanswered)?.off;
        let is_off = off.is_some();
        self.off.insert(scenario.to_owned(), off);
        Ok(is_off)
    }

    fn is_asked_for(&self, id: Option<ExecutionId>) -> Result<bool> {
        let Some(id) = id else { return Ok(false) };
        let execution = self.store.executions().get(id).map_err(unanswered)?;
        let state = execution.map(|execution| execution.state);
        Ok(matches!(state, Some(State::Pending { by: Cause::Person(_), .. })))
    }

    /// Says which scenarios have silent workers, which are switched off, and of which nothing runs the retries.
    pub fn say_what_waits(&self) {
        for (scenario, since) in &self.silent {
            terminal::note(format_args!(
                "the worker of a try of `{scenario}` is silent, its lease ran out {}; the next `{}` or `{}` takes it up",
                self.store.relative(*since),
                command("work"),
                command("serve")
            ));
        }
        for (scenario, off) in &self.off {
            let Some(off) = off else { continue };
            let on = command(format_args!("executions switch-on {}", for_shell(scenario)));
            terminal::note(Visible(&format!(
                "`{scenario}` was switched off {}: {}; only what a person asks for is tried until: {on}",
                self.store.relative(off.since),
                off.why
            )));
        }
        self.store.warn_of_missing_runners(self.due.iter().map(String::as_str));
    }
}
