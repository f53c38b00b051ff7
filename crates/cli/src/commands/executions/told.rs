//! What happened, in words.

use std::time::Duration;

use jiff::Timestamp;
use redress::Decision;
use redress_store::{Cause, Delay, Happening, Next, Waiting};
use serde_json::{Map, Value as Json};

use super::list::last_line;
use crate::times::{InWords, Relative};
use crate::wrapping::cut;

/// So much of a message is shown on a line of a log.
const MESSAGE: usize = 100;

/// What happened, seen from when it did.
pub fn happening(what: &Happening, at: Timestamp) -> String {
    let took = |milliseconds: u64| InWords(Duration::from_millis(milliseconds));
    let because = |reason: &Option<String>| {
        reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"))
    };
    match what {
        Happening::Stored(stored) => format!(
            "failed: {}; {}: {}",
            error(&stored.event),
            decided(&stored.decision),
            next(&stored.next, &stored.event, at)
        ),
        Happening::Started { by, worker } => format!("a try began, {} ({worker})", cause(by)),
        Happening::Succeeded { took: milliseconds } => {
            format!("succeeded after {}", took(*milliseconds))
        }
        Happening::Continued { with, took: milliseconds } => format!(
            "succeeded after {}; a later step failed, and is kept as {with}",
            took(*milliseconds)
        ),
        Happening::Failed { event, decision, took: milliseconds, next: then, .. } => format!(
            "failed after {}: {}; {}: {}",
            took(*milliseconds),
            error(event),
            decided(decision),
            next(then, event, at)
        ),
        Happening::Interrupted { next: then } => {
            format!("was interrupted, its worker was not heard of: {}", next(then, &Map::new(), at))
        }
        Happening::Asked { by, reason, due, edited, .. } => {
            let what = match edited {
                Some(edition) => {
                    format!("{by} made edition {} of the payload, to be tried", edition.number)
                }
                None => format!("{by} asked for a try"),
            };
            format!("{what} {}{}", Relative { now: at, at: *due }, because(reason))
        }
        Happening::Closed { by, reason } => format!("{by} closed it: {reason}"),
    }
}

/// The type of an error, and the line of its message that says why.
fn error(event: &Map<String, Json>) -> String {
    let text = |name: &str| event.get(name).and_then(Json::as_str).unwrap_or_default();
    let message = cut(last_line(text("message")), MESSAGE);
    match message.is_empty() {
        true => text("error").to_owned(),
        false => format!("{} ({message})", text("error")),
    }
}

fn decided(decision: &Decision) -> String {
    let rule = match &decision.rule {
        Some(rule) => format!("rule `{rule}`"),
        None => format!("the rule at {}", decision.at),
    };
    format!("{rule} decides `{}`", decision.display)
}

/// What comes next after an event, seen from when it was decided.
fn next(next: &Next, event: &Map<String, Json>, now: Timestamp) -> String {
    match next {
        Next::Retry { due, delay, .. } => {
            let why = match delay {
                Delay::Step(step) if event.get("retry_after").is_some_and(|it| !it.is_null()) => {
                    format!(
                        ", step {step} of its schedule, as `retry_after` leaves nothing to wait"
                    )
                }
                Delay::Step(step) => format!(", step {step} of its schedule"),
                Delay::RetryAfter(step) => {
                    format!(", as the service asks, in the place of step {step}")
                }
                Delay::AtOnce => String::new(),
            };
            format!("due again {}{why}", Relative { now, at: *due })
        }
        Next::Person(why) => format!("{}, a person has to look at it", waiting(why)),
    }
}

/// Why an execution waits for a person.
pub fn waiting(why: &Waiting) -> String {
    match why {
        Waiting::Manual => "it is not tried again by itself".to_owned(),
        Waiting::Exhausted => "its schedule has no try left".to_owned(),
        Waiting::Decided(outcome) => format!("`{outcome}` is decided, which is no further try"),
        Waiting::Interrupted => "its tries were interrupted again and again".to_owned(),
        Waiting::LogFull => "its log has no room for another try".to_owned(),
    }
}

/// What makes a try begin.
pub fn cause(by: &Cause) -> String {
    match by {
        Cause::Schedule => "by its schedule".to_owned(),
        Cause::Person(name) => format!("asked for by {name}"),
    }
}
