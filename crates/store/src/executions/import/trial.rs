//! An import that is only tried.

use std::collections::{BTreeMap, BTreeSet};

use super::{Incoming, Verdict, verdict};
use crate::id::ExecutionId;
use crate::record::NotImported;
use crate::scenario::ScenarioState;
use crate::state::Status;
use crate::store::{Reading, StoreError};

/// An import that is only tried: what it would have taken so far.
#[derive(Default)]
pub(super) struct Trial {
    ids: BTreeSet<ExecutionId>,
    once: BTreeMap<(String, String), ExecutionId>,
    states: BTreeMap<String, ScenarioState>,
}

impl Trial {
    pub(super) fn verdict(
        &mut self,
        reading: &mut dyn Reading,
        incoming: &Incoming,
    ) -> Result<Verdict, StoreError> {
        let Incoming { record, execution, .. } = incoming;
        if self.ids.contains(&record.id) {
            return Ok(Verdict::Known);
        }
        let once = execution.once.clone().map(|once| (execution.scenario.clone(), once));
        if let Some(other) = once.as_ref().and_then(|once| self.once.get(once)) {
            return Ok(Verdict::Refuse(NotImported::Once(*other)));
        }
        let state = match self.states.remove(&execution.scenario) {
            Some(state) => state,
            None => reading.scenario(&execution.scenario)?,
        };
        let state = self.states.entry(execution.scenario.clone()).or_insert(state);
        let verdict = verdict(reading, incoming, state)?;
        if matches!(verdict, Verdict::Take) {
            self.ids.insert(record.id);
            self.once.extend(once.map(|once| (once, record.id)));
            if execution.status() != Status::Resolved {
                state.came(execution.size);
            }
        }
        Ok(verdict)
    }
}
