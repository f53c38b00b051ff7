//! When many that are let go at a pace can begin.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Duration;

use jiff::Timestamp;

use super::Executions;
use crate::schedule::later;
use crate::store::StoreError;

/// When many that are let go at a pace can begin at the earliest: as soon as they are due, and of each scenario one after the
/// other, behind the one that began last.
pub(super) struct Begins {
    pub(super) now: Timestamp,
    /// When the last of them can begin.
    pub(super) last: Option<Timestamp>,
    /// When the next of a scenario can.
    next: BTreeMap<String, Timestamp>,
}

impl Begins {
    pub(super) fn at(now: Timestamp) -> Self {
        Begins { now, last: None, next: BTreeMap::new() }
    }

    /// One more, which is due then, at a pace where there is a gap behind it. What is due first comes first.
    pub(super) fn add(
        &mut self,
        executions: &Executions,
        scenario: &str,
        (due, gap): (Timestamp, Option<u64>),
    ) -> Result<(), StoreError> {
        let begins = match gap {
            None => due,
            Some(gap) => {
                let next = match self.next.entry(scenario.to_owned()) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(unknown) => {
                        let until = executions.scenario(scenario)?.paced_until(self.now);
                        unknown.insert(until.unwrap_or(self.now))
                    }
                };
                let begins = due.max(*next);
                *next = later(begins, Duration::from_millis(gap));
                begins
            }
        };
        self.last = self.last.max(Some(begins));
        Ok(())
    }
}
