//! What can be seen.

use jiff::Timestamp;

use super::Executions;
use crate::audit::{self, Audit};
use crate::entry::Entry;
use crate::execution::Execution;
use crate::id::ExecutionId;
use crate::payload::Payload;
use crate::query::{Count, Group, Page, Query};
use crate::scenario::{ScenarioEntry, ScenarioState};
use crate::store::{StoreError, execution};

impl Executions {
    /// An execution.
    ///
    /// # Errors
    /// Where the store or the log of the execution cannot be read.
    pub fn get(&self, id: ExecutionId) -> Result<Option<Execution>, StoreError> {
        self.read(|reading| execution(reading, id))
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

    /// A page of the executions.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn list(&self, query: &Query) -> Result<Page, StoreError> {
        self.read(|reading| reading.list(query))
    }

    /// What is not resolved, of one scenario or of all, counted by error, rule and status; the largest groups first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn groups(&self, scenario: Option<&str>, limit: usize) -> Result<Vec<Group>, StoreError> {
        self.read(|reading| reading.groups(scenario, limit))
    }

    /// What is not resolved, counted by scenario and status, and what of it is due.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn counts(&self, now: Timestamp) -> Result<Vec<Count>, StoreError> {
        self.read(|reading| reading.counts(now))
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
