//! Stores in which accidents happen.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use crate::entry::Entry;
use crate::execution::Execution;
use crate::id::ExecutionId;
use crate::payload::Payload;
use crate::place::Place;
use crate::query::{Count, Filter, Group, Newcomer, Page, Query};
use crate::scenario::{ScenarioEntry, ScenarioState};
use crate::store::{Due, Reading, Store, StoreError, Transaction};

/// What happens next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Accident {
    /// Nothing.
    #[default]
    None,
    /// The program dies before this change, counted from 0, is made; before the commit, where there are fewer.
    CrashBefore(u32),
    /// The program dies when the commit is done, before anybody is told.
    CrashAfterCommit,
    /// The disk is full before this change.
    FullBefore(u32),
    /// The disk is full, and stays so.
    Full,
}

/// A store in which accidents happen.
pub(super) struct Careless<S> {
    pub(super) inner: S,
    pub(super) next: Arc<Mutex<Accident>>,
}

pub(super) fn crashed() -> StoreError {
    StoreError::File("the program died".to_owned())
}

impl<S: Store> Store for Careless<S> {
    fn write(
        &self,
        work: &mut dyn FnMut(&mut dyn Transaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let accident = {
            let mut next = self.next.lock().unwrap();
            let stays = *next == Accident::Full;
            if stays { Accident::Full } else { std::mem::take(&mut *next) }
        };
        self.inner.write(&mut |inner| {
            let mut transaction = Countdown { inner, accident, changes: 0 };
            work(&mut transaction)?;
            match accident {
                Accident::CrashBefore(_) => Err(crashed()),
                Accident::FullBefore(_) | Accident::Full => {
                    Err(StoreError::Full("no room".to_owned()))
                }
                Accident::None | Accident::CrashAfterCommit => Ok(()),
            }
        })?;
        if accident == Accident::CrashAfterCommit { Err(crashed()) } else { Ok(()) }
    }

    fn read(
        &self,
        work: &mut dyn FnMut(&mut dyn Reading) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.inner.read(work)
    }
}

struct Countdown<'t> {
    inner: &'t mut dyn Transaction,
    accident: Accident,
    changes: u32,
}

impl Countdown<'_> {
    fn change(&mut self) -> Result<&mut dyn Transaction, StoreError> {
        let change = self.changes;
        self.changes += 1;
        match self.accident {
            Accident::CrashBefore(at) if at == change => Err(crashed()),
            Accident::FullBefore(at) if at == change => Err(StoreError::Full("no room".to_owned())),
            Accident::Full => Err(StoreError::Full("no room".to_owned())),
            _ => Ok(self.inner),
        }
    }
}

/// Passes questions on as they are.
macro_rules! pass_on {
    ($($name:ident($($given:ident: $type:ty),*) -> $answer:ty;)*) => {
        impl Reading for Countdown<'_> {
            $(fn $name(&mut self, $($given: $type),*) -> Result<$answer, StoreError> {
                self.inner.$name($($given),*)
            })*
        }
    };
}

pass_on! {
    log(id: ExecutionId) -> Vec<Entry>;
    payload(id: ExecutionId, edition: u32) -> Option<Payload>;
    scenario(name: &str) -> ScenarioState;
    scenarios() -> Vec<String>;
    scenario_log(name: &str, limit: usize) -> Vec<ScenarioEntry>;
    latest() -> Place;
    list(query: &Query) -> Page;
    groups(scenario: Option<&str>, message: Option<&str>, limit: usize) -> Vec<Group>;
    newcomers(since: Timestamp, limit: usize) -> Vec<Newcomer>;
    counts(now: Timestamp) -> Vec<Count>;
    find_once(scenario: &str, once: &str) -> Option<ExecutionId>;
    find_number(scenario: &str, sequence: u64) -> Option<ExecutionId>;
    in_progress(scenario: &str) -> u32;
    scenarios_due(now: Timestamp) -> Vec<String>;
    due(question: &Due<'_>) -> Vec<(Timestamp, ExecutionId)>;
    first_due(question: &Due<'_>, filter: &Filter) -> Option<Timestamp>;
    before(id: ExecutionId) -> Option<ExecutionId>;
    next_time() -> Option<Timestamp>;
    silent(now: Timestamp, limit: usize) -> Vec<ExecutionId>;
    lease(id: ExecutionId) -> Option<Timestamp>;
    resolved_before(scenario: &str, before: Timestamp, limit: usize) -> Vec<ExecutionId>;
    is_held(scenario: &str, now: Timestamp) -> bool;
    lapsed_holds(now: Timestamp, limit: usize) -> Vec<(String, String)>;
    incomplete(scenario: &str, key: Option<&str>) -> u64;
}

/// Passes changes on, unless an accident happens before.
macro_rules! count_down {
    ($($name:ident($($given:ident: $type:ty),*) -> $answer:ty;)*) => {
        impl Transaction for Countdown<'_> {
            $(fn $name(&mut self, $($given: $type),*) -> Result<$answer, StoreError> {
                self.change()?.$name($($given),*)
            })*
        }
    };
}

count_down! {
    put_scenario(name: &str, state: &ScenarioState, line: Option<&ScenarioEntry>) -> ();
    insert(id: ExecutionId, entry: &Entry, payload: &Payload) -> bool;
    update(execution: &Execution, entry: &Entry, lease: Option<Timestamp>) -> bool;
    put_payload(id: ExecutionId, edition: u32, payload: &Payload) -> ();
    renew(id: ExecutionId, version: u32, lease: Timestamp) -> bool;
    remove(id: ExecutionId, version: u32) -> bool;
    hold(scenario: &str, holder: &str, until: Option<Timestamp>) -> ();
}
