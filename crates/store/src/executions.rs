//! Incomplete executions: reported, tried again, looked at, resolved.

mod begins;
mod bulk;
mod claim;
mod each;
mod end;
mod export;
mod gate;
mod held;
mod import;
mod keep;
mod known;
mod look;
mod manage;
mod missed;
mod pace;
mod pages;
mod report;
mod silent;
mod tend;
mod turn;
mod undone;
mod unopened;
mod urgent;
mod vanished;
mod went_off;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use fastrand::Rng;
use jiff::Timestamp;

use missed::Missed;
use unopened::Unopened;
use went_off::WentOff;

use crate::commit::Writer;
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::settings::Scenario;
use crate::store::{Reading, Store, StoreError, Transaction};

pub use bulk::{Bulk, LARGEST_REFUSALS};
pub use claim::{Claim, Claimed};
pub use end::{EndError, Outcome};
pub use export::Export;
pub use gate::{Begun, Gate};
pub use import::{ImportError, Imported};
pub use manage::{EDITIONS, Edit, ManageError};
pub(crate) use pace::LONGEST_GAP;
pub use pace::{NoPace, Pace};
pub use pages::Pages;
pub use tend::Tended;
pub use undone::{LastTry, Undone};
pub use urgent::{UrgentPage, UrgentPlace};

/// The incomplete executions of a store, and all that can be done with them.
///
/// It is shared by reference between threads. Every call that changes something returns when the change is durable;
/// none reads a clock: the time is an argument, and everything is kept in whole milliseconds.
pub struct Executions {
    store: Arc<dyn Store>,
    writer: Option<Writer>,
    scenarios: Arc<RwLock<Scenarios>>,
    chance: Mutex<Rng>,
    missed: Missed,
    went_off: WentOff,
    unopened: Unopened,
}

#[derive(Default)]
struct Scenarios {
    named: BTreeMap<String, Arc<Scenario>>,
    other: Arc<Scenario>,
}

impl Executions {
    /// The executions of a store; each write has a transaction of its own.
    pub fn over(store: impl Store + 'static) -> Self {
        Executions {
            store: Arc::new(store),
            writer: None,
            scenarios: Arc::default(),
            chance: Mutex::new(Rng::new()),
            missed: Missed::default(),
            went_off: WentOff::default(),
            unopened: Unopened::default(),
        }
    }

    /// Lets the writes of many threads share transactions, up to [`BATCH`](crate::BATCH) each; with one thread
    /// nothing is won. What it takes is a thread of its own, which ends with this object.
    ///
    /// # Errors
    /// Where the thread cannot be started.
    pub fn group_commits(mut self) -> Result<Self, StoreError> {
        self.writer = Some(Writer::start(Arc::clone(&self.store))?);
        Ok(self)
    }

    /// Takes ids and jitter from a seed, so that a run can be repeated exactly. Two programs that use one store must
    /// not have the same seed.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.chance = Mutex::new(Rng::with_seed(seed));
        self
    }

    /// Says how a scenario is decided and kept, from now on; whoever is at work with the former finishes with it.
    pub fn set_scenario(&self, name: impl Into<String>, scenario: Scenario) {
        let mut scenarios = self.scenarios.write().unwrap_or_else(PoisonError::into_inner);
        scenarios.named.insert(name.into(), Arc::new(scenario));
    }

    /// Says how scenarios are decided and kept that have no setting of their own.
    pub fn set_other_scenarios(&self, scenario: Scenario) {
        let mut scenarios = self.scenarios.write().unwrap_or_else(PoisonError::into_inner);
        scenarios.other = Arc::new(scenario);
    }

    /// How a scenario is decided and kept.
    pub fn scenario_settings(&self, name: &str) -> Arc<Scenario> {
        settings_of(&self.scenarios, name)
    }

    /// Carries out `work` in a transaction, alone or with what others want; what it answers is durable.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Transaction) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if let Some(writer) = &self.writer {
            return writer.write(work);
        }
        let (mut work, mut outcome) = (Some(work), None);
        let became = self.store.write(&mut |transaction| {
            let Some(work) = work.take() else { return Ok(()) };
            outcome = Some(work(transaction)?);
            Ok(())
        });
        match (became, outcome) {
            (Err(_), Some(outcome)) if planted(Fault::AcknowledgesEarly) => Ok(outcome),
            (Err(error), _) => Err(error),
            (Ok(()), outcome) => outcome.ok_or(StoreError::Closed),
        }
    }

    /// Carries out `work` as [`write`](Self::write) does, with the room that the store has in reserve where the disk has
    /// none: for what is small, and has to be done or makes room.
    fn write_small<T: Send + 'static>(
        &self,
        work: impl Fn(&mut dyn Transaction) -> Result<T, StoreError> + Clone + Send + 'static,
    ) -> Result<T, StoreError> {
        match self.write(work.clone()) {
            Err(StoreError::Full(_)) => {}
            became => return became,
        }
        let mut outcome = None;
        self.store.write_with_reserve(&mut |transaction| {
            outcome = Some(work(transaction)?);
            Ok(())
        })?;
        outcome.ok_or(StoreError::Closed)
    }

    fn read<T>(
        &self,
        work: impl FnOnce(&mut dyn Reading) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (mut work, mut outcome) = (Some(work), None);
        self.store.read(&mut |reading| {
            let Some(work) = work.take() else { return Ok(()) };
            outcome = Some(work(reading)?);
            Ok(())
        })?;
        outcome.ok_or(StoreError::Closed)
    }

    fn new_id(&self, now: Timestamp) -> ExecutionId {
        let mut bytes = [0; 10];
        self.chance.lock().unwrap_or_else(PoisonError::into_inner).fill(&mut bytes);
        ExecutionId::new(now, bytes)
    }

    /// From 0 up to 1.
    fn chance(&self) -> f64 {
        self.chance.lock().unwrap_or_else(PoisonError::into_inner).f64()
    }
}

fn settings_of(scenarios: &RwLock<Scenarios>, name: &str) -> Arc<Scenario> {
    let scenarios = scenarios.read().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(scenarios.named.get(name).unwrap_or(&scenarios.other))
}

impl fmt::Debug for Executions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executions").field("groups", &self.writer.is_some()).finish_non_exhaustive()
    }
}
