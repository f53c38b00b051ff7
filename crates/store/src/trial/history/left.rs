//! What is left at the end of a history.

use std::collections::{BTreeMap, BTreeSet};

use super::Seen;
use crate::entry::{Entry, Happening};
use crate::execution::Execution;
use crate::executions::Executions;
use crate::id::ExecutionId;
use crate::payload::Payload;
use crate::scenario::ScenarioHappening;

/// What is left at the end; each log is read once, however often it is asked for.
pub(super) struct Left<'e> {
    pub(super) executions: &'e Executions,
    pub(super) kept: BTreeMap<ExecutionId, (Execution, Vec<Entry>)>,
    pub(super) gone: BTreeSet<ExecutionId>,
}

impl<'e> Left<'e> {
    pub(super) fn of(executions: &'e Executions, seen: &[Seen]) -> Self {
        let ids: BTreeSet<ExecutionId> = seen.iter().filter_map(Seen::id).collect();
        let read = |id| {
            let log = executions.log(id).ok()?;
            Some((id, (Execution::from_log(id, &log).ok()?, log)))
        };
        let kept = ids.into_iter().filter_map(read).collect();
        Left { executions, kept, gone: gone(executions) }
    }

    /// Whether an execution is as it has to be, or was deleted.
    pub(super) fn is(&self, id: &ExecutionId, right: &dyn Fn(&Execution) -> bool) -> bool {
        self.kept.get(id).map_or_else(|| self.gone.contains(id), |(execution, _)| right(execution))
    }

    /// Whether the log of an execution has an entry as it has to be, or the execution was deleted.
    pub(super) fn has(
        &self,
        id: &ExecutionId,
        number: u32,
        right: &dyn Fn(&Happening) -> bool,
    ) -> bool {
        let Some((_, log)) = self.kept.get(id) else { return self.gone.contains(id) };
        log.iter().any(|entry| entry.number == number && right(&entry.what))
    }

    /// An edition of the payload of an execution that is kept, opened where it is sealed.
    pub(super) fn payload(&self, id: ExecutionId, edition: u32) -> Option<Payload> {
        let payload = self.executions.payload(id, edition).unwrap()?;
        let (execution, _) = self.kept.get(&id)?;
        let scenario = self.executions.scenario_settings(&execution.scenario);
        Some(match &scenario.seal {
            Some(seal) => seal.open(id, payload).unwrap(),
            None => payload,
        })
    }
}

/// What a line in the log of a scenario says was deleted.
pub(in crate::trial) fn gone(executions: &Executions) -> BTreeSet<ExecutionId> {
    let mut gone = BTreeSet::new();
    for name in executions.scenarios().unwrap() {
        for line in executions.scenario_log(&name, usize::MAX).unwrap() {
            if let ScenarioHappening::Deleted { id, .. } = line.what {
                gone.insert(id);
            }
        }
    }
    gone
}
