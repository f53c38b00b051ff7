//! Which executions are meant, in what order, and what a list shows of them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use redress::Decision;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::execution::{Execution, fact};
use crate::id::ExecutionId;
use crate::place::Place;
use crate::state::Status;

/// Which executions are meant; what is not said is not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// Those of this scenario.
    pub scenario: Option<String>,
    /// Those of this status.
    pub status: Option<Status>,
    /// Those whose last error is of this type.
    pub error: Option<String>,
    /// Those whose last error was decided by this rule.
    pub rule: Option<String>,
    /// Those whose last error has this text in its message, as far as a list shows that: in its first 200 characters,
    /// letter for letter. What a confidential scenario keeps has no message to be seen, so none of it is meant.
    pub message: Option<String>,
    /// Those that were stored at this time or later.
    pub since: Option<Timestamp>,
    /// Those that were stored before this time.
    pub before: Option<Timestamp>,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// What was stored last comes first.
    #[default]
    Newest,
    /// What was stored first comes first.
    Oldest,
    /// What is due first comes first; only what is pending is due, so only that is listed.
    Due,
}

/// A page has no more than so many executions, whatever was asked for.
pub const LARGEST_PAGE: usize = 1_000;

/// A question for a page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Which executions are meant.
    pub filter: Filter,
    /// In what order.
    pub order: Order,
    /// How many, [`LARGEST_PAGE`] at most; 0 is 50.
    pub limit: usize,
    /// Behind this place, where the page before ended.
    pub after: Option<Place>,
    /// Only what had come to the store when this was the [latest](crate::Executions::latest) place, in whatever order.
    pub latest: Option<Place>,
}

impl Query {
    /// How many are asked for, bounded.
    pub fn size(&self) -> usize {
        if self.limit == 0 { 50 } else { self.limit.min(LARGEST_PAGE) }
    }
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// What it shows.
    pub executions: Vec<Summary>,
    /// Where the next page begins; nothing where this is the last.
    pub next: Option<Place>,
}

impl Page {
    /// The page of a query that begins with the first of these places, which are in order. One more than the page has
    /// says that there is a next one.
    pub(crate) fn beginning<E>(
        places: &[Place],
        query: &Query,
        summary: impl FnMut(Place) -> Result<Summary, E>,
    ) -> Result<Self, E> {
        let shown = &places[..places.len().min(query.size())];
        let next = shown.last().copied().filter(|_| shown.len() < places.len());
        let executions = shown.iter().copied().map(summary).collect::<Result<_, E>>()?;
        Ok(Page { executions, next })
    }
}

/// What a list shows of an execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Its id.
    pub id: ExecutionId,
    /// The scenario whose run failed.
    pub scenario: String,
    /// Its place among the executions ever stored for the scenario.
    pub sequence: u64,
    /// Its version.
    pub version: u32,
    /// Its status.
    pub status: Status,
    /// When it is due.
    pub due: Option<Timestamp>,
    /// Whether it waits at a pace: however late it is, it begins no sooner than those before it let it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paced: bool,
    /// When the lease of its worker runs out, where it is in progress and the store was asked. Where that time is over, its
    /// worker is silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Timestamp>,
    /// When it was stored.
    pub created: Timestamp,
    /// The type of the last error.
    pub error: String,
    /// The message of the last error, cut to 200 characters.
    pub message: String,
    /// The name of the rule that decided it, or its place where it has no name.
    pub rule: String,
    /// How often the failing module was tried.
    pub tries: u32,
    /// Bytes of its payload and its event.
    pub size: u64,
}

/// What a list shows of an error and of what was decided.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'e> {
    pub(crate) error: &'e str,
    pub(crate) message: &'e str,
    pub(crate) rule: &'e str,
}

