//! What a retry undoes: what is going to be tried anyway, at a pace or by a schedule.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Executions;
use crate::query::{Filter, Selection, Summary};
use crate::state::Status;
use crate::store::{Due, Reading, StoreError};

/// The tries that a retry takes the place of: those that wait for their time, and those that wait at a pace, however late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Of how many executions.
    pub executions: u64,
    /// When the last of them is, where that is to come.
    pub last: Option<LastTry>,
}

/// When the last of some tries is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastTry {
    /// It is due then, and nothing is known to keep it waiting longer.
    At(Timestamp),
    /// It begins no sooner, and may wait longer: one of them at least waits at a pace that is behind, or is of a sequential
    /// scenario of which others are not resolved, whether or not they came before it.
    NoSooner(Timestamp),
}

/// What of a scenario is pending.
#[derive(Default)]
struct Pending {
    /// What is to come by a schedule: what a person asks for at no pace is due at once.
    scheduled: Tries,
    paced: Tries,
}

#[derive(Clone, Copy, Default)]
struct Tries {
    executions: u64,
    /// When the last of them is due.
    last: Option<Timestamp>,
}

/// What of that is going to be tried anyway.
struct Anyway {
    executions: u64,
    last: Option<Timestamp>,
    may_wait: bool,
}

impl Pending {
    fn add(&mut self, summary: &Summary, now: Timestamp) {
        let Some(due) = summary.due.filter(|due| summary.paced || *due > now) else { return };
        let tries = if summary.paced { &mut self.paced } else { &mut self.scheduled };
        tries.last = tries.last.max(Some(due));
        tries.executions += 1;
    }
}

impl Executions {
    /// How many of a selection are going to be tried anyway, and when: what a [retry](Self::retry_many) undoes, as it takes the
    /// place of what they wait for. What is due by now, and waits at no pace, loses nothing. `is_run` says whether something
    /// runs the retries of a scenario; where nothing does, none of it is tried, and of a scenario that is switched off only
    /// what a person asked for.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn undone(
        &self,
        selection: &Selection,
        is_run: impl Fn(&str) -> bool,
        now: Timestamp,
    ) -> Result<Undone, StoreError> {
        let mut scenarios: BTreeMap<String, Pending> = BTreeMap::new();
        self.each_of(selection, Some(Status::Pending), |summary| {
            scenarios.entry(summary.scenario.clone()).or_default().add(summary, now);
        })?;
        let (mut executions, mut last, mut may_wait) = (0, None, false);
        for (name, pending) in scenarios.iter().filter(|(name, _)| is_run(name)) {
            let anyway = self.anyway(name, pending, now)?;
            executions += anyway.executions;
            last = last.max(anyway.last);
            may_wait |= anyway.may_wait;
        }
        let tried = if may_wait { LastTry::NoSooner } else { LastTry::At };
        Ok(Undone { executions, last: last.filter(|last| *last > now).map(tried) })
    }

    fn anyway(
        &self,
        scenario: &str,
        pending: &Pending,
        now: Timestamp,
    ) -> Result<Anyway, StoreError> {
        let is_sequential = self.scenario_settings(scenario).settings.sequential;
        self.read(|reading| {
            let state = reading.scenario(scenario)?;
            let scheduled = if state.off.is_some() { Tries::default() } else { pending.scheduled };
            let executions = scheduled.executions + pending.paced.executions;
            let (mut last, mut may_wait) = (scheduled.last, false);
            if let Some(due) = pending.paced.last {
                let until = state.paced_until(now).unwrap_or(due);
                last = last.max(Some(due.max(until)));
                may_wait = due < until || is_late(reading, scenario, due, now)?;
            }
            may_wait |= is_sequential && executions > 0 && state.incomplete > 1;
            Ok(Anyway { executions, last, may_wait })
        })
    }
}

/// Whether a pace is behind before one that is due then: others are late, which begin one after the other.
fn is_late(
    reading: &mut dyn Reading,
    scenario: &str,
    due: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (limit, asked_only, paced, in_order) = (usize::MAX, false, true, false);
    let question = Due { scenario, now, limit, asked_only, paced, in_order };
    let first = reading.first_due(&question, &Filter::default())?;
    Ok(first.is_some_and(|first| first <= now && first < due))
}
