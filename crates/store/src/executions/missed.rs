//! What could not even be written down, since the disk is full: remembered until it can be.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::scenario::{Full, Lost, ScenarioEntry, ScenarioState, WhyOff};

/// Of no more scenarios than this it is remembered; names come from outside.
const SCENARIOS: usize = 10_000;

/// What was missed, by scenario.
#[derive(Clone, Debug, Default)]
pub(super) struct Missed(Arc<Mutex<BTreeMap<String, Misses>>>);

/// What was missed of a scenario.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Misses {
    lost: Lost,
    /// Since when it has to be off.
    off: Option<Timestamp>,
}

impl Misses {
    fn add(&mut self, other: Misses) {
        self.lost.add(other.lost);
        self.off = self.off.or(other.off);
    }

    /// Says it to the scenario. Answers the line for its log.
    pub(super) fn tell(&self, state: &mut ScenarioState) -> Option<ScenarioEntry> {
        state.lost.add(self.lost);
        self.off.and_then(|since| state.switch_off(WhyOff::Full(Full::Disk), since))
    }
}

impl Missed {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Misses>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, scenario: &str, misses: Misses) {
        let mut all = self.all();
        if all.len() < SCENARIOS || all.contains_key(scenario) {
            all.entry(scenario.to_owned()).or_default().add(misses);
        }
    }

    /// An execution of so many bytes is lost.
    pub(super) fn lose(&self, scenario: &str, size: u64, now: Timestamp) {
        let mut lost = Lost::default();
        lost.count(size, now);
        self.note(scenario, Misses { lost, off: None });
    }

    /// The scenario has to be switched off.
    pub(super) fn switch_off(&self, scenario: &str, now: Timestamp) {
        self.note(scenario, Misses { lost: Lost::default(), off: Some(now) });
    }

    /// A person switched it on, whatever was not written down yet.
    pub(super) fn switch_on(&self, scenario: &str) {
        if let Some(misses) = self.all().get_mut(scenario) {
            misses.off = None;
        }
    }

    /// What was missed, for whoever only looks.
    pub(super) fn of(&self, scenario: &str) -> Option<Misses> {
        self.all().get(scenario).copied()
    }

    /// What was missed, for whoever writes it down.
    pub(super) fn take(&self, scenario: &str) -> Option<Misses> {
        self.all().remove(scenario)
    }

    /// It could not be written down either.
    pub(super) fn put_back(&self, scenario: &str, misses: Misses) {
        self.note(scenario, misses);
    }
}
