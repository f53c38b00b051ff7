//! What a person does with one execution: retry, resolve with an edited payload, close, delete.

use jiff::Timestamp;

use super::Executions;
use super::known::Known;
use super::silent::freed;
use super::tend::{deletion, update};
use crate::entry::Edition;
use crate::execution::Execution;
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::life::{Command, Refusal};
use crate::payload::Payload;
use crate::report::{LARGEST_NAME, LARGEST_PAYLOAD, LARGEST_TEXT, ReportError, within};
use crate::scenario::Full;
use crate::schedule::whole;
use crate::state::Status;
use crate::store::{StoreError, Transaction, execution};

/// A payload is edited no more often than this; every edition is kept.
pub const EDITIONS: u32 = 100;

/// Why something is not done with an execution.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManageError {
    /// There is no such execution.
    #[error("there is no execution {0}")]
    Unknown(ExecutionId),
    /// The execution does not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What was given is not as it has to be.
    #[error(transparent)]
    Given(#[from] ReportError),
    /// The payload was edited as often as may be.
    #[error("the payload was edited {EDITIONS} times; no more editions are kept")]
    Editions,
    /// The scenario has no room for one more edition of the payload.
    #[error("{0}")]
    Full(Full),
    /// The store cannot do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A payload that takes the place of the one before.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// The new payload; the original and all editions between are kept.
    pub payload: Payload,
    /// The version of the execution that was edited; refused where it has changed since. Nothing: whatever it is.
    pub version: Option<u32>,
}

/// What a person wants, within its bounds.
#[derive(Clone)]
pub(super) enum Wish {
    Ask { by: String, reason: Option<String>, due: Timestamp, gap: Option<u64> },
    Close { by: String, reason: String },
    Delete { by: String, reason: Option<String> },
}

impl Wish {
    /// Whether it would be done.
    pub(super) fn may(self, execution: &Execution, now: Timestamp) -> Result<(), Refusal> {
        match self.command() {
            Some(command) => execution.after(command, now).map(drop),
            None => execution.may_be_deleted(),
        }
    }

    /// The change it is; deleting leaves nothing that would be changed.
    fn command(self) -> Option<Command> {
        match self {
            Wish::Ask { by, reason, due, gap } => {
                Some(Command::Ask { by, reason, due, gap, edited: None })
            }
            Wish::Close { by, reason } => Some(Command::Close { by, reason }),
            Wish::Delete { .. } => None,
        }
    }
}

