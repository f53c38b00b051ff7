//! What a retry undoes: what is going to be tried anyway, at a pace or by a schedule.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Executions;
use crate::query::{Filter, Selection, Summary};
use crate::state::Status;
use crate::store::{Due, StoreError};

/// What a retry undoes: what is going to be tried anyway, at a pace or by a schedule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// How many executions.
    pub executions: u64,
    /// When the last of them is, where that is to come.
    pub last: Option<LastTry>,
}

/// When the last of some tries is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastTry {
    /// It is due then, and no pace is known to be behind.
    At(Timestamp),
    /// It begins no sooner: one of them at least waits at a pace that is behind, and may keep it waiting longer.
    NoSooner(Timestamp),
}

/// What of a scenario is going to be tried anyway.
struct OfScenario {
    /// Whether something runs its retries. Where nothing does, none of it is going to be tried.
    is_run: bool,
    executions: u64,
    /// When the last of those is due that wait at no pace.
    last: Option<Timestamp>,
    /// When the last of those is due that do.
    paced: Option<Timestamp>,
}

impl OfScenario {
    fn add(&mut self, summary: &Summary, now: Timestamp) {
        let Some(due) = summary.due.filter(|due| summary.paced || *due > now) else { return };
        let last = if summary.paced { &mut self.paced } else { &mut self.last };
        *last = due.max(last.unwrap_or(due)).into();
        self.executions += 1;
    }
}

impl Executions {
    /// How many of a selection are going to be tried anyway, and when: what a [retry](Self::retry_many) undoes, as it takes the
    /// place of what they wait for. What is due by now, and waits at no pace, loses nothing. `is_run` says whether something
    /// runs the retries of a scenario; where nothing does, none of it is tried.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn undone(
        &self,
        selection: &Selection,
        is_run: impl Fn(&str) -> bool,
        now: Timestamp,
    ) -> Result<Undone, StoreError> {
        let mut scenarios: BTreeMap<String, OfScenario> = BTreeMap::new();
        self.each_of(selection, Some(Status::Pending), |summary| {
            let of_scenario = scenarios.entry(summary.scenario.clone());
            let of_scenario = of_scenario.or_insert_with_key(|name| OfScenario {
                is_run: is_run(name),
                executions: 0,
                last: None,
                paced: None,
            });
            of_scenario.add(summary, now);
        })?;
        let (mut executions, mut last, mut may_wait) = (0, None, false);
        for (name, of_scenario) in scenarios.iter().filter(|(_, it)| it.is_run) {
            executions += of_scenario.executions;
            last = last.max(of_scenario.last);
            if let Some(due) = of_scenario.paced {
                let (begins, is_behind) = self.begins_at_a_pace(name, due, now)?;
                last = last.max(Some(begins));
                may_wait |= is_behind;
            }
        }
        let tried = if may_wait { LastTry::NoSooner } else { LastTry::At };
        Ok(Undone { executions, last: last.filter(|last| *last > now).map(tried) })
    }

    /// When one that is due then, and waits at the pace of its scenario, begins at the earliest; and whether that pace is
    /// behind: it lets none begin before, or others are late, which begin one after the other.
    fn begins_at_a_pace(
        &self,
        scenario: &str,
        due: Timestamp,
        now: Timestamp,
    ) -> Result<(Timestamp, bool), StoreError> {
        self.read(|reading| {
            let until = reading.scenario(scenario)?.paced_until(now).unwrap_or(due);
            let (limit, asked_only, paced, in_order) = (usize::MAX, false, true, false);
            let question = Due { scenario, now, limit, asked_only, paced, in_order };
            let first = reading.first_due(&question, &Filter::default())?;
            let is_late = first.is_some_and(|first| first <= now && first < due);
            Ok((due.max(until), is_late || due < until))
        })
    }
}
