//! Runs that are under way: each holds its scenario, so that no retry begins beside it.

use jiff::Timestamp;

use super::Executions;
use super::known::Known;
use crate::fault::{Fault, planted};
use crate::schedule::{later, whole};
use crate::store::StoreError;

impl Executions {
    /// Says that a run of the scenario begins, so that no retry begins beside it; until the time that is answered, unless
    /// the run is [heard of](Self::hold_on) before: a holder that dies does not hold for ever.
    ///
    /// # Errors
    /// Where the store cannot do it.
    pub fn hold(
        &self,
        scenario: &str,
        holder: &str,
        now: Timestamp,
    ) -> Result<Timestamp, StoreError> {
        let until = self.held_until(scenario, now);
        let (scenario, holder) = (scenario.to_owned(), holder.to_owned());
        self.write_small(move |transaction| transaction.hold(&scenario, &holder, until))?;
        Ok(until)
    }

    /// Says that a run goes on; answers until when that is believed. Nothing is answered, and nothing changes, where it is
    /// not under way: it has ended, was not heard of in time and given up, or has never begun.
    ///
    /// # Errors
    /// Where the store cannot do it.
    pub fn hold_on(
        &self,
        scenario: &str,
        holder: &str,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let until = self.held_until(scenario, now);
        let (scenario, holder) = (scenario.to_owned(), holder.to_owned());
        let holds = self.write_small(move |transaction| {
            if planted(Fault::RevivesRun) {
                return transaction.hold(&scenario, &holder, until).map(|()| true);
            }
            transaction.hold_on(&scenario, &holder, until)
        })?;
        Ok(holds.then_some(until))
    }

    pub(super) fn held_until(&self, scenario: &str, now: Timestamp) -> Timestamp {
        later(whole(now), self.scenario_settings(scenario).settings.lease())
    }

    /// Says that a run is not under way any more, whatever became of it; answers whether it was until now.
    ///
    /// # Errors
    /// Where the store cannot do it.
    pub fn let_go(&self, scenario: &str, holder: &str) -> Result<bool, StoreError> {
        self.end_run(scenario, holder, false)
    }

    /// Says that a run has ended; where it succeeded, or ended with a warning, errors in a row are counted anew. Answers
    /// whether it was under way until now: where it was not, nothing changes, so that an end counts once.
    ///
    /// # Errors
    /// Where the store cannot do it.
    pub fn end_run(
        &self,
        scenario: &str,
        holder: &str,
        succeeded: bool,
    ) -> Result<bool, StoreError> {
        let (scenario, holder) = (scenario.to_owned(), holder.to_owned());
        self.write_small(move |transaction| {
            let was_held = transaction.let_go(&scenario, &holder)?;
            if !was_held || !succeeded {
                return Ok(was_held);
            }
            let mut known = Known::of(transaction, &scenario)?;
            known.state.succeeded();
            known.put(transaction, &scenario)?;
            Ok(true)
        })
    }

    /// Whether a run of the scenario is under way, so that none of its retries begins.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn is_held(&self, scenario: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.read(|reading| reading.is_held(scenario, now))
    }
}
