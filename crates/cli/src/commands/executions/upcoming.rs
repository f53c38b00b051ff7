//! When something is going to be tried, as lists say it, and why it is not.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use redress_store::{Cause, ExecutionId, Filter, Group, ScenarioState, State, Summary};

use super::{Store, unanswered};
use crate::commands::wording::for_shell;
use crate::configuration::command;
use crate::failure::Result;
use crate::terminal::{self, Visible};

/// Says when, and remembers which scenarios are the reason where nobody can say.
pub struct Upcoming<'s> {
    store: &'s Store,
    /// What was looked up: whether scenarios are off, and how far their pace has come.
    states: BTreeMap<String, ScenarioState>,
    /// The scenarios of which something is due.
    due: Vec<String>,
    /// The scenarios that have a try whose worker is silent, and since when.
    silent: BTreeMap<String, Timestamp>,
    /// The scenarios in which something waits for what came before it.
    in_order: BTreeSet<String>,
    /// The scenarios in which something that is due waits at a pace, and when that lets the next begin.
    paced: BTreeMap<String, Timestamp>,
    /// The scenarios of which one is late that waits at a pace.
    late: BTreeSet<String>,
}

impl<'s> Upcoming<'s> {
    pub fn of(store: &'s Store) -> Self {
        Upcoming {
            store,
            states: BTreeMap::new(),
            due: Vec::new(),
            silent: BTreeMap::new(),
            in_order: BTreeSet::new(),
            paced: BTreeMap::new(),
            late: BTreeSet::new(),
        }
    }

    /// When one is tried, or whether its worker is silent, where it is in progress.
    pub fn of_one(&mut self, summary: &Summary) -> Result<String> {
        let Summary { id, scenario, due, lease, paced, .. } = summary;
        self.next((scenario, *due, *lease), |this| {
            let due = if *paced { this.let_begin(scenario, *due)? } else { *due };
            // What a person asked for is tried while the scenario is off.
            if this.is_off(scenario)? && !this.is_asked_for(*id)? {
                return Ok(None);
            }
            if !this.is_sequential(scenario) {
                return Ok(due);
            }
            let before = this.store.executions().waits_for(*id).map_err(unanswered)?;
            Ok(due.filter(|_| before.is_none()))
        })
    }

    /// The same of a group, with a text that was looked for: of its next one.
    pub fn of_group(&mut self, group: &Group, looked_for: Option<&str>) -> Result<String> {
        let Group { scenario, error, rule, due, lease, .. } = group;
        self.next((scenario, *due, *lease), |this| {
            let is_paced = this.paced_until(scenario)?.is_some();
            if !this.is_off(scenario)? && !this.is_sequential(scenario) && !is_paced {
                return Ok(*due);
            }
            let some = |text: &str| Some(text.to_owned());
            let (error, rule, message) = (some(error), some(rule), looked_for.map(str::to_owned));
            let filter = Filter { error, rule, message, ..Filter::default() };
            this.store.executions().next_try(scenario, &filter, this.store.now).map_err(unanswered)
        })
    }

    /// When it is tried, which is asked where something of it is due at all.
    fn next(
        &mut self,
        (scenario, due, lease): (&str, Option<Timestamp>, Option<Timestamp>),
        tried: impl FnOnce(&mut Self) -> Result<Option<Timestamp>>,
    ) -> Result<String> {
        if let Some(since) = lease.filter(|lease| *lease <= self.store.now) {
            let first = self.silent.entry(scenario.to_owned()).or_insert(since);
            *first = since.min(*first);
            return Ok("silent".to_owned());
        }
        let Some(due) = due else { return Ok("-".to_owned()) };
        self.due.push(scenario.to_owned());
        let is_off = self.is_off(scenario)?;
        let next = match tried(self)? {
            None if is_off => return Ok("off".to_owned()),
            None => {
                self.in_order.insert(scenario.to_owned());
                return Ok("waits".to_owned());
            }
            Some(next) => next,
        };
        if self.store.missing_runner(scenario).is_some() {
            return Ok("waits".to_owned());
        }
        if let Some(until) = self.paced_until(scenario)?.filter(|until| *until <= next) {
            // What is as late as it begins late is not worth a word.
            if due < until && self.store.relative(due) != self.store.relative(until) {
                self.paced.insert(scenario.to_owned(), until);
            }
        }
        Ok(if next <= self.store.now { "now".to_owned() } else { self.store.relative(next) })
    }

    /// In a scenario that is sequential one waits for another.
    fn is_sequential(&self, scenario: &str) -> bool {
        self.store.executions().scenario_settings(scenario).settings.sequential
    }

    fn is_off(&mut self, scenario: &str) -> Result<bool> {
        Ok(self.state(scenario)?.off.is_some())
    }

    /// When one that waits at a pace may begin. Of several that are late only one begins.
    fn let_begin(&mut self, scenario: &str, due: Option<Timestamp>) -> Result<Option<Timestamp>> {
        let (until, now) = (self.paced_until(scenario)?, self.store.now);
        if due <= Some(now) && !self.late.insert(scenario.to_owned()) {
            self.paced.insert(scenario.to_owned(), until.unwrap_or(now));
        }
        Ok(due.max(until))
    }

    /// When the pace lets the next begin, where that has not come.
    fn paced_until(&mut self, scenario: &str) -> Result<Option<Timestamp>> {
        let now = self.store.now;
        Ok(self.state(scenario)?.paced_until(now))
    }

    fn state(&mut self, scenario: &str) -> Result<&ScenarioState> {
        Ok(match self.states.entry(scenario.to_owned()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                unknown.insert(self.store.executions().scenario(scenario).map_err(unanswered)?)
            }
        })
    }

    fn is_asked_for(&self, id: ExecutionId) -> Result<bool> {
        let execution = self.store.executions().get(id).map_err(unanswered)?;
        let state = execution.map(|execution| execution.state);
        Ok(matches!(state, Some(State::Pending { by: Cause::Person(_), .. })))
    }

    /// Says which scenarios have silent workers, which are switched off, in which one waits for another, or at a pace, and of
    /// which nothing runs the retries.
    pub fn say_what_waits(&self) {
        for (scenario, since) in &self.silent {
            terminal::note(format_args!(
                "the worker of a try of `{scenario}` is silent, its lease ran out {}; the next `{}` or `{}` takes it up",
                self.store.relative(*since),
                command("work"),
                command("serve")
            ));
        }
        for (scenario, state) in &self.states {
            let Some(off) = &state.off else { continue };
            let on = command(format_args!("executions switch-on {}", for_shell(scenario)));
            terminal::note(Visible(&format!(
                "`{scenario}` was switched off {}: {}; only what a person asks for is tried until: {on}",
                self.store.relative(off.since),
                off.why
            )));
        }
        for scenario in &self.in_order {
            terminal::note(format_args!(
                "`{scenario}` is sequential: what waits is tried once what came before it is resolved; which that is: {}",
                command("executions show EXECUTION")
            ));
        }
        for (scenario, until) in &self.paced {
            terminal::note(format_args!(
                "`{scenario}` has retries that wait at a pace: the next of them begins {}, the others later, one after the other",
                self.store.relative(*until)
            ));
        }
        self.store.warn_of_missing_runners(self.due.iter().map(String::as_str));
    }
}
