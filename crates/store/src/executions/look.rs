//! What can be seen.

use jiff::Timestamp;
use redress::Decision;

use super::Executions;
use super::keep::{decide, known_facts};
use crate::audit::{self, Audit};
use crate::difference::{Change, Difference};
use crate::entry::{Edition, Entry, Happening};
use crate::execution::Execution;
use crate::id::ExecutionId;
use crate::payload::{Payload, PayloadKind};
use crate::place::Place;
use crate::query::{Count, Filter, Group, Newcomer, Page, Query};
use crate::report::{Report, ReportError};
use crate::scenario::{ScenarioEntry, ScenarioState};
use crate::schedule::whole;
use crate::store::{Due, StoreError, execution};

impl Executions {
    /// What the policy of its scenario would say of a report, of which nothing is kept and which does not count: for a host
    /// that retries in place before it reports.
    ///
    /// # Errors
    /// As for [`report`](Self::report).
    pub fn decide(&self, report: Report, now: Timestamp) -> Result<Decision, ReportError> {
        let consecutive = self.scenario(&report.scenario)?.consecutive.saturating_add(1);
        let ready = self.ready(report, whole(now))?;
        decide(&ready.scenario.policy, &known_facts(&ready, consecutive))
    }

    /// An execution.
    ///
    /// # Errors
    /// Where the store or the log of the execution cannot be read.
    pub fn get(&self, id: ExecutionId) -> Result<Option<Execution>, StoreError> {
        self.read(|reading| execution(reading, id))
    }

