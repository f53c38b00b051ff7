//! What does not open with the key of its scenario: no try of it begins, as it would fail before it had begun, and use up the
//! schedule for nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Executions;
use crate::execution::Execution;
use crate::id::ExecutionId;
use crate::payload::PayloadKind;
use crate::query::{Filter, Order, Query};
use crate::schedule::later;
use crate::seal::SealError;
use crate::state::Status;
use crate::store::{StoreError, execution};

/// So long what did not open is passed over: its key may come back, or somebody may give it another payload. Without it each
/// claim, and there are many a second, would decrypt it in vain.
const PAUSE: Duration = Duration::from_secs(10);

/// What has not been due for so long is forgotten. In hours.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(1);

/// So many are passed over before the others of a scenario have to wait: each claim asks for as many more.
const MOST: usize = 1_000;

/// So many are looked at for the first that does not open.
const LOOKED_AT: usize = 16;

/// What was due and did not open, and when that was found last.
#[derive(Debug, Default)]
pub(super) struct Unopened(Mutex<BTreeMap<ExecutionId, Timestamp>>);

impl Unopened {
    /// What is passed over now.
    pub(super) fn passed_over(&self, now: Timestamp) -> PassedOver {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A time that has not come is that of a clock that was set back.
        let lasts = |found: Timestamp| found <= now && now < later(found, PAUSE);
        PassedOver(all.iter().filter(|(_, found)| lasts(**found)).map(|(id, _)| *id).collect())
    }

    /// Notes what does not open; answers what was not known not to.
    pub(super) fn note(
        &self,
        found: Vec<(Execution, SealError)>,
        now: Timestamp,
    ) -> Vec<(Execution, SealError)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, found| now.duration_since(*found) < REMEMBERED);
        found.into_iter().filter(|(it, _)| all.insert(it.id, now).is_none()).collect()
    }
}

/// What a claim passes over.
#[derive(Clone, Debug)]
pub(super) struct PassedOver(BTreeSet<ExecutionId>);

impl PassedOver {
    pub(super) fn has(&self, id: ExecutionId) -> bool {
        self.0.contains(&id)
    }

    /// So many more are asked for, so that others have their turn.
    pub(super) fn to_spare(&self) -> usize {
        self.0.len().min(MOST)
    }
}

impl Executions {
    /// Why an execution does not open with the key of its scenario: its payload or its definition. No try of it begins until
    /// it does. Nothing where it opens, or has nothing that is encrypted.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn does_not_open(&self, execution: &Execution) -> Result<Option<SealError>, StoreError> {
        let scenario = self.scenario_settings(&execution.scenario);
        if execution.payload != PayloadKind::Sealed {
            return Ok(scenario.reveal_definition(execution).err());
        }
        let payload = self.payload(execution.id, execution.edition)?;
        let opened = payload.map_or(Ok(()), |payload| scenario.opens_whole(execution, &payload));
        Ok(opened.err())
    }

    /// The first that [does not open](Self::does_not_open), of the first few that are due in a scenario now or later; and why.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn first_unopened(
        &self,
        scenario: &str,
    ) -> Result<Option<(Execution, SealError)>, StoreError> {
        let (scenario, status) = (Some(scenario.to_owned()), Some(Status::Pending));
        let filter = Filter { scenario, status, ..Filter::default() };
        let query = Query { filter, order: Order::Due, limit: LOOKED_AT, ..Query::default() };
        for summary in self.list(&query)?.executions {
            let found = match self.read(|reading| execution(reading, summary.id)) {
                Err(error) if error.is_of_one() => continue,
                found => found?,
            };
            let Some(found) = found else { continue };
            if let Some(why) = self.does_not_open(&found)? {
                return Ok(Some((found, why)));
            }
        }
        Ok(None)
    }
}
