//! Tries whose worker is silent: its lease has run out, and whoever comes next gives the try up.

use jiff::Timestamp;

use super::tend::{AT_ONCE, update};
use crate::entry::Entry;
use crate::execution::Execution;
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::life::Command;
use crate::store::{Reading, StoreError, Transaction, execution, readable};

/// Gives up tries whose worker was not heard of; answers what has become of their executions.
pub(super) fn interrupt_silent(
    transaction: &mut dyn Transaction,
    now: Timestamp,
) -> Result<Vec<Execution>, StoreError> {
    let silent = transaction.silent(now, AT_ONCE)?;
    let mut interrupted = Vec::new();
    for id in silent {
        let Some(before) = readable(transaction, id)? else { continue };
        let Ok((after, entry)) = before.after(Command::Interrupt, now) else { continue };
        if update(transaction, &after, &entry, None)? {
            interrupted.push(after);
        }
    }
    Ok(interrupted)
}

/// An execution as a person finds it who wants something of it: its try is given up where the worker is silent, as a
/// worker that looks for work would give it up.
pub(super) fn freed(
    transaction: &mut dyn Transaction,
    before: Execution,
    now: Timestamp,
) -> Result<Execution, StoreError> {
    match interruption(transaction, &before, now)? {
        Some((after, entry)) if update(transaction, &after, &entry, None)? => Ok(after),
        _ => Ok(before),
    }
}

/// The same for who only looks: as it would be.
pub(super) fn as_if_freed(
    reading: &mut dyn Reading,
    id: ExecutionId,
    now: Timestamp,
) -> Result<Option<Execution>, StoreError> {
    let Some(before) = execution(reading, id)? else { return Ok(None) };
    let interrupted = interruption(reading, &before, now)?.map(|(after, _)| after);
    Ok(Some(interrupted.unwrap_or(before)))
}

/// What giving up its try makes of an execution; nothing where no try runs, or its worker is heard of.
fn interruption(
    reading: &mut (impl Reading + ?Sized),
    before: &Execution,
    now: Timestamp,
) -> Result<Option<(Execution, Entry)>, StoreError> {
    let lease = reading.lease(before.id)?;
    let is_silent = lease.is_some_and(|lease| lease <= now || planted(Fault::FreesHeard));
    Ok(is_silent.then(|| before.after(Command::Interrupt, now).ok()).flatten())
}
