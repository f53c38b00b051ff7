//! # Incomplete executions
//!
//! A decision `store(retry)` is worth something where there is a place that keeps the execution, tries it again when
//! it is due, and lets a person look at it and resolve it. This crate is that place: a store in one file, and
//! everything that may be done with what it keeps.
//!
//! ```
//! use std::time::Duration;
//! use redress_store::{Executions, Memory, Outcome, Report, Reported, Status};
//! use serde_json::json;
//!
//! // `Sqlite::open("executions.db")` keeps them in a file.
//! let executions = Executions::over(Memory::new());
//! let mut now: jiff::Timestamp = "2026-11-25T09:00:00Z".parse()?; // or Timestamp::now()
//!
//! // A step fails. The policy says `store(retry)`: it is kept before `report` returns.
//! let event = json!({"error": "ConnectionError", "module": 3, "message": "no route to host"});
//! let report = Report::new("refunds", event, r#"{"refund": 17}"#).once("run-4711");
//! let Reported::Stored(kept) = executions.report(report, now)? else { panic!("it is not kept") };
//!
//! // Ten minutes later it is due, as the schedule says: a worker claims it, runs it, and says how that ended.
//! now += Duration::from_secs(600);
//! let claims = executions.claim("worker 1", 10, now)?;
//! assert_eq!(claims[0].attempt(), 2);
//! let busy = json!({"error": "RateLimitError", "retry_after": "5m"});
//! let after = executions.end(&claims[0], Outcome::Failed(busy), Duration::from_secs(1), now)?;
//! assert_eq!(after.due(), Some(now + Duration::from_secs(300)));
//!
//! // A person does not want to wait.
//! executions.retry(kept.id, "alice", Some("the service is back"), now)?;
//! let claims = executions.claim("worker 1", 10, now)?;
//! let after = executions.end(&claims[0], Outcome::Succeeded, Duration::from_secs(1), now)?;
//! assert_eq!(after.status(), Status::Resolved);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is promised
//!
//! * **Nothing that was acknowledged is lost.** Every call that changes something returns when the change is on the
//!   disk. What is deleted, by a person or when its retention ends, leaves a line in the log of its scenario.
//! * **Effects happen at least once, transitions exactly once.** A try whose worker dies is run again, so an effect
//!   may be repeated; whoever makes it is given an [idempotency key](Claim::idempotency_key) to tell. What is written
//!   down happens once: a change is made to a version of the execution, and a worker that has lost its lease is
//!   refused.
//! * **Nothing runs early**, nothing more often than its schedule says, nothing beside a run that
//!   [holds](Executions::hold) the scenario, and no more at once than the scenario has places.
//! * **Every status is derived from the log.** What [`Execution`] says is what its entries come to, one by one;
//!   [`Executions::audit`] reads them all once more, and judges them by rules of its own.
//!
//! The tests of this crate kill a program that uses it, over and over, and simulate thousands of histories with
//! crashes, full disks, jumping clocks and reports that are delivered twice. One checker reads what is left; for each
//! kind of mistake there is one that is made on purpose, which it has to find.
//!
//! # How it works
//!
//! ```text
//!  Report ──policy──▶ store(retry) ─▶ pending ──claim──▶ in progress ──end──▶ resolved
//!                     store(manual) ─▶ unresolved            │
//!                                        ▲     person: retry │ fails, or its lease runs out
//!                                        └───────────────────┴─▶ pending or unresolved
//! ```
//!
//! | module of the sources | what it does |
//! |---|---|
//! | `entry`, `execution`, `state` | what happened, entry by entry, and what that comes to |
//! | `life`, `schedule` | what may happen next, and when: pure, without clock, input or output |
//! | `scenario`, `settings` | what is known of a scenario, and how it wants to be treated: pure as well |
//! | `query`, `place` | which executions are meant, and what a list shows of them |
//! | `store`, `memory`, `sqlite` | what a backend has to be able to do, and two of them |
//! | `executions` | reports, claims, ends, what people do, what has to be done from time to time |
//! | `seal`, `confidential` | what is encrypted, and what of an execution has to be |
//! | `difference` | what an edit changed in a payload |
//! | `record` | an execution as a line, for export and import |
//! | `commit` | writes of many threads that share a synchronisation of the disk |
//! | `audit` | whether what is kept can be |
//!
//! There is no clock in this crate: the time is an argument of every call. A clock that jumps back makes nothing
//! early by itself, but what was stored by a clock that was ahead is due by that clock.
//!
//! Nothing is asynchronous. A call is a few questions to a local file, and one synchronisation of the disk; whoever
//! serves many at once gives each a thread and lets their [commits be grouped](Executions::group_commits).
//!
//! # Where to begin
//!
//! * [`Executions`] is all of it; [`Sqlite`] and [`Memory`] are where it may be kept.
//! * [`Report`] and [`Reported`] for who reports failures, [`Claim`] and [`Outcome`] for who runs what is due,
//!   [`Query`], [`Selection`] and [`Bulk`] for who looks after them.
//! * [`Scenario`] and [`Settings`] say how a scenario is decided and kept.
//! * [`Store`], [`Reading`] and [`Transaction`] for who writes another backend.
//!
//! # Bounds
//!
//! Everything has one: payloads ([`LARGEST_PAYLOAD`]), events ([`LARGEST_EVENT`]), names, keys and reasons
//! ([`LARGEST_NAME`], [`LARGEST_TEXT`]), pages ([`LARGEST_PAGE`]), logs ([`LOG_ENTRIES`]), editions ([`EDITIONS`]),
//! what a service may ask to wait ([`LONGEST_RETRY_AFTER`]), lines of an import ([`LARGEST_LINE`]), payloads that are compared
//! ([`LARGEST_COMPARED`]), writes that share a transaction ([`BATCH`]), tries that
//! are interrupted in a row ([`INTERRUPTIONS`]).

