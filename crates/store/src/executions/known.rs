//! What is known of a scenario while a transaction changes it.

use jiff::Timestamp;

use crate::scenario::{Off, ScenarioEntry, ScenarioState, WhyOff};
use crate::store::{StoreError, Transaction};

/// What is known of a scenario while a transaction changes it.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) state: ScenarioState,
    before: ScenarioState,
    lines: Vec<ScenarioEntry>,
}

impl Known {
    pub(super) fn of(
        transaction: &mut dyn Transaction,
        scenario: &str,
    ) -> Result<Self, StoreError> {
        let state = transaction.scenario(scenario)?;
        Ok(Known { before: state.clone(), state, lines: Vec::new() })
    }

    pub(super) fn switch_off(&mut self, why: Option<WhyOff>, now: Timestamp) {
        let line = why.and_then(|why| self.state.switch_off(why, now));
        self.lines.extend(line);
    }

    pub(super) fn say(&mut self, line: Option<ScenarioEntry>) {
        self.lines.extend(line);
    }

    /// Since when and why it is off, where it was on before.
    pub(super) fn went_off(&self) -> Option<Off> {
        self.state.off.clone().filter(|_| self.before.off.is_none())
    }

    pub(super) fn put(
        &self,
        transaction: &mut dyn Transaction,
        scenario: &str,
    ) -> Result<(), StoreError> {
        if self.lines.is_empty() && self.state == self.before {
            return Ok(());
        }
        if self.lines.is_empty() {
            return transaction.put_scenario(scenario, &self.state, None);
        }
        self.lines
            .iter()
            .try_for_each(|line| transaction.put_scenario(scenario, &self.state, Some(line)))
    }
}
