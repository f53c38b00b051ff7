//! The checker: reads what was seen during a history and what is left at its end.

mod left;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use left::Left;

use crate::entry::Happening;
use crate::execution::Execution;
use crate::executions::Executions;
use crate::id::ExecutionId;
use crate::query::{Filter, Selection};
use crate::state::Status;

pub(super) use left::gone;

/// The scenario whose texts and payloads nobody may read, and what stands in all of them.
pub(super) const CONFIDENTIAL: &str = "confidential";
pub(super) const SECRET: &str = "nobody may read this";

/// What was seen from outside, in the order in which it was acknowledged.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    pub(super) seen: Vec<Seen>,
}

/// Something that was acknowledged.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) enum Seen {
    /// A report with this key was answered with this id, and had this payload.
    Stored { once: String, id: ExecutionId, payload: Vec<u8> },
    /// A worker was given this try.
    Began { id: ExecutionId, attempt: u32, version: u32, edition: u32, payload: Vec<u8> },
    /// A worker was told that the end of its try is written down.
    Ended { id: ExecutionId, version: u32 },
    /// A worker was told what became of a failure in a later module, which it had reported before or not: it is kept in
    /// this execution, or else left in that of the try; what is left is resolved or not.
    FailedLater { id: ExecutionId, with: Option<ExecutionId>, again: bool, is_resolved: bool },
    /// A worker was told that the execution is resolved.
    Resolved { id: ExecutionId },
    /// A person was told that it is closed.
    Closed { id: ExecutionId },
    /// A person was told that it is deleted, and how it was.
    Deleted { id: ExecutionId, status: Status },
    /// A person was obeyed while a worker that was heard of had the try.
    TookFromWorker { id: ExecutionId },
    /// So many were in progress at once in a scenario that has so many places.
    Running { scenario: String, running: u32, places: u32 },
    /// A try began while the scenario was held.
    BeganHeld { id: ExecutionId },
    /// A try that waited at a pace began too soon after the one before it.
    BeganTooSoon { id: ExecutionId },
    /// A try began that has another key than what it was given.
    BeganUnopened { id: ExecutionId },
    /// A try began while an earlier one of its key was not resolved.
    BeganOutOfOrder { id: ExecutionId },
    /// An execution was imported, with so many entries and these editions of its payload; it was in progress elsewhere
    /// or not.
    Imported { id: ExecutionId, entries: u32, is_running: bool, payloads: Vec<Vec<u8>> },
    /// Lines that were exported here came in again; so many of them were known.
    ImportedAgain { lines: u64, known: u64 },
    /// Many retries were let go at a pace, each so many milliseconds later.
    Paced { first: u64, between: u64, waits: Vec<u64> },
    /// A run that said that it goes on was believed or not, and is under way or not; nothing: after an accident nobody knows.
    HeldOn { goes_on: bool, is_held: Option<bool> },
    /// So many executions that are not resolved, or bytes of them, are kept where so many may be.
    Keeps { kept: u64, most: u64 },
}

impl History {
    pub(super) fn see(&mut self, seen: Seen) {
        self.seen.push(seen);
    }

    /// Everything that is wrong, in words; each kind begins with the same ones.
    pub(super) fn problems(&self, executions: &Executions) -> Vec<String> {
        let audit = executions.audit().unwrap();
        let audited = audit.problems.iter().map(|problem| format!("audit: {}", problem.what));
        let mut problems: Vec<String> = audited.collect();
        let left = Left::of(executions, &self.seen);
        self.twice(&left.gone, &mut problems);
        problems.extend(self.seen.iter().filter_map(|seen| self.wrong(seen, &left)));
        problems.extend(in_the_clear(executions));
        problems.extend(stuck(executions));
        problems
    }

