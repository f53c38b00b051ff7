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
    refused: Lost,
    /// Since when it has to be off.
    off: Option<Timestamp>,
}

impl Misses {
    /// An execution of so many bytes is lost.
    pub(super) fn loss(size: u64, now: Timestamp) -> Self {
        Misses { lost: Lost::one(size, now), ..Misses::default() }
    }

    /// An execution of so many bytes is refused, and its scenario has to be switched off.
    pub(super) fn refusal(size: u64, now: Timestamp) -> Self {
        Misses { refused: Lost::one(size, now), off: Some(now), ..Misses::default() }
    }

    fn add(&mut self, other: Misses) {
        self.lost.add(other.lost);
        self.refused.add(other.refused);
        self.off = self.off.or(other.off);
    }

    /// Says it to the scenario. Answers the line for its log.
    pub(super) fn tell(&self, state: &mut ScenarioState) -> Option<ScenarioEntry> {
        state.lost.add(self.lost);
        state.refused.add(self.refused);
        self.off.and_then(|since| state.switch_off(WhyOff::Full(Full::Disk), since))
    }
}

impl Missed {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Misses>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what could not be written down.
    pub(super) fn note(&self, scenario: &str, misses: Misses) {
        let mut all = self.all();
        if all.len() < SCENARIOS || all.contains_key(scenario) {
            all.entry(scenario.to_owned()).or_default().add(misses);
        }
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
}
