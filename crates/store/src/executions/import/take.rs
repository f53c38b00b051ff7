//! What is imported is kept by telling its story again.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Incoming, Verdict, verdict};
use crate::entry::{Entry, Happening};
use crate::execution::Execution;
use crate::executions::known::Known;
use crate::executions::tend::update;
use crate::fault::{Fault, planted};
use crate::life::Command;
use crate::record::Record;
use crate::scenario::{ScenarioEntry, ScenarioHappening};
use crate::state::Status;
use crate::store::{StoreError, Transaction};

/// Takes what may be taken of some lines. Answers what was done with each.
pub(super) fn take_all(
    transaction: &mut dyn Transaction,
    some: Vec<Incoming>,
    by: &str,
    now: Timestamp,
) -> Result<Vec<(u64, Verdict)>, StoreError> {
    let (mut verdicts, mut taken) = (Vec::new(), BTreeMap::<String, u64>::new());
    for mut incoming in some {
        let scenario = incoming.execution.scenario.clone();
        let mut known = Known::of(transaction, &scenario)?;
        let verdict = verdict(transaction, &incoming, &known.state)?;
        if matches!(verdict, Verdict::Take) {
            known.state.sequence += 1;
            if !planted(Fault::ImportsNumber)
                && let Some(stored) = incoming.record.stored_mut()
            {
                stored.sequence = known.state.sequence;
            }
            if incoming.execution.status() != Status::Resolved {
                known.state.came(incoming.execution.size);
            }
            tell_again(transaction, &incoming.record, now)?;
            known.put(transaction, &scenario)?;
            *taken.entry(scenario).or_default() += 1;
        }
        verdicts.push((incoming.line, verdict));
    }
    for (scenario, executions) in taken {
        let mut known = Known::of(transaction, &scenario)?;
        let what = ScenarioHappening::Imported { executions, by: by.to_owned() };
        known.say(Some(ScenarioEntry { at: now, what }));
        known.put(transaction, &scenario)?;
    }
    Ok(verdicts)
}

/// Keeps an execution by telling its story again, entry by entry. It was checked before that this can be done, so that
/// whatever goes wrong ends the whole transaction.
fn tell_again(
    transaction: &mut dyn Transaction,
    record: &Record,
    now: Timestamp,
) -> Result<(), StoreError> {
    let broken = |why: String| StoreError::Damaged(format!("{} is not imported: {why}", record.id));
    let (Some((first, rest)), Some(original)) = (record.log.split_first(), record.payloads.first())
    else {
        return Err(broken("it has no beginning".to_owned()));
    };
    let begun = Execution::from_log(record.id, std::slice::from_ref(first));
    let mut execution = begun.map_err(|error| broken(error.to_string()))?;
    if !transaction.insert(record.id, first, original)? {
        return Err(broken("its id is taken".to_owned()));
    }
    for entry in rest {
        execution.apply(entry).map_err(|error| broken(error.to_string()))?;
        update(transaction, &execution, entry, None)?;
        put_edition(transaction, record, entry)?;
    }
    if execution.status() == Status::InProgress && !planted(Fault::ImportsRunning) {
        let interrupted = execution.after(Command::Interrupt, now);
        let (after, entry) = interrupted.map_err(|refusal| broken(refusal.to_string()))?;
        update(transaction, &after, &entry, None)?;
    }
    Ok(())
}

fn put_edition(
    transaction: &mut dyn Transaction,
    record: &Record,
    entry: &Entry,
) -> Result<(), StoreError> {
    let Happening::Asked { edited: Some(edition), .. } = &entry.what else { return Ok(()) };
    let payload = record.payloads.get(edition.number as usize - 1);
    match payload.filter(|_| !planted(Fault::ImportsOriginal)) {
        Some(payload) => transaction.put_payload(record.id, edition.number, payload),
        None => Ok(()),
    }
}
