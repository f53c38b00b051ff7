//! What has to be done from time to time, and what a scenario is told.

use jiff::Timestamp;

use super::Executions;
use super::known::Known;
use super::manage::{ManageError, bounded};
use super::silent::interrupt_silent;
use super::vanished::let_go_for_vanished;
use crate::entry::{Entry, Happening};
use crate::execution::Execution;
use crate::fault::{Fault, planted};
use crate::scenario::{ScenarioEntry, ScenarioHappening, ScenarioState, WhyOff};
use crate::schedule::whole;
use crate::store::{StoreError, Transaction, readable};

/// One transaction gives up or forgets no more than so many, so that others need not wait long.
pub(super) const AT_ONCE: usize = 256;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tended {
    /// Executions whose try was given up, since its worker was not heard of; as they are now.
    pub interrupted: Vec<Execution>,
    /// Resolved executions that were forgotten, since their retention ended.
    pub forgotten: usize,
    /// The scenarios of runs that are not heard of any more, one for each run: nothing is known of them but a line in the log
    /// of their scenario.
    pub vanished: Vec<String>,
    /// Whether there is more to do at once.
    pub more: bool,
}

impl Executions {
    /// Gives up tries whose worker was not heard of, writes down which runs were not heard of any more, and forgets what was
    /// resolved long enough ago. To be called every second or so.
    ///
    /// # Errors
    /// Where the store cannot do it.
    pub fn tend(&self, now: Timestamp) -> Result<Tended, StoreError> {
        let now = whole(now);
        let scenarios = self.read(|reading| reading.scenarios())?;
        let mut tended = Tended::default();
        if !self.read(|reading| reading.silent(now, 1))?.is_empty() {
            tended.interrupted =
                self.write_small(move |transaction| interrupt_silent(transaction, now))?;
            tended.more = tended.interrupted.len() == AT_ONCE;
        }
        if !self.read(|reading| reading.lapsed_holds(now, 1))?.is_empty() {
            tended.vanished = self
                .write_small(move |transaction| let_go_for_vanished(transaction, now, AT_ONCE))?;
            tended.more |= tended.vanished.len() == AT_ONCE;
        }
        for name in scenarios {
            let retention = self.scenario_settings(&name).settings.retention.milliseconds();
            let before = now.as_millisecond().saturating_sub(retention);
            let Ok(before) = Timestamp::from_millisecond(before) else { continue };
            if self.read(|reading| reading.resolved_before(&name, before, 1))?.is_empty() {
                continue;
            }
            let forgotten =
                self.write_small(move |transaction| forget(transaction, &name, before, now))?;
            tended.forgotten += forgotten;
            tended.more |= forgotten == AT_ONCE;
        }
        Ok(tended)
    }

    /// When there is something to do next: something is due, or a lease runs out. It may have come already, where a
    /// scenario has no place free or is held.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn next_time(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|reading| reading.next_time())
    }

    /// Says that a run of the scenario succeeded, or ended with a warning: errors in a row are counted anew.
    ///
    /// # Errors
    /// Where the store cannot do it.
    pub fn run_succeeded(&self, scenario: &str) -> Result<(), StoreError> {
        self.change(scenario, |known| known.state.succeeded())
    }

    /// Switches a scenario off; answers whether that changed anything. Where it is off already, a person's reason that is
    /// new takes the place of what stood before, which stays in the log of the scenario.
    ///
    /// # Errors
    /// Where who and why are too long, or the store cannot do it.
    pub fn switch_off(
        &self,
        scenario: &str,
        by: &str,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, ManageError> {
        bounded(by, reason)?;
        let (by, reason, now) = (by.to_owned(), reason.map(str::to_owned), whole(now));
        let why = WhyOff::Person { by, reason };
        self.switch(scenario, move |state| state.switch_off(why.clone(), now))
    }

    /// Switches a scenario on; answers whether that changed anything: nothing changes where it is on.
    ///
    /// # Errors
    /// As [`switch_off`](Self::switch_off).
    pub fn switch_on(
        &self,
        scenario: &str,
        by: &str,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, ManageError> {
        bounded(by, reason)?;
        let (by, reason, now) = (by.to_owned(), reason.map(str::to_owned), whole(now));
        self.missed.switch_on(scenario);
        self.switch(scenario, move |state| state.switch_on(by.clone(), reason.clone(), now))
    }

    /// Switches a scenario with a line in its log; answers whether there was anything to switch.
    fn switch(
        &self,
        scenario: &str,
        switch: impl Fn(&mut ScenarioState) -> Option<ScenarioEntry> + Clone + Send + 'static,
    ) -> Result<bool, ManageError> {
        let switched = self.change(scenario, move |known| {
            let line = switch(&mut known.state);
            let changed = line.is_some();
            known.say(line);
            changed
        });
        Ok(switched?)
    }

    fn change<T: Send + 'static>(
        &self,
        scenario: &str,
        change: impl Fn(&mut Known) -> T + Clone + Send + 'static,
    ) -> Result<T, StoreError> {
        let scenario = scenario.to_owned();
        self.write_small(move |transaction| {
            let mut known = Known::of(transaction, &scenario)?;
            let answer = change(&mut known);
            known.put(transaction, &scenario)?;
            Ok(answer)
        })
    }
}

fn forget(
    transaction: &mut dyn Transaction,
    scenario: &str,
    before: Timestamp,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let old = transaction.resolved_before(scenario, before, AT_ONCE)?;
    let mut known = Known::of(transaction, scenario)?;
    let mut forgotten = 0;
    for id in old {
        let Some(execution) = readable(transaction, id)? else { continue };
        if transaction.remove(id, execution.version)? {
            known.say(Some(deletion(&execution, None, now)));
            forgotten += 1;
        }
    }
    known.put(transaction, scenario)?;
    Ok(forgotten)
}

/// The line that is left of an execution that is deleted: by whom and why, or because its retention ended.
pub(super) fn deletion(
    execution: &Execution,
    by: Option<(String, Option<String>)>,
    now: Timestamp,
) -> ScenarioEntry {
    let (by, reason) = by.map_or((None, None), |(by, reason)| (Some(by), reason));
    let Execution { id, sequence, .. } = *execution;
    ScenarioEntry { at: now, what: ScenarioHappening::Deleted { id, sequence, by, reason } }
}

/// Keeps one more entry, and what it makes of the execution.
pub(super) fn update(
    transaction: &mut dyn Transaction,
    execution: &Execution,
    entry: &Entry,
    lease: Option<Timestamp>,
) -> Result<bool, StoreError> {
    if planted(Fault::ForgetsLog) && matches!(entry.what, Happening::Started { .. }) {
        let mut wrong = execution.clone();
        wrong.tries += 1;
        return transaction.update(&wrong, entry, lease);
    }
    transaction.update(execution, entry, lease)
}
