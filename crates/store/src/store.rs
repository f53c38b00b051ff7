//! What a place has to be able to do so that executions can be kept in it.
//!
//! A backend keeps rows and answers questions; it decides nothing. What may happen to an execution is the business of
//! [`life`](crate::life), what is asked for in which order that of [`Executions`](crate::Executions). So a backend is
//! small, and all backends behave alike.

use std::sync::Arc;

use jiff::Timestamp;

use crate::entry::Entry;
use crate::execution::{BrokenLog, Execution};
use crate::id::ExecutionId;
use crate::payload::Payload;
use crate::place::Place;
use crate::query::{Count, Filter, Group, Newcomer, Page, Query};
use crate::scenario::{ScenarioEntry, ScenarioState};

/// A place that keeps executions.
///
/// What is written in one transaction is durable when [`write`](Store::write) returns, all of it, or else nothing of
/// it is to be seen, whatever happens in between.
pub trait Store: Send + Sync {
    /// Carries out `work` in one transaction and makes it durable. Transactions are as if one came after the other.
    ///
    /// # Errors
    /// What `work` answers, or what kept the transaction from being made durable. Nothing has then happened.
    fn write(
        &self,
        work: &mut dyn FnMut(&mut dyn Transaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Carries out `work` as [`write`](Store::write) does, after that had no room on the disk: with room that is kept in
    /// reserve for what is small and has to be done. `work` is another one, or the same once more.
    ///
    /// # Errors
    /// As for `write`.
    fn write_with_reserve(
        &self,
        work: &mut dyn FnMut(&mut dyn Transaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.write(work)
    }

    /// Lets `work` look at one state of what is durable.
    ///
    /// # Errors
    /// What `work` answers, or what kept it from being asked.
    fn read(
        &self,
        work: &mut dyn FnMut(&mut dyn Reading) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
}

impl<S: Store + ?Sized> Store for Arc<S> {
    fn write(
        &self,
        work: &mut dyn FnMut(&mut dyn Transaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        (**self).write(work)
    }

    fn write_with_reserve(
        &self,
        work: &mut dyn FnMut(&mut dyn Transaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        (**self).write_with_reserve(work)
    }

    fn read(
        &self,
        work: &mut dyn FnMut(&mut dyn Reading) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        (**self).read(work)
    }
}

/// What can be asked.
pub trait Reading {
    /// The log of an execution, in order; empty where there is none.
    fn log(&mut self, id: ExecutionId) -> Result<Vec<Entry>, StoreError>;

    /// An edition of the payload of an execution.
    fn payload(&mut self, id: ExecutionId, edition: u32) -> Result<Option<Payload>, StoreError>;

    /// What is known of a scenario; nothing has happened to one that is not known.
    fn scenario(&mut self, name: &str) -> Result<ScenarioState, StoreError>;

    /// The names of all scenarios, sorted.
    fn scenarios(&mut self) -> Result<Vec<String>, StoreError>;

    /// The log of a scenario, the newest line first, no more than `limit` lines.
    fn scenario_log(&mut self, name: &str, limit: usize) -> Result<Vec<ScenarioEntry>, StoreError>;

    /// The place of what came last, of what is kept; its number is 0 where nothing is.
    fn latest(&mut self) -> Result<Place, StoreError>;

    /// A page of what is kept.
    fn list(&mut self, query: &Query) -> Result<Page, StoreError>;

    /// What is kept and not resolved, of one scenario or of all, with a text in its message where one is asked for,
    /// counted by scenario, error, rule and status; the largest groups first, no more than `limit`.
    fn groups(
        &mut self,
        scenario: Option<&str>,
        message: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Group>, StoreError>;

    /// Ways to fail whose first execution, of those that are kept, was stored at a time or later; the newest first, no
    /// more than `limit`.
    fn newcomers(&mut self, since: Timestamp, limit: usize) -> Result<Vec<Newcomer>, StoreError>;

    /// What is kept, counted by scenario and status, in that order; what is resolved is not counted. Of what is due, what
    /// waits at a pace is counted by itself, whether or not that lets one begin.
    fn counts(&mut self, now: Timestamp) -> Result<Vec<Count>, StoreError>;

    /// The execution of a scenario with this key of its report.
    fn find_once(&mut self, scenario: &str, once: &str) -> Result<Option<ExecutionId>, StoreError>;

    /// The execution of a scenario with this number.
    fn find_number(
        &mut self,
        scenario: &str,
        sequence: u64,
    ) -> Result<Option<ExecutionId>, StoreError>;

    /// How many executions of a scenario are in progress.
    fn in_progress(&mut self, scenario: &str) -> Result<u32, StoreError>;

    /// The scenarios that have something pending that is due.
    fn scenarios_due(&mut self, now: Timestamp) -> Result<Vec<String>, StoreError>;

    /// What is pending and due: what was due first comes first, then what was stored first.
    fn due(&mut self, question: &Due<'_>) -> Result<Vec<(Timestamp, ExecutionId)>, StoreError>;

    /// When the first is due of what is pending, that a question is for and a filter takes, whenever that is: of the
    /// question, the time and how many are not asked, and the filter says nothing of scenario and status.
    fn first_due(
        &mut self,
        question: &Due<'_>,
        filter: &Filter,
    ) -> Result<Option<Timestamp>, StoreError>;

    /// The first that is not resolved, of the same scenario and key, that was stored before an execution.
    fn before(&mut self, id: ExecutionId) -> Result<Option<ExecutionId>, StoreError>;

    /// When something is due or a lease runs out next.
    fn next_time(&mut self) -> Result<Option<Timestamp>, StoreError>;

    /// What is in progress and whose lease has run out.
    fn silent(&mut self, now: Timestamp, limit: usize) -> Result<Vec<ExecutionId>, StoreError>;

    /// When the lease of an execution runs out, where it is in progress.
    fn lease(&mut self, id: ExecutionId) -> Result<Option<Timestamp>, StoreError>;

    /// What is resolved since before a time.
    fn resolved_before(
        &mut self,
        scenario: &str,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<ExecutionId>, StoreError>;

    /// Whether somebody holds the scenario.
    fn is_held(&mut self, scenario: &str, now: Timestamp) -> Result<bool, StoreError>;

    /// Who holds a scenario no longer, since they were not heard of in time, and which one; those whose time was up first
    /// come first.
    fn lapsed_holds(
        &mut self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError>;

    /// How many executions of the scenario, of this key where one is given, are not resolved.
    fn incomplete(&mut self, scenario: &str, key: Option<&str>) -> Result<u64, StoreError>;
}

/// What can be changed. What is refused, by answering `false`, has changed nothing.
pub trait Transaction: Reading {
    /// Keeps what is known of a scenario, and a line of its log.
    fn put_scenario(
        &mut self,
        name: &str,
        state: &ScenarioState,
        line: Option<&ScenarioEntry>,
    ) -> Result<(), StoreError>;

    /// Keeps a new execution: the first entry of its log, which says all of it, and its payload. Refused where the id is
    /// taken, or in its scenario the key of the report.
    fn insert(
        &mut self,
        id: ExecutionId,
        entry: &Entry,
        payload: &Payload,
    ) -> Result<bool, StoreError>;

    /// Keeps how an execution is after one more entry; refused where it is not at the version before. The lease is
    /// that of what is in progress.
    fn update(
        &mut self,
        execution: &Execution,
        entry: &Entry,
        lease: Option<Timestamp>,
    ) -> Result<bool, StoreError>;

    /// Keeps an edition of the payload of an execution that exists.
    fn put_payload(
        &mut self,
        id: ExecutionId,
        edition: u32,
        payload: &Payload,
    ) -> Result<(), StoreError>;

    /// Prolongs the lease of what is in progress; refused where it is not at this version.
    fn renew(
        &mut self,
        id: ExecutionId,
        version: u32,
        lease: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Forgets an execution, its log and its payloads; refused where it is not at this version.
    fn remove(&mut self, id: ExecutionId, version: u32) -> Result<bool, StoreError>;

    /// Notes who holds a scenario until when.
    fn hold(&mut self, scenario: &str, holder: &str, until: Timestamp) -> Result<(), StoreError>;

    /// Prolongs a hold, also one whose time is up as long as nobody has let it go; refused where there is none.
    fn hold_on(
        &mut self,
        scenario: &str,
        holder: &str,
        until: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Forgets a hold, also one whose time is up; refused where there is none.
    fn let_go(&mut self, scenario: &str, holder: &str) -> Result<bool, StoreError>;
}

/// A question for what is due.
#[derive(Clone, Copy, Debug)]
pub struct Due<'a> {
    /// Of this scenario.
    pub scenario: &'a str,
    /// At this time.
    pub now: Timestamp,
    /// No more than so many.
    pub limit: usize,
    /// Only what a person asked for.
    pub asked_only: bool,
    /// Only what waits at a pace, in place of what does not.
    pub paced: bool,
    /// Only what has nothing unresolved of its key, or without a key nothing of the scenario, stored before it.
    pub in_order: bool,
}

/// Why a store cannot do what it is asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no room on the disk.
    #[error("the disk is full: {0}")]
    Full(String),
    /// Another program uses the store.
    #[error("another program holds the store: {0}")]
    Busy(String),
    /// The file cannot be read or written.
    #[error("the store cannot be read or written: {0}")]
    File(String),
    /// It was made by a newer version of this program.
    #[error(
        "the store has version {found}, this program knows versions up to {known}; use a newer program"
    )]
    Newer {
        /// The version of the store.
        found: i64,
        /// The newest version that is known.
        known: i64,
    },
    /// It is not a store, or not any more.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// One execution cannot be read; the others can.
    #[error("execution {id} cannot be read: {why}")]
    Unreadable {
        /// Its id.
        id: ExecutionId,
        /// Why.
        why: String,
    },
    /// The thread that writes has ended.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// Whether only one execution is affected, and a transaction may go on without it. Whoever writes reads before, so that
    /// what fails so has written nothing.
    pub(crate) fn is_of_one(&self) -> bool {
        matches!(self, StoreError::Unreadable { .. })
    }

    /// Whether the same may be done a moment later: the store is there, and another program holds it, its disk is full, or the
    /// system does not give or take its bytes.
    pub fn may_pass(&self) -> bool {
        matches!(self, StoreError::Full(_) | StoreError::Busy(_) | StoreError::File(_))
    }
}

/// Reads an execution from its log.
///
/// # Errors
/// What the store says, or that the log tells no possible story.
pub fn execution(
    reading: &mut (impl Reading + ?Sized),
    id: ExecutionId,
) -> Result<Option<Execution>, StoreError> {
    let log = reading.log(id)?;
    if log.is_empty() {
        return Ok(None);
    }
    told(id, &log).map(Some)
}

/// The execution that a log tells of.
pub(crate) fn told(id: ExecutionId, log: &[Entry]) -> Result<Execution, StoreError> {
    let unreadable = |broken: BrokenLog| StoreError::Unreadable { id, why: broken.to_string() };
    Execution::from_log(id, log).map_err(unreadable)
}

/// The same, but for one that cannot be read: the others need not wait for it.
pub(crate) fn readable(
    reading: &mut (impl Reading + ?Sized),
    id: ExecutionId,
) -> Result<Option<Execution>, StoreError> {
    match execution(reading, id) {
        Err(error) if error.is_of_one() => Ok(None),
        found => found,
    }
}
