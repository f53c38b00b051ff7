//! An execution with all that is kept of it, as a line of JSON: how executions travel from one store to another.

mod bounds;
mod unreadable;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use bounds::in_bounds;
use unreadable::unreadable;

use crate::audit::impossible;
use crate::entry::{Edition, Entry, Happening, Stored};
use crate::execution::{BrokenLog, Execution};
use crate::id::ExecutionId;
use crate::life::{LOG_ENTRIES, has_room};
use crate::payload::{Payload, PayloadKind};
use crate::report::{LARGEST_EVENT, LARGEST_PAYLOAD, ReportError, within};
use crate::scenario::Full;
use crate::seal::SealError;

/// The form in which executions are written; a newer one is refused by an older program.
const FORMAT: u32 = 1;

/// A line is not longer than this, which is room for one payload of the largest size and whatever belongs to it. Without
/// it a file without line ends would be read into memory.
pub const LARGEST_LINE: usize = 128 << 20;

/// What encryption adds to a payload.
const SEALED: usize = 64;

/// What a line says.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    format: u32,
    id: ExecutionId,
    log: Vec<Entry>,
    /// All editions, the original first.
    payloads: Vec<Written>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kind: PayloadKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

/// Only the format, which says whether the rest can be read.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// An execution with all that is kept of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) id: ExecutionId,
    pub(crate) log: Vec<Entry>,
    /// All editions, the original first.
    pub(crate) payloads: Vec<Payload>,
}

/// Why an execution is not imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotImported {
    /// The line is too long.
    #[error("the line has more than {LARGEST_LINE} bytes")]
    TooLong,
    /// The line is no JSON, or not that of an execution.
    #[error("it is no execution: {0}")]
    NoRecord(String),
    /// It was written by a newer program.
    #[error("it has format {0}, this program knows format {FORMAT}; use a newer program")]
    Format(u32),
    /// Its log tells no possible story.
    #[error(transparent)]
    Log(#[from] BrokenLog),
    /// Its log tells of what this program would never do.
    #[error("its log cannot be: {0}")]
    Impossible(String),
    /// A part of it is not within its bounds.
    #[error(transparent)]
    Bounds(#[from] ReportError),
    /// Its payloads are not those that its log tells of.
    #[error("edition {0} of the payload is not the one that the log tells of")]
    Payload(u32),
    /// Another execution has its id, or it is kept with an older log.
    #[error(
        "an execution with this id is kept, and its log is not that of the line, or an older one"
    )]
    Taken,
    /// Its report is kept as another execution.
    #[error("its report is kept already, as {0}")]
    Once(ExecutionId),
    /// The scenario has no room for it.
    #[error("{0}")]
    Full(Full),
    /// The scenario is confidential, and the payload is plain.
    #[error("the scenario is confidential, and its payload is not encrypted")]
    Plain,
    /// The scenario is confidential, and a text is plain.
    #[error(
        "the scenario is confidential, and `{what}` in entry {entry} of the log is not encrypted"
    )]
    PlainText {
        /// The fact, or the definition.
        what: String,
        /// The number of the entry.
        entry: u32,
    },
    /// It is encrypted, and does not open here.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Who imports does not take it, for this reason.
    #[error("{0}")]
    NotTaken(String),
}

impl Record {
    /// The record as a line, without its end.
    pub(crate) fn write(&self) -> Result<String, serde_json::Error> {
        let payloads = self.payloads.iter().map(Written::of).collect();
        let (id, log) = (self.id, self.log.clone());
        serde_json::to_string(&Line { format: FORMAT, id, log, payloads })
    }

    /// The record that a line holds, and the execution that it is, where everything in it can be.
    pub(crate) fn read(line: &[u8]) -> Result<(Self, Execution), NotImported> {
        let no_record = |error| NotImported::NoRecord(unreadable(line, &error));
        // A newer format may have whatever it likes besides.
        let Format { format } = serde_json::from_slice(line).map_err(no_record)?;
        if format != FORMAT {
            return Err(NotImported::Format(format));
        }
        let Line { id, log, payloads, .. } = serde_json::from_slice(line).map_err(no_record)?;
        let payloads = payloads.into_iter().map(Written::read).collect::<Result<_, _>>()?;
        let record = Record { id, log, payloads };
        let execution = record.checked()?;
        Ok((record, execution))
    }

