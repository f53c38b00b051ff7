//! What is reported when a step fails, and what is answered.

use std::io;

use jiff::Timestamp;
use redress::{Decision, EventError};
use serde_json::{Map, Value as Json};

use crate::id::ExecutionId;
use crate::payload::Payload;
use crate::scenario::{Full, Off};
use crate::seal::SealError;
use crate::settings::Settings;
use crate::store::StoreError;

/// A payload, an edition of one included, has no more bytes than this: it is held in memory while it is written.
pub const LARGEST_PAYLOAD: usize = 64 << 20;

/// An event has no more bytes than this, written as JSON; it is kept with every failed try.
pub const LARGEST_EVENT: usize = 64 << 10;

/// Names, keys and ids that come from outside have no more bytes than this.
pub const LARGEST_NAME: usize = 256;

/// Reasons and definitions have no more bytes than this.
pub const LARGEST_TEXT: usize = 64 << 10;

/// A failed step.
///
/// ```
/// use redress_store::Report;
/// let event = serde_json::json!({"error": "ConnectionError", "module": 3, "message": "no route to host"});
/// let report = Report::new("refunds", event, r#"{"refund": 17}"#).once("run-4711");
/// # let _ = report;
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// The scenario whose run failed.
    pub scenario: String,
    /// The facts of the error, for the policy; a map.
    pub event: Json,
    /// What the failing module needs to run again.
    pub payload: Payload,
    /// The id of the run.
    pub run: Option<String>,
    /// The definition that the run had.
    pub definition: Option<String>,
    /// Whether the definition is a command that this machine itself recorded, and may run again. Whoever hands on reports of
    /// others leaves it unset: it would let them have commands run here.
    pub recorded: bool,
    /// What has to happen in order, in a scenario that is sequential: an order, a customer.
    pub key: Option<String>,
    /// What makes it the same report when it is delivered again.
    pub once: Option<String>,
    /// The trace that the failed run was part of, as the header `traceparent` of W3C Trace Context has it; runners hand
    /// it on.
    pub trace: Option<String>,
}

impl Report {
    /// A report with what it has to have.
    pub fn new(scenario: impl Into<String>, event: Json, payload: impl Into<Payload>) -> Self {
        Report {
            scenario: scenario.into(),
            event,
            payload: payload.into(),
            run: None,
            definition: None,
            recorded: false,
            key: None,
            once: None,
            trace: None,
        }
    }

    /// Says which run failed.
    #[must_use]
    pub fn run(mut self, run: impl Into<String>) -> Self {
        self.run = Some(run.into());
        self
    }

    /// Says what has to happen in order.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Says what makes it the same report when it is delivered again; without it every delivery counts.
    #[must_use]
    pub fn once(mut self, once: impl Into<String>) -> Self {
        self.once = Some(once.into());
        self
    }

    /// Whether its names are such as a report is taken with, which can be asked before there is anything to report.
    ///
    /// # Errors
    /// The first name that is empty, too long, or has a control character.
    pub fn check_names(&self) -> Result<(), ReportError> {
        names(&self.scenario, [&self.run, &self.key, &self.once, &self.trace])
    }

    /// The facts, where all parts are within their bounds.
    pub(crate) fn checked(&self, settings: &Settings, sealed: bool) -> Result<(), ReportError> {
        self.check_names()?;
        within("definition", self.definition.as_ref().map_or(0, String::len), LARGEST_TEXT)?;
        within("payload", self.payload.bytes().len(), LARGEST_PAYLOAD)?;
        let plain = matches!(self.payload, Payload::Plain(_));
        if settings.confidential && plain && !sealed {
            return Err(ReportError::Confidential);
        }
        Ok(())
    }
}

