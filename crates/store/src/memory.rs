//! A store in memory, for tests and for trying things out: what it keeps ends with the program.

mod reading;
mod writing;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::entry::Entry;
use crate::execution::Execution;
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::payload::Payload;
use crate::scenario::{ScenarioEntry, ScenarioState};
use crate::store::{Reading, Store, StoreError, Transaction};

/// A store in memory.
///
/// A transaction works on a copy, so each costs time in proportion to what is kept.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Kept>);

#[derive(Clone, Debug, Default)]
struct Kept {
    rows: BTreeMap<ExecutionId, Arc<Row>>,
    scenarios: BTreeMap<String, (ScenarioState, Vec<ScenarioEntry>)>,
    holds: BTreeMap<(String, String), Timestamp>,
    last_number: i64,
}

#[derive(Clone, Debug)]
struct Row {
    number: i64,
    execution: Execution,
    log: Vec<Entry>,
    payloads: BTreeMap<u32, Payload>,
    lease: Option<Timestamp>,
}

impl Memory {
    /// An empty store.
    pub fn new() -> Self {
        Memory::default()
    }
}

impl Store for Memory {
    fn write(
        &self,
        work: &mut dyn FnMut(&mut dyn Transaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut copy = kept.clone();
        let outcome = work(&mut copy);
        if outcome.is_ok() || planted(Fault::KeepsHalves) {
            *kept = copy;
        }
        outcome
    }

    fn read(
        &self,
        work: &mut dyn FnMut(&mut dyn Reading) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // Who reads changes nothing.
        work(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn of<'a>(&'a self, scenario: &str) -> impl Iterator<Item = &'a Row> {
        self.rows.values().map(Arc::as_ref).filter(move |row| row.execution.scenario == *scenario)
    }

    fn is_first(&self, row: &Row) -> bool {
        !self.of(&row.execution.scenario).any(|other| other.is_before(row))
    }
}