    /// What was given out more than once.
    fn twice(&self, gone: &BTreeSet<ExecutionId>, problems: &mut Vec<String>) {
        let mut ids: BTreeMap<&str, ExecutionId> = BTreeMap::new();
        let mut tries = BTreeSet::new();
        let mut versions = BTreeSet::new();
        let mut resolved = BTreeSet::new();
        for seen in &self.seen {
            match seen {
                Seen::Stored { once, id, .. } => {
                    // What was deleted in the meantime is stored anew when it is reported anew, and rightly so.
                    let before = ids.insert(once, *id);
                    if before.is_some_and(|before| before != *id && !gone.contains(&before)) {
                        problems.push(format!("stored twice: {once}"));
                    }
                }
                Seen::Began { id, attempt, version, .. } => {
                    if !versions.insert((id, version)) {
                        problems.push(format!("run twice at once: version {version} of {id}"));
                    } else if !tries.insert((id, attempt)) {
                        problems.push(format!("not counted: attempt {attempt} of {id} ran twice"));
                    }
                    if resolved.contains(id) {
                        problems.push(format!("run once more: {id} was resolved"));
                    }
                }
                Seen::Resolved { id } | Seen::Closed { id } if !resolved.insert(id) => {
                    problems.push(format!("resolved twice: {id}"));
                }
                _ => {}
            }
        }
    }

    fn wrong(&self, seen: &Seen, left: &Left) -> Option<String> {
        let resolved = |execution: &Execution| execution.status() == Status::Resolved;
        match seen {
            Seen::Stored { once, id, payload } => {
                let same = |execution: &Execution| {
                    execution.once.as_deref() == Some(once)
                        && left.payload(*id, 1).is_some_and(|kept| kept.bytes() == payload)
                };
                (!left.is(id, &same)).then(|| format!("lost: {id}, report {once}"))
            }
            Seen::Began { id, version, edition, payload, .. } => {
                let begins = |what: &Happening| matches!(what, Happening::Started { .. });
                if !left.has(id, *version, &begins) {
                    return Some(format!("lost: the begin of a try of {id}, version {version}"));
                }
                let other = left.payload(*id, *edition).is_some_and(|kept| kept.bytes() != payload);
                other.then(|| format!("run with another payload: {id}"))
            }
            Seen::Ended { id, version } => {
                use Happening::{Continued, Failed, Succeeded};
                let ends = |what: &Happening| {
                    matches!(what, Succeeded { .. } | Failed { .. } | Continued { .. })
                };
                let right = left.has(id, version + 1, &ends);
                (!right).then(|| format!("lost: the end of a try of {id}, version {version}"))
            }
            Seen::Resolved { id } | Seen::Closed { id } => {
                (!left.is(id, &resolved)).then(|| format!("lost: {id} was resolved"))
            }
            Seen::Deleted { id, status } => {
                if *status == Status::InProgress {
                    return Some(format!("deleted while in progress: {id}"));
                }
                let stays = left.kept.contains_key(id) || !left.gone.contains(id);
                stays.then(|| format!("lost: the deletion of {id}"))
            }
            Seen::Running { scenario, running, places } if running > places => Some(format!(
                "too many at once: {running} of {scenario}, which has {places} places"
            )),
            Seen::TookFromWorker { id } => Some(format!("taken from its worker: {id}")),
            Seen::BeganHeld { id } => Some(format!("run while held: {id}")),
            Seen::BeganTooSoon { id } => Some(format!("begun too soon for its pace: {id}")),
            Seen::BeganUnopened { id } => Some(format!("run though it does not open: {id}")),
            Seen::BeganOutOfOrder { id } => Some(format!("run out of order: {id}")),
            Seen::Keeps { kept, most } if kept > most => {
                Some(format!("over the limit: {kept} are kept, {most} may be"))
            }
            Seen::FailedLater { id, is_resolved: true, .. } => {
                Some(format!("lost: what failed in a later module of {id}"))
            }
            Seen::Imported { id, entries, is_running, payloads } => {
                let ends = |what: &Happening| matches!(what, Happening::Interrupted { .. });
                if *is_running && !left.has(id, entries + 1, &ends) {
                    return Some(format!("in progress elsewhere: {id} is not interrupted"));
                }
                let is_kept = |(edition, bytes): (u32, &Vec<u8>)| {
                    let kept = left.executions.payload(*id, edition).unwrap();
                    kept.is_some_and(|kept| kept.bytes() == bytes)
                };
                let right = left.is(id, &|_| (1..).zip(payloads).all(is_kept));
                (!right).then(|| format!("lost: editions of {id}, which was imported"))
            }
            Seen::ImportedAgain { lines, known } if lines != known => {
                Some(format!("not known: {known} of {lines} lines that were exported here"))
            }
            Seen::Paced { first, between, waits } => too_fast(*first, *between, waits),
            Seen::HeldOn { goes_on: true, is_held: Some(false) } => {
                Some("held once more: a run that is not under way".to_owned())
            }
            Seen::HeldOn { goes_on: false, is_held: Some(true) } => {
                Some("lost: that a run is under way".to_owned())
            }
            Seen::HeldOn { .. }
            | Seen::FailedLater { .. }
            | Seen::Running { .. }
            | Seen::Keeps { .. }
            | Seen::ImportedAgain { .. } => None,
        }
    }
}