mod audit;
mod commit;
mod confidential;
mod difference;
mod entry;
mod execution;
mod executions;
mod fault;
mod id;
mod life;
mod memory;
mod payload;
mod place;
mod query;
mod record;
mod report;
mod scenario;
mod schedule;
mod seal;
mod settings;
mod sqlite;
mod state;
mod store;
#[cfg(test)]
mod trial;

pub use audit::{Audit, AuditProblem};
pub use commit::BATCH;
pub use difference::{Change, Difference, Hunk, LARGEST_COMPARED, Line};
pub use entry::{Cause, Delay, Edition, Entry, Happening, Next, Stored, Waiting};
pub use execution::{BrokenLog, Execution};
pub use executions::{
    Begun, Bulk, Claim, Claimed, EDITIONS, Edit, EndError, Executions, Export, Gate, ImportError,
    Imported, LARGEST_REFUSALS, LastTry, ManageError, NoPace, Outcome, Pace, Pages, Tended, Undone,
    UrgentPage, UrgentPlace,
};
pub use id::{ExecutionId, NoId};
pub use life::{Command, Ended, INTERRUPTIONS, LOG_ENTRIES, Refusal};
pub use memory::Memory;
pub use payload::{Payload, PayloadKind};
pub use place::{NoPlace, Place};
pub use query::{
    Count, Filter, Group, LARGEST_PAGE, Newcomer, Order, Page, Query, Selection, Summary,
};
pub use record::{LARGEST_LINE, NotImported};
pub use report::{
    Answer, Kept, LARGEST_EVENT, LARGEST_NAME, LARGEST_PAYLOAD, LARGEST_TEXT, Report, ReportError,
    Reported,
};
pub use scenario::{
    Full, Lost, Off, Paced, ScenarioEntry, ScenarioHappening, ScenarioState, WhyOff,
};
pub use schedule::{LONGEST_RETRY_AFTER, asked_to_wait, delay, retry_after};
pub use seal::{Seal, SealError, SealedText};
pub use settings::{Runaway, Scenario, Settings, UNCOUNTED};
pub use sqlite::Sqlite;
pub use state::{Resolution, State, Status};
pub use store::{Due, Reading, Store, StoreError, Transaction, execution};

/// The examples of the documentation run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/executions.md")]
pub struct Documentation;