impl Executions {
    /// Asks for a try as soon as a place is free. A try whose worker is silent is given up before, here as by whatever
    /// else a person wants: only one that runs refuses.
    ///
    /// # Errors
    /// Where there is no such execution, its try runs or it is resolved, or the store cannot do it.
    pub fn retry(
        &self,
        id: ExecutionId,
        by: &str,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<Execution, ManageError> {
        bounded(by, reason)?;
        let (by, reason) = (by.to_owned(), reason.map(str::to_owned));
        let wish = Wish::Ask { by, reason, due: whole(now), gap: None };
        self.wish(id, wish, now)
    }

    /// Asks for a try with another payload, as soon as a place is free.
    ///
    /// # Errors
    /// As [`retry`](Self::retry), and where the reason is empty, the payload is too large, is plain in a confidential scenario without a
    /// key, was edited too often, the scenario has no room for one more edition, or the execution has changed since.
    pub fn resolve(
        &self,
        id: ExecutionId,
        edit: Edit,
        by: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<Execution, ManageError> {
        bounded(by, Some(reason))?;
        if reason.trim().is_empty() {
            return Err(ReportError::Empty { what: "reason" }.into());
        }
        within("payload", edit.payload.bytes().len(), LARGEST_PAYLOAD)?;
        let now = whole(now);
        let found = self.read(|reading| execution(reading, id))?;
        let scenario = found.ok_or(ManageError::Unknown(id))?.scenario;
        let scenario = self.scenario_settings(&scenario);
        let payload = match (&edit.payload, scenario.settings.confidential, &scenario.seal) {
            (Payload::Plain(_), true, None) => return Err(ReportError::Confidential.into()),
            (_, true, Some(seal)) => seal.seal(id, edit.payload).map_err(ReportError::Seal)?,
            _ => edit.payload,
        };
        let (by, reason) = (by.to_owned(), Some(reason.to_owned()));
        self.write(move |transaction| {
            let Some(before) = execution(transaction, id)? else {
                return Ok(Err(ManageError::Unknown(id)));
            };
            if edit.version.is_some_and(|version| version != before.version) {
                return Ok(Err(ManageError::Refused(Refusal::Changed(before.version))));
            }
            if before.edition > EDITIONS {
                return Ok(Err(ManageError::Editions));
            }
            let before = freed(transaction, before, now)?;
            let size = payload.bytes().len() as u64;
            let edited = Edition { number: before.edition + 1, payload: payload.kind(), size };
            let command = Command::Ask { by, reason, due: now, gap: None, edited: Some(edited) };
            let (after, entry) = match before.after(command, now) {
                Ok(done) => done,
                Err(refusal) => return Ok(Err(ManageError::Refused(refusal))),
            };
            let mut known = Known::of(transaction, &after.scenario)?;
            if let Err(full) = known.state.room_to_grow(size, &scenario.settings)
                && !planted(Fault::ForgetsToGrow)
            {
                return Ok(Err(ManageError::Full(full)));
            }
            update(transaction, &after, &entry, None)?;
            transaction.put_payload(id, edited.number, &payload)?;
            known.state.bytes = known.state.bytes.saturating_add(size);
            known.put(transaction, &after.scenario)?;
            Ok(Ok(after))
        })?
    }

    /// Closes an execution: nothing is left to do, and the reason says why.
    ///
    /// # Errors
    /// Where there is no such execution, its try runs or it is resolved, the reason is empty, or the store cannot do it.
    pub fn close(
        &self,
        id: ExecutionId,
        by: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<Execution, ManageError> {
        bounded(by, Some(reason))?;
        self.wish(id, Wish::Close { by: by.to_owned(), reason: reason.to_owned() }, now)
    }

    /// Deletes an execution, its log and its payloads; a line in the log of the scenario is left. Answers the execution
    /// as it was.
    ///
    /// # Errors
    /// Where there is no such execution, its try runs, or the store cannot do it.
    pub fn delete(
        &self,
        id: ExecutionId,
        by: &str,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<Execution, ManageError> {
        bounded(by, reason)?;
        self.wish(id, Wish::Delete { by: by.to_owned(), reason: reason.map(str::to_owned) }, now)
    }

    fn wish(&self, id: ExecutionId, wish: Wish, now: Timestamp) -> Result<Execution, ManageError> {
        let now = whole(now);
        self.write_small(move |transaction| carry_out(transaction, id, wish.clone(), now))?
    }
}

/// Who and why have their bounds too: they are kept in every log.
pub(super) fn bounded(by: &str, reason: Option<&str>) -> Result<(), ReportError> {
    within("by", by.len(), LARGEST_NAME)?;
    within("reason", reason.map_or(0, str::len), LARGEST_TEXT)
}

/// Does with one execution what a person wants.
pub(super) fn carry_out(
    transaction: &mut dyn Transaction,
    id: ExecutionId,
    wish: Wish,
    now: Timestamp,
) -> Result<Result<Execution, ManageError>, StoreError> {
    let Some(before) = execution(transaction, id)? else {
        return Ok(Err(ManageError::Unknown(id)));
    };
    let before = freed(transaction, before, now)?;
    if let Wish::Delete { by, reason } = wish {
        return delete(transaction, before, (by, reason), now);
    }
    let Some(command) = wish.command() else { return Ok(Ok(before)) };
    let (after, entry) = match before.after(command, now) {
        Ok(done) => done,
        Err(refusal) => return Ok(Err(ManageError::Refused(refusal))),
    };
    if !update(transaction, &after, &entry, None)? {
        return Ok(Err(ManageError::Refused(Refusal::Changed(before.version))));
    }
    if after.status() == Status::Resolved {
        let mut known = Known::of(transaction, &after.scenario)?;
        known.state.went(after.size);
        known.put(transaction, &after.scenario)?;
    }
    Ok(Ok(after))
}

fn delete(
    transaction: &mut dyn Transaction,
    before: Execution,
    by: (String, Option<String>),
    now: Timestamp,
) -> Result<Result<Execution, ManageError>, StoreError> {
    if let Err(refusal) = before.may_be_deleted() {
        return Ok(Err(ManageError::Refused(refusal)));
    }
    if !transaction.remove(before.id, before.version)? {
        return Ok(Err(ManageError::Refused(Refusal::Changed(before.version))));
    }
    let mut known = Known::of(transaction, &before.scenario)?;
    if before.status() != Status::Resolved {
        known.state.went(before.size);
    }
    known.say(Some(deletion(&before, Some(by), now)));
    known.put(transaction, &before.scenario)?;
    Ok(Ok(before))
}