    fn checked(&self) -> Result<Execution, NotImported> {
        if self.log.len() > LOG_ENTRIES as usize {
            let why = format!("it has more than {LOG_ENTRIES} entries");
            return Err(NotImported::Impossible(why));
        }
        let execution = Execution::from_log(self.id, &self.log)?;
        self.log.iter().try_for_each(in_bounds)?;
        if let Some(what) = impossible(&execution, &self.log) {
            return Err(NotImported::Impossible(what));
        }
        self.payloads_fit(&execution)?;
        // What has to follow needs room, as that a try is interrupted by travelling.
        if !has_room(execution.version, execution.status()) {
            let why = format!("it is full, and the execution is {}", execution.status());
            return Err(NotImported::Impossible(why));
        }
        Ok(execution)
    }

    /// Whether the payloads are those that the log tells of.
    fn payloads_fit(&self, execution: &Execution) -> Result<(), NotImported> {
        let mut told = Vec::new();
        for entry in &self.log {
            match &entry.what {
                Happening::Stored(stored) => told.push(original(stored, self.payloads.first())),
                Happening::Asked { edited: Some(edition), .. } => told.push(*edition),
                _ => {}
            }
        }
        for (number, edition) in (1..).zip(&told) {
            let payload = self.payloads.get(number as usize - 1);
            let payload = payload.ok_or(NotImported::Payload(number))?;
            let length = payload.bytes().len();
            within("payload", length, LARGEST_PAYLOAD + SEALED)?;
            let given = Edition { number, payload: payload.kind(), size: length as u64 };
            if *edition != given {
                return Err(NotImported::Payload(number));
            }
        }
        if told.len() != self.payloads.len() || execution.edition as usize != told.len() {
            return Err(NotImported::Payload(execution.edition));
        }
        Ok(())
    }

    /// What was stored at first.
    pub(crate) fn stored_mut(&mut self) -> Option<&mut Stored> {
        match &mut self.log.first_mut()?.what {
            Happening::Stored(stored) => Some(stored),
            _ => None,
        }
    }

    /// Whether a log that is kept is this one, or goes on from it. Its number in the scenario is another in each store.
    pub(crate) fn is_kept_as(&self, kept: &[Entry]) -> bool {
        let same = |(mine, kept): (&Entry, &Entry)| match (&mine.what, &kept.what) {
            (Happening::Stored(stored), Happening::Stored(other)) => {
                let number = other.sequence;
                let stored = Stored { sequence: number, ..Stored::clone(stored) };
                mine.at == kept.at && stored == **other
            }
            _ => mine == kept,
        };
        kept.len() >= self.log.len() && self.log.iter().zip(kept).all(same)
    }
}

/// How the original is kept. Its size in the log has the bytes of the first event in it.
fn original(stored: &Stored, payload: Option<&Payload>) -> Edition {
    let bytes = payload.map_or(0, |payload| payload.bytes().len() as u64);
    let event = stored.size.checked_sub(bytes);
    let fits = event.is_some_and(|event| event <= LARGEST_EVENT as u64);
    Edition { number: 1, payload: stored.payload, size: if fits { bytes } else { stored.size } }
}

impl Written {
    fn of(payload: &Payload) -> Self {
        let kind = payload.kind();
        let is_shown = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
        match std::str::from_utf8(payload.bytes()) {
            // Control characters would take six bytes each.
            Ok(text) if kind != PayloadKind::Sealed && text.chars().all(is_shown) => {
                Written { kind, text: Some(text.to_owned()), base64: None }
            }
            _ => Written { kind, text: None, base64: Some(STANDARD.encode(payload.bytes())) },
        }
    }

    fn read(self) -> Result<Payload, NotImported> {
        let wrong = |why: &str| NotImported::NoRecord(why.to_owned());
        let bytes = match (self.text, self.base64) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(base64)) => {
                STANDARD.decode(base64).map_err(|_| wrong("a payload is no Base64"))?
            }
            _ => return Err(wrong("a payload has either `text` or `base64`")),
        };
        Payload::from_parts(self.kind, bytes).ok_or_else(|| wrong("a reference is no text"))
    }
}