    /// When the lease of the worker of an execution runs out, where it is in progress. Where that time is over, the worker is
    /// silent: whoever [claims](Self::claim) or [tends](Self::tend) next gives its try up, and so does a person who retries,
    /// resolves, closes or deletes it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn lease(&self, id: ExecutionId) -> Result<Option<Timestamp>, StoreError> {
        self.read(|reading| reading.lease(id))
    }

    /// The execution that a person calls by its scenario and its number there.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn find(&self, scenario: &str, sequence: u64) -> Result<Option<ExecutionId>, StoreError> {
        self.read(|reading| reading.find_number(scenario, sequence))
    }

    /// The log of an execution, in order; empty where there is none.
    ///
    /// # Errors
    /// Where the store or the log cannot be read.
    pub fn log(&self, id: ExecutionId) -> Result<Vec<Entry>, StoreError> {
        self.read(|reading| reading.log(id))
    }

    /// An edition of a payload, as it is kept: what is encrypted stays so.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn payload(&self, id: ExecutionId, edition: u32) -> Result<Option<Payload>, StoreError> {
        self.read(|reading| reading.payload(id, edition))
    }

    /// What an edit changed in a payload, and who made it: an edition compared with the one before. Nothing where there
    /// is no such edition, or it is the original. What is confidential is not shown.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn difference(
        &self,
        id: ExecutionId,
        edition: u32,
    ) -> Result<Option<Difference>, StoreError> {
        self.read(|reading| {
            let log = reading.log(id)?;
            let is_it = |edited: &Option<Edition>| edited.is_some_and(|it| it.number == edition);
            let edit = log.iter().find_map(|Entry { at, what, .. }| match what {
                Happening::Asked { by, reason, edited, .. } if is_it(edited) => {
                    Some((*at, by.clone(), reason.clone()))
                }
                _ => None,
            });
            let Some((at, by, reason)) = edit else { return Ok(None) };
            let before = reading.payload(id, edition.saturating_sub(1))?;
            let (Some(before), Some(after)) = (before, reading.payload(id, edition)?) else {
                return Ok(None);
            };
            let change = match Execution::from_log(id, &log) {
                Ok(execution) if !self.is_confidential(&execution) => {
                    Change::between(&before, &after)
                }
                _ => Change::Confidential,
            };
            let (bytes_before, bytes) = (before.size() as u64, after.size() as u64);
            Ok(Some(Difference { edition, at, by, reason, bytes_before, bytes, change }))
        })
    }

    /// Whether the payloads of an execution are not to be shown, however they are kept: a reference may say as much as what it
    /// leads to.
    pub fn is_confidential(&self, execution: &Execution) -> bool {
        let scenario = self.scenario_settings(&execution.scenario);
        scenario.settings.confidential || execution.payload == PayloadKind::Sealed
    }

    /// A page of the executions.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn list(&self, query: &Query) -> Result<Page, StoreError> {
        self.read(|reading| reading.list(query))
    }

    /// The place of what came last, of what is kept: what is stored or imported from now on comes behind it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn latest(&self) -> Result<Place, StoreError> {
        self.read(|reading| reading.latest())
    }

    /// What is not resolved, of one scenario or of all, with a text in its message where one is asked for (see
    /// [`Filter`](crate::Filter)), counted by scenario, error, rule and status; the largest groups first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn groups(
        &self,
        scenario: Option<&str>,
        message: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Group>, StoreError> {
        self.read(|reading| reading.groups(scenario, message, limit))
    }

    /// When the next is tried of what is pending of a scenario and a filter takes, as it stands now: of a scenario that is
    /// switched off only what a person asked for is tried, of a sequential one only what [waits for](Self::waits_for)
    /// nothing, and what waits at a pace no sooner than [that](ScenarioState::paced_until) lets one begin. Nothing: none
    /// of it is.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn next_try(
        &self,
        scenario: &str,
        filter: &Filter,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let in_order = self.scenario_settings(scenario).settings.sequential;
        let filter = Filter { scenario: None, status: None, ..filter.clone() };
        self.read(|reading| {
            let state = reading.scenario(scenario)?;
            let asked_only = state.off.is_some();
            let question =
                Due { scenario, now, limit: usize::MAX, asked_only, paced: false, in_order };
            let first = reading.first_due(&question, &filter)?;
            let paced = reading.first_due(&Due { paced: true, ..question }, &filter)?;
            let paced = paced.map(|due| state.paced_until(now).map_or(due, |until| until.max(due)));
            Ok(first.into_iter().chain(paced).min())
        })
    }

    /// What has to be resolved before an execution of a sequential scenario is tried: the first of the same key, or without
    /// keys of the scenario, that was stored before it. Nothing where it is its turn, or the scenario is not sequential.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn waits_for(&self, id: ExecutionId) -> Result<Option<Execution>, StoreError> {
        self.read(|reading| {
            let Some(waits) = execution(reading, id)? else { return Ok(None) };
            if !self.scenario_settings(&waits.scenario).settings.sequential {
                return Ok(None);
            }
            let before = reading.before(id)?;
            before.map_or(Ok(None), |before| execution(reading, before))
        })
    }

    /// What is not resolved, counted by scenario and status, and what of it is due.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn counts(&self, now: Timestamp) -> Result<Vec<Count>, StoreError> {
        self.read(|reading| {
            let mut counts = reading.counts(now)?;
            for count in counts.iter_mut().filter(|count| count.paced > 0) {
                if reading.scenario(&count.scenario)?.paced_until(now).is_none() {
                    count.due += 1;
                    count.paced -= 1;
                }
            }
            Ok(counts)
        })
    }

    /// What is new: ways to fail, by scenario, error and rule, that have been kept since a time and were not before; the
    /// newest first. What was forgotten meanwhile is new when it comes back. Whoever raises alarms asks every minute or so.
    ///
    /// What has waited too long needs no question of its own: it is a [list](Self::list) of what is unresolved, the oldest
    /// first, stored `before` a time.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn newcomers(&self, since: Timestamp, limit: usize) -> Result<Vec<Newcomer>, StoreError> {
        self.read(|reading| reading.newcomers(since, limit))
    }

    /// The names of all scenarios that something is known of.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn scenarios(&self) -> Result<Vec<String>, StoreError> {
        self.read(|reading| reading.scenarios())
    }

    /// What is known of a scenario, with what this program could not write down yet because the disk is full.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn scenario(&self, name: &str) -> Result<ScenarioState, StoreError> {
        let mut state = self.read(|reading| reading.scenario(name))?;
        if let Some(missed) = self.missed.of(name) {
            missed.tell(&mut state);
        }
        Ok(state)
    }

    /// The log of a scenario, the newest line first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn scenario_log(&self, name: &str, limit: usize) -> Result<Vec<ScenarioEntry>, StoreError> {
        self.read(|reading| reading.scenario_log(name, limit))
    }

    /// Reads everything and says what cannot be: see [`Audit`].
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn audit(&self) -> Result<Audit, StoreError> {
        self.read(|reading| audit::audit(reading))
    }
}