/// Whether the names of a report, or of what is kept of it, are within their bounds: the scenario, and run, key, once.
pub(crate) fn names(
    scenario: &str,
    [run, key, once, trace]: [&Option<String>; 4],
) -> Result<(), ReportError> {
    let names = [
        ("scenario", Some(scenario)),
        ("run", run.as_deref()),
        ("key", key.as_deref()),
        ("once", once.as_deref()),
        ("trace", trace.as_deref()),
    ];
    for (what, name) in names {
        match name {
            Some("") => return Err(ReportError::Empty { what }),
            Some(name) => {
                within(what, name.len(), LARGEST_NAME)?;
                if name.chars().any(char::is_control) {
                    return Err(ReportError::Control { what });
                }
            }
            None => {}
        }
    }
    Ok(())
}

/// The facts of an event, and the bytes they have as JSON.
pub(crate) fn facts(event: Json) -> Result<(Map<String, Json>, usize), ReportError> {
    let Json::Object(facts) = event else { return Err(ReportError::NoMap) };
    let bytes = written(&facts);
    within("event", bytes, LARGEST_EVENT)?;
    Ok((facts, bytes))
}

/// The bytes that facts have as JSON; they are counted and not kept.
pub(crate) fn written(facts: &Map<String, Json>) -> usize {
    struct Count(usize);
    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // Neither the map nor the counting fails; if it did, the facts would be too large.
    serde_json::to_writer(&mut count, facts).map_or(usize::MAX, |()| count.0)
}

pub(crate) fn within(what: &'static str, bytes: usize, most: usize) -> Result<(), ReportError> {
    if bytes > most { Err(ReportError::TooLarge { what, bytes, most }) } else { Ok(()) }
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Reported {
    /// It is kept, durably.
    Stored(Kept),
    /// It was kept before: it is a report that was delivered again.
    Known(Kept),
    /// The policy does not want it to be kept; what it wants is for the host to do.
    Decided(Decision),
    /// The policy wants it to be kept, but the scenario keeps nothing: the run fails and is rolled back.
    StoringOff(Decision),
    /// There is no room, and data may be lost: it is lost, and counted.
    Lost(Decision, Full),
}

/// What becomes of a report, and how its scenario stands with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What became of it.
    pub became: Result<Reported, ReportError>,
    /// Since when and why the scenario is off: no run of it is to begin, and what is kept is not tried, until a person
    /// switches it on. Nothing where it is on, or where that is not known.
    pub off: Option<Off>,
}

impl<E: Into<ReportError>> From<E> for Answer {
    fn from(error: E) -> Self {
        Answer { became: Err(error.into()), off: None }
    }
}

/// An execution that is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Its id.
    pub id: ExecutionId,
    /// What the policy said.
    pub decision: Decision,
    /// When it is tried next; nothing where it waits for a person.
    pub due: Option<Timestamp>,
}

/// Why a report is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// The event is no map from facts to values.
    #[error("the event is no map from facts to values")]
    NoMap,
    /// The event does not fit the vocabulary of the policy.
    #[error("the event does not fit the policy: {0}")]
    Event(EventError),
    /// A name has no letters.
    #[error("`{what}` is empty")]
    Empty {
        /// Which.
        what: &'static str,
    },
    /// A name would do something to the terminal of whoever looks, or to a line of a log.
    #[error("`{what}` has a control character, such as a line break")]
    Control {
        /// Which.
        what: &'static str,
    },
    /// A part of the report is too large.
    #[error("`{what}` has {bytes} bytes, no more than {most} are taken")]
    TooLarge {
        /// Which.
        what: &'static str,
        /// How many bytes it has.
        bytes: usize,
        /// How many it may have.
        most: usize,
    },
    /// The payload is plain, the scenario confidential, and there is no key.
    #[error(
        "the scenario is confidential: give a key to encrypt its payloads with, or report a reference"
    )]
    Confidential,
    /// The payload cannot be encrypted.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// What fails in a later module of a try is of the scenario of the try.
    #[error(
        "the try is one of `{0}`, and what fails in a later module of it is of that scenario too"
    )]
    OtherScenario(String),
    /// There is no room, and nothing may be lost: the scenario is switched off.
    #[error("{0}; as nothing may be lost, the scenario is switched off")]
    Full(Full),
    /// The store cannot do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}