impl<'e> Shown<'e> {
    pub(crate) fn of(event: &'e Map<String, Json>, decision: &'e Decision) -> Self {
        let message = fact(event, "message");
        let cut = message.char_indices().nth(200).map_or(message.len(), |(place, _)| place);
        Shown {
            error: fact(event, "error"),
            message: &message[..cut],
            rule: decision.rule.as_ref().unwrap_or(&decision.at),
        }
    }
}

impl Summary {
    /// Whether its worker is silent: what is in progress is then free for whoever takes it up.
    pub fn is_silent(&self, now: Timestamp) -> bool {
        self.lease.is_some_and(|lease| lease <= now)
    }

    /// What a list shows of an execution, as far as its log tells it: of leases that says nothing.
    pub fn of(execution: &Execution) -> Self {
        let Shown { error, message, rule } = Shown::of(&execution.event, &execution.decision);
        Summary {
            id: execution.id,
            scenario: execution.scenario.clone(),
            sequence: execution.sequence,
            version: execution.version,
            status: execution.status(),
            due: execution.due(),
            paced: execution.is_paced(),
            lease: None,
            created: execution.created,
            error: error.to_owned(),
            message: message.to_owned(),
            rule: rule.to_owned(),
            tries: execution.tries,
            size: execution.size,
        }
    }
}

impl Filter {
    /// Whether an execution is meant.
    pub fn takes(&self, summary: &Summary) -> bool {
        let is = |asked: &Option<String>, given: &str| asked.as_ref().is_none_or(|it| it == given);
        is(&self.scenario, &summary.scenario)
            && self.status.is_none_or(|status| status == summary.status)
            && is(&self.error, &summary.error)
            && is(&self.rule, &summary.rule)
            && self.message.as_ref().is_none_or(|text| summary.message.contains(text))
            && self.since.is_none_or(|since| since <= summary.created)
            && self.before.is_none_or(|before| summary.created < before)
    }
}

/// Executions of a scenario that failed alike: what broke, where, since when, and when it is going to be tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The scenario.
    pub scenario: String,
    /// The type of the error.
    pub error: String,
    /// The rule that decided it.
    pub rule: String,
    /// The status.
    pub status: Status,
    /// How many they are.
    pub executions: u64,
    /// When the one was stored that came to this store first.
    pub since: Timestamp,
    /// When the next of them is due; nothing where none is. [When it is tried](crate::Executions::next_try) depends on its
    /// scenario as well.
    pub due: Option<Timestamp>,
    /// When the first lease of a worker of theirs runs out, where they are in progress. Where that time is over, a worker is
    /// silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Timestamp>,
    /// The one that came to this store last.
    pub last: ExecutionId,
    /// When that was stored.
    pub last_stored: Timestamp,
    /// Its message, cut to 200 characters.
    pub message: String,
}

/// A way to fail that is new to a scenario: an error that is decided by a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newcomer {
    /// The scenario.
    pub scenario: String,
    /// The type of the error.
    pub error: String,
    /// The rule that decided it.
    pub rule: String,
    /// When the first that failed so was stored.
    pub since: Timestamp,
    /// The first that failed so, of those that are kept.
    pub first: ExecutionId,
}

/// How many executions of a scenario have a status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// The scenario.
    pub scenario: String,
    /// The status.
    pub status: Status,
    /// How many they are.
    pub executions: u64,
    /// How many of them are due, and begin as soon as nothing is in their way: that no place is free, a run is under way,
    /// the scenario is off or nothing runs its retries, or one before them is not resolved. Of those that wait at a
    /// pace it is one, where that lets one begin.
    pub due: u64,
    /// How many of them are due, and wait at a pace until those before them have begun.
    #[serde(default)]
    pub paced: u64,
}

/// Which executions a bulk operation is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// These.
    Ids(Vec<ExecutionId>),
    /// All that a filter takes, but for some.
    All {
        /// Which are meant.
        filter: Filter,
        /// Which are not.
        except: BTreeSet<ExecutionId>,
        /// What came to the store behind this place is not meant, such as what comes while a person is asked. Nothing: what
        /// comes once it has begun.
        latest: Option<Place>,
    },
}
