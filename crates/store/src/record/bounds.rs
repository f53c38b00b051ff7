//! The bounds of what a log from elsewhere holds: those that it would have had here.

use std::time::Duration;

use super::{NotImported, SEALED};
use crate::entry::{Entry, Happening, Next};
use crate::executions::LONGEST_GAP;
use crate::report::{
    LARGEST_EVENT, LARGEST_NAME, LARGEST_TEXT, ReportError, names, within, written,
};
use crate::schedule::whole;
use crate::seal::SealedText;

/// Facts that the store knows are filled into an event, and some of one try into that of the next.
const LARGEST_DECIDED: usize = 4 * LARGEST_EVENT;

/// Whether the parts of an entry are within the bounds that they have when they come about here.
pub(super) fn in_bounds(entry: &Entry) -> Result<(), NotImported> {
    let is_whole = |time| whole(time) == time;
    let is_due_whole = |next: &Next| match next {
        Next::Retry { due, .. } => is_whole(*due),
        Next::Person(_) => true,
    };
    let (name, text) = (|name: &str| within("by", name.len(), LARGEST_NAME), LARGEST_TEXT);
    let mut times_are_whole = is_whole(entry.at);
    match &entry.what {
        Happening::Stored(stored) => {
            names(&stored.scenario, [&stored.run, &stored.key, &stored.once, &stored.trace])?;
            within("definition", stored.definition.as_ref().map_or(0, String::len), text)?;
            sealed_in_bounds("definition", stored.sealed_definition.as_ref(), text)?;
            event_in_bounds(&stored.event)?;
            sealed_in_bounds("event", stored.sealed_event.as_ref(), LARGEST_DECIDED)?;
            times_are_whole &= is_due_whole(&stored.next);
        }
        Happening::Failed { event, sealed_event, next, .. } => {
            event_in_bounds(event)?;
            sealed_in_bounds("event", sealed_event.as_ref(), LARGEST_DECIDED)?;
            times_are_whole &= is_due_whole(next);
        }
        Happening::Interrupted { next } => times_are_whole &= is_due_whole(next),
        Happening::Started { worker, .. } => name(worker)?,
        Happening::Asked { by, reason, due, gap, .. } => {
            name(by)?;
            gap_in_bounds(*gap, entry.number)?;
            within("reason", reason.as_ref().map_or(0, String::len), text)?;
            times_are_whole &= is_whole(*due);
        }
        Happening::Closed { by, reason } => {
            name(by)?;
            within("reason", reason.len(), text)?;
        }
        Happening::Succeeded { .. } | Happening::Continued { .. } => {}
    }
    if times_are_whole {
        return Ok(());
    }
    let why = format!("entry {} has a time with a part of a millisecond", entry.number);
    Err(NotImported::Impossible(why))
}

fn gap_in_bounds(gap: Option<u64>, entry: u32) -> Result<(), NotImported> {
    if gap.is_none_or(|gap| Duration::from_millis(gap) <= LONGEST_GAP) {
        return Ok(());
    }
    let most = redress::Duration::from_milliseconds(LONGEST_GAP.as_millis() as i64);
    let why = format!("entry {entry} has a pace of more than {most} between two");
    Err(NotImported::Impossible(why))
}

fn sealed_in_bounds(
    what: &'static str,
    sealed: Option<&SealedText>,
    most: usize,
) -> Result<(), ReportError> {
    within(what, sealed.map_or(0, |sealed| sealed.bytes().len()), most + SEALED)
}

fn event_in_bounds(event: &serde_json::Map<String, serde_json::Value>) -> Result<(), ReportError> {
    within("event", written(event), LARGEST_DECIDED)
}
