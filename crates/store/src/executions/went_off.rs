//! Scenarios that a guard has switched off: remembered until somebody says so aloud.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::Executions;
use crate::scenario::Off;

/// Of no more scenarios than this it is remembered, where nobody asks; names come from outside.
const SCENARIOS: usize = 10_000;

/// What went off since somebody asked.
#[derive(Debug, Default)]
pub(super) struct WentOff(Mutex<BTreeMap<String, Off>>);

impl WentOff {
    /// Remembers it, once that is durable.
    pub(super) fn note(&self, scenario: &str, off: Off) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < SCENARIOS || all.contains_key(scenario) {
            all.insert(scenario.to_owned(), off);
        }
    }

    fn take(&self) -> BTreeMap<String, Off> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Executions {
    /// The scenarios that reports and ends told to this object have switched off since this was asked last, so that
    /// whoever runs it can say so: a scenario that is off is not tried again until a person switches it on. What a
    /// person switched off is not among them.
    pub fn went_off(&self) -> Vec<(String, Off)> {
        self.went_off.take().into_iter().collect()
    }
}