impl Seen {
    fn id(&self) -> Option<ExecutionId> {
        match self {
            Seen::Stored { id, .. }
            | Seen::Began { id, .. }
            | Seen::Ended { id, .. }
            | Seen::FailedLater { id, .. }
            | Seen::Resolved { id }
            | Seen::Closed { id }
            | Seen::Deleted { id, .. }
            | Seen::BeganHeld { id }
            | Seen::BeganTooSoon { id }
            | Seen::TookFromWorker { id }
            | Seen::BeganUnopened { id }
            | Seen::BeganOutOfOrder { id }
            | Seen::Imported { id, .. } => Some(*id),
            Seen::Running { .. }
            | Seen::ImportedAgain { .. }
            | Seen::Paced { .. }
            | Seen::HeldOn { .. }
            | Seen::Keeps { .. } => None,
        }
    }
}

/// Whether anything that is kept can be read though nobody may: all of an execution travels, and stands in its line.
fn in_the_clear(executions: &Executions) -> Option<String> {
    let told = |name: String| {
        let log = executions.scenario_log(&name, usize::MAX).unwrap();
        serde_json::to_string(&log).unwrap()
    };
    let lines = executions.export(&Filter::default()).map(Result::unwrap);
    let mut kept = lines.chain(executions.scenarios().unwrap().into_iter().map(told));
    kept.find(|text| text.contains(SECRET)).map(|text| format!("in the clear: {text}"))
}

/// What a person could not close once no worker is heard of any more.
fn stuck(executions: &Executions) -> Option<String> {
    let late = Timestamp::from_second(4_000_000_000).unwrap();
    let all = Selection::All { filter: Filter::default(), except: BTreeSet::new(), latest: None };
    let (who, is_dry) = ("the last one", true);
    let closed = executions.close_many(&all, who, "it is late", is_dry, late).unwrap();
    (closed.refused > 0).then(|| format!("stuck: {:?}", closed.refusals))
}

/// Whether retries were let go faster than their pace, minute by minute, or two at a time.
fn too_fast(first: u64, between: u64, waits: &[u64]) -> Option<String> {
    let (mut gap, mut at, mut minute) = (first.max(between), 0, 0);
    for wait in waits {
        if *wait < at {
            return Some(format!("let go too fast: after {wait} ms, not {at}"));
        }
        at += gap;
        if at - minute >= 60_000 {
            (minute, gap) = (at, (gap / 2).max(between));
        }
    }
    let together = waits.windows(2).find(|pair| pair[1] < pair[0] + between)?;
    Some(format!("let go together: after {} ms and {}", together[0], together[1]))
}
